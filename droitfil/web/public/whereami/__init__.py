"""« Où en suis-je ? »: a few questions, one a page, then the line of rights and what to do.

Nothing typed is kept. What was answered travels as a flat :class:`~.state.State`:

- papers and applications (codes and paper dates) in the address of GET pages, so that back,
  reload, bookmarks and the switch between languages just work;
- what is personal (birth, arrival, family, place: keys that begin with ``p.``) never in an
  address: as soon as one is known, pages follow each other by POST, the answers in hidden fields.

``steps*`` is the table of questions, ``flow`` their order, ``question`` turns answers into the
contract's question and back, ``answer_page`` and ``line`` draw the answer, ``views`` is thin.
"""
