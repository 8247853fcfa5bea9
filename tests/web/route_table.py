"""Who may open what: each address of Droitfil, each way to ask, each kind of visitor. By hand.

Everything behind an address is Mariam's: she lives in Évry (91), her case is examined there.

    anon  nobody is signed in                     ag91 ag69  agent of Évry, of Lyon
    acct  signed in, holds no file                hd91 hd69  head of office, of each
    mine  Mariam                                  cc91 cc69  contact centre, for each department
    othr  Amina, who has a case of her own        mini admi  ministry, administrator
                                                  past       agent of Évry until yesterday

A cell says what the visitor receives: a status; ``in``, sent to sign in; ``200*``, read by staff,
with its line in the journal and no more than that. 404 is the page of what does not exist, letter
for letter, and changes nothing. ``all`` stands for every visitor.

The stage is that of Mariam's case when it is asked, ``-`` where that changes nothing. A way to
ask without a line is refused to everyone (405). ``tests/web/test_every_route.py`` walks it: an
address without a line fails, a line without an address too, and a role without a column.
"""

from __future__ import annotations

from typing import NamedTuple

TABLE = """
                                               anon acct mine othr ag91 ag69 hd91 hd69 cc91 cc69 mini admi past
# What anyone may read, and ask about themselves: nothing of it is kept.
health                          GET  -       all 200
home                            GET  -       all 200
about                           GET  -       all 200
privacy                         GET  -       all 200
accessibility                   GET  -       all 200
developers                      GET  -       all 200
where                           GET  -       all 200
where-file                      GET  -       all 200
where-file                      POST -       all 422
where-follow                    GET  -       all 302
where-follow                    POST -       all 200
where-step                      GET  -       all 302
where-step                      POST -       all 200
law                             GET  -       all 200
law-titles                      GET  -       all 200
law-title                       GET  -       all 200
law-rules                       GET  -       all 200
law-rule                        GET  -       all 200
law-parameters                  GET  -       all 200
law-parameter                   GET  -       all 200
law-uncertain                   GET  -       all 200
proofs                          GET  -       all 302
proof                           GET  -       all 200
proof-json                      GET  -       all 200
api-1:root                      GET  -       all 200
api-1:api-root                  GET  -       all 200
api-1:openapi                   GET  -       all 200
api-1:timeline                  POST -       all 422
api-1:index                     GET  -       all 200
api-1:titles                    GET  -       all 200
api-1:title                     GET  -       all 200
api-1:parameters                GET  -       all 200
api-1:parameter                 GET  -       all 200
api-1:rules                     GET  -       all 200
api-1:rule                      GET  -       all 200
api-1:calendar                  GET  -       all 200
api-1:uncertain                 GET  -       all 200

# What a secret opens, whoever brings it: a share code and a birth date, the address of a receipt,
# of a message; the gateway of text messages signs what it tells (here it did not).
verify                          GET  -       all 200
verify                          POST -       all 200
verify-trust                    GET  -       all 200
verify-receipt                  GET  -       all 200
api-1:verify                    POST -       all 200
api-1:verify_several            POST -       all 200
contest                         GET  -       all 200
contest                         POST -       all 200
stop-emails                     GET  -       all 200
stop-emails                     POST -       all 200
sms-status                      POST -       all 403

# Signing in and out. Who is signed in already is sent to their own page.
account_login                   GET  -       200  302  302  302  302  302  302  302  302  302  302  302  302
account_login                   POST -       all 302
account_request_login_code      GET  -       200  302  302  302  302  302  302  302  302  302  302  302  302
account_request_login_code      POST -       all 302
account_confirm_login_code      GET  -       all 302
account_confirm_login_code      POST -       all 302
account_signup                  GET  -       200  302  302  302  302  302  302  302  302  302  302  302  302
account_signup                  POST -       all 302
account_email_verification_sent GET  -       all 302
account_email_verification_sent POST -       all 302
mfa_login_webauthn              GET  -       all 302
mfa_login_webauthn              POST -       200  302  302  302  302  302  302  302  302  302  302  302  302
mfa_authenticate                GET  -       all 302
mfa_authenticate                POST -       all 302
staff-without-key               GET  -       all 403
account_reauthenticate          GET  -       all 200
account_reauthenticate          POST -       all in
account_inactive                GET  -       all 404
account_inactive                POST -       all 404
account_logout                  GET  -       302  200  200  200  200  200  200  200  200  200  200  200  200
account_logout                  POST -       all 302

# One's own account. Staff close theirs once an administrator has ended their function.
passkeys                        GET  -       in   200  200  200  200  200  200  200  200  200  200  200  200
passkey-add                     GET  -       in   302  302  302  302  302  302  302  302  302  302  302  302
passkey-add                     POST -       in   200  200  200  200  200  200  200  200  200  200  200  200
passkey-remove                  POST ready   in   404  302  404  404  404  404  404  404  404  404  404  404
close                           GET  -       in   200  200  200  200  200  200  200  200  200  200  200  200
close                           POST -       in   302  302  302  422  422  422  422  422  422  422  422  302

# One's own file: each finds their own behind the same address, staff a file of theirs if any.
me                              GET  -       in   200  200  200  200  200  200  200  200  200  200  200  200
link                            GET  -       in   200  200  200  200  200  200  200  200  200  200  200  200
link                            POST -       in   302  422  302  302  302  302  302  302  302  302  302  302
messages                        GET  -       in   200  200  200  200  200  200  200  200  200  200  200  200
my-dates                        GET  -       in   200  200  200  200  200  200  200  200  200  200  200  200
message-preferences             GET  -       in   404  200  200  404  404  404  404  404  404  404  404  404
message-preferences             POST -       in   404  302  302  404  404  404  404  404  404  404  404  404
share                           GET  -       in   404  200  200  404  404  404  404  404  404  404  404  404
share                           POST -       in   404  200  200  404  404  404  404  404  404  404  404  404
begin                           GET  -       in   404  200  200  404  404  404  404  404  404  404  404  404
begin-children                  GET  -       in   404  200  200  404  404  404  404  404  404  404  404  404
begin-children                  POST -       in   404  302  422  404  404  404  404  404  404  404  404  404
address                         GET  -       in   404  200  200  404  404  404  404  404  404  404  404  404
address                         POST -       in   404  302  302  404  404  404  404  404  404  404  404  404

# Mariam's file, her daughter's, her case: hers alone, whatever function another holds.
declare-child                   GET  -       in   404  200  200  404  404  404  404  404  404  404  404  404
declare-child                   POST -       in   404  302  302  404  404  404  404  404  404  404  404  404
declared-child                  GET  -       in   404  200  404  404  404  404  404  404  404  404  404  404
declared-child-add              POST -       in   404  422  404  404  404  404  404  404  404  404  404  404
declared-child-proof            GET  -       in   404  200  404  404  404  404  404  404  404  404  404  404
declared-child-proof-withdraw   POST -       in   404  302  404  404  404  404  404  404  404  404  404  404
declared-child-withdraw         POST -       in   404  302  404  404  404  404  404  404  404  404  404  404
child                           GET  -       in   404  200  404  404  404  404  404  404  404  404  404  404
begin-child                     GET  -       in   404  200  404  404  404  404  404  404  404  404  404  404
address-child                   GET  -       in   404  200  404  404  404  404  404  404  404  404  404  404
address-child                   POST -       in   404  302  404  404  404  404  404  404  404  404  404  404
share-child                     GET  -       in   404  200  404  404  404  404  404  404  404  404  404  404
share-child                     POST -       in   404  200  404  404  404  404  404  404  404  404  404  404
share-child-stop                POST -       in   404  302  404  404  404  404  404  404  404  404  404  404
share-stop                      POST -       in   404  302  404  404  404  404  404  404  404  404  404  404
message                         GET  filed   in   404  200  404  404  404  404  404  404  404  404  404  404
message                         POST filed   in   404  302  404  404  404  404  404  404  404  404  404  404
case-start                      POST draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case                            GET  draft   in   404  200  404  404  404  404  404  404  404  404  404  404
case                            GET  taken   in   404  200  404  404  404  404  404  404  404  404  404  404
case-resume                     GET  draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case-carry                      POST draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case-questions                  GET  draft   in   404  200  404  404  404  404  404  404  404  404  404  404
case-questions                  POST draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case-pieces                     GET  draft   in   404  200  404  404  404  404  404  404  404  404  404  404
case-piece-add                  POST draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case-piece                      GET  draft   in   404  200  404  404  404  404  404  404  404  404  404  404
case-piece-withdraw             POST draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case-pages                      GET  draft   in   404  200  404  404  404  404  404  404  404  404  404  404
case-pages                      POST draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case-page                       POST draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case-page-small                 GET  draft   in   404  200  404  404  404  404  404  404  404  404  404  404
case-review                     GET  draft   in   404  200  404  404  404  404  404  404  404  404  404  404
case-submit                     POST draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case-discard                    POST draft   in   404  302  404  404  404  404  404  404  404  404  404  404
case-attestation                GET  filed   in   404  200  404  404  404  404  404  404  404  404  404  404
case-withdraw                   GET  filed   in   404  200  404  404  404  404  404  404  404  404  404  404
case-withdraw                   POST filed   in   404  302  404  404  404  404  404  404  404  404  404  404
case-write                      POST draft   in   404  422  404  404  404  404  404  404  404  404  404  404
case-write                      POST filed   in   404  302  404  404  404  404  404  404  404  404  404  404
case-letters-read               POST filed   in   404  302  404  404  404  404  404  404  404  404  404  404
case-answer                     GET  asked   in   404  200  404  404  404  404  404  404  404  404  404  404
case-answer                     POST asked   in   404  302  404  404  404  404  404  404  404  404  404  404
case-paper                      GET  granted in   404  200  404  404  404  404  404  404  404  404  404  404

# Lists of those who open files: each sees their own territory (Évry's is asked of all, and shown
# to Évry's). Claims are for who decides, last night for heads.
agent                           GET  taken   in   404  404  404  200  200  200  200  200  200  404  404  404
agent-alerts                    GET  taken   in   404  404  404  200  200  200  200  200  200  404  404  404
agent-counter                   GET  taken   in   404  404  404  200  200  200  200  200  200  404  404  404
agent-letters                   GET  filed   in   404  404  404  200  200  200  200  200  200  404  404  404
agent-unreached                 GET  filed   in   404  404  404  200  200  200  200  200  200  404  404  404
agent-moves                     GET  filed   in   404  404  404  200  200  200  200  200  200  404  404  404
agent-people                    GET  -       in   404  404  404  200  200  200  200  200  200  404  404  404
agent-people                    POST -       in   404  404  404  200  200  200  200  200  200  404  404  404
agent-claims                    GET  -       in   404  404  404  200  200  200  200  404  404  404  404  404
agent-children                  GET  -       in   404  404  404  200  200  200  200  404  404  404  404  404
agent-night                     GET  -       in   404  404  404  404  404  200  200  404  404  404  404  404

# Letters: a head of office prints and posts those of their office, an administrator everyone's; an
# agent of the office, or of the territory, notes those that come back. Mariam's was just posted;
# another waits, in a batch that is printed.
agent-post                      GET  -       in   404  404  404  404  404  200  200  404  404  404  200  404
agent-post                      POST -       in   404  404  404  404  404  302  422  404  404  404  302  404
agent-post-pdf                  POST -       in   404  404  404  404  404  200  404  404  404  404  200  404
agent-post-manifest             GET  -       in   404  404  404  404  404  200  404  404  404  404  200  404
agent-posted                    POST -       in   404  404  404  404  404  302  404  404  404  404  302  404
agent-returns                   GET  -       in   404  404  404  200  200  200  200  404  404  404  404  404
agent-returns                   POST -       in   404  404  404  200  422  200  422  404  404  404  404  404

# A person and their case, read by the staff of their territory: the contact centre reads too. What
# is written at home and not filed yet is read by nobody else.
agent-person                    GET  -       in   404  404  404  200* 404  200* 404  200* 404  404  404  404
agent-case                      GET  draft   in   404  404  404  404  404  404  404  404  404  404  404  404
agent-case                      GET  filed   in   404  404  404  200* 404  200* 404  200* 404  404  404  404
agent-case                      GET  ready   in   404  404  404  200* 404  200* 404  200* 404  404  404  404
agent-piece                     GET  draft   in   404  404  404  404  404  404  404  404  404  404  404  404
agent-piece                     GET  filed   in   404  404  404  200* 404  200* 404  200* 404  404  404  404
agent-paper                     GET  granted in   404  404  404  200* 404  200* 404  200* 404  404  404  404
agent-child                     GET  -       in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-child-proof               GET  -       in   404  404  404  200* 404  200* 404  404  404  404  404  404
# By the address that the page of scans has just given, which left its line.
agent-page-small                GET  -       in   404  404  404  200  404  200  404  404  404  404  404  404
agent-claim                     GET  -       in   404  404  404  200* 404  200* 404  404  404  404  404  404

# What is done about them: by who decides, in the territory. Where Nadia (ag91) holds the case, the
# head reads that someone was faster, and on which case: 409.
agent-claim                     POST -       in   404  404  404  302  404  302  404  404  404  404  404  404
agent-child                     POST -       in   404  404  404  302  404  302  404  404  404  404  404  404
agent-child-record              GET  -       in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-child-record              POST -       in   404  404  404  302* 404  302* 404  404  404  404  404  404
agent-unlock                    POST -       in   404  404  404  302  404  302  404  404  404  404  404  404
agent-newcomer                  GET  -       in   404  404  404  200  200  200  200  404  404  404  404  404
agent-newcomer                  POST -       in   404  404  404  302  422  302  422  404  404  404  404  404
agent-open                      POST -       in   404  404  404  302* 404  302* 404  404  404  404  404  404
agent-address                   GET  -       in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-address                   POST -       in   404  404  404  302* 404  302* 404  404  404  404  404  404
agent-register                  GET  -       in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-register                  POST -       in   404  404  404  302  404  302  404  404  404  404  404  404
agent-form                      GET  -       in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-form                      POST -       in   404  404  404  302  404  302  404  404  404  404  404  404
agent-pieces                    GET  -       in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-piece-add                 POST -       in   404  404  404  302  404  302  404  404  404  404  404  404
agent-piece-withdraw            POST -       in   404  404  404  302  404  302  404  404  404  404  404  404
agent-pages                     GET  -       in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-pages                     POST -       in   404  404  404  302  404  302  404  404  404  404  404  404
agent-page                      POST -       in   404  404  404  302  404  302  404  404  404  404  404  404
agent-take                      POST draft   in   404  404  404  404  404  404  404  404  404  404  404  404
agent-take                      POST filed   in   404  404  404  302  404  302  404  404  404  404  404  404
agent-release                   POST taken   in   404  404  404  302  404  302  404  404  404  404  404  404
agent-ask                       GET  taken   in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-ask                       POST taken   in   404  404  404  302  404  409* 404  404  404  404  404  404
agent-decide                    GET  taken   in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-decide                    POST draft   in   404  404  404  404  404  404  404  404  404  404  404  404
agent-decide                    POST taken   in   404  404  404  302  404  409* 404  404  404  404  404  404
agent-commission                POST taken   in   404  404  404  302  404  409* 404  404  404  404  404  404
agent-write                     GET  taken   in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-write                     POST taken   in   404  404  404  302  404  302  404  404  404  404  404  404
agent-letters-read              POST draft   in   404  404  404  404  404  404  404  404  404  404  404  404
agent-letters-read              POST taken   in   404  404  404  302* 404  302* 404  404  404  404  404  404
agent-amend                     GET  taken   in   404  404  404  422* 404  422* 404  404  404  404  404  404
agent-amend                     POST taken   in   404  404  404  422* 404  422* 404  404  404  404  404  404
agent-extend                    GET  asked   in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-extend                    POST asked   in   404  404  404  302  404  302  404  404  404  404  404  404
agent-produce                   GET  asked   in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-produce                   POST asked   in   404  404  404  302  404  302  404  404  404  404  404  404
agent-notified                  GET  granted in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-notified                  POST granted in   404  404  404  302  404  302  404  404  404  404  404  404
agent-card                      POST granted in   404  404  404  302  404  302  404  404  404  404  404  404
agent-hand-over                 GET  ready   in   404  404  404  200* 404  200* 404  404  404  404  404  404
agent-hand-over                 POST ready   in   404  404  404  302  404  302  404  404  404  404  404  404

# Who works here, and in which office: administrators, who open no file.
administration                  GET  -       in   404  404  404  404  404  404  404  404  404  404  200  404
administration                  POST -       in   404  404  404  404  404  404  404  404  404  404  200  404
administration-staff            GET  -       in   404  404  404  404  404  404  404  404  404  404  200  404
administration-staff            POST -       in   404  404  404  404  404  404  404  404  404  404  200  404
administration-offices          GET  -       in   404  404  404  404  404  404  404  404  404  404  200  404
administration-offices          POST -       in   404  404  404  404  404  404  404  404  404  404  302  404

# The demonstration, open to anyone: elsewhere these addresses are not there at all.
demo                            GET  -       all 200
demo-enter                      POST -       all 302
demo-night                      POST -       all 302
demo-eve                        POST -       all 422
demo-real-day                   POST -       all 302
demo-mailbox                    GET  -       all 200
demo-mailbox                    POST -       all 302
demo-telephone                  GET  -       all 200
demo-telephone                  POST -       all 302
"""  # noqa: E501 - a table


class Row(NamedTuple):
    """One line: what each visitor receives who asks ``route`` by ``method`` at that stage."""

    route: str
    method: str
    stage: str
    cells: dict[str, str]


def rows() -> list[Row]:
    """The table, read.

    :raises AssertionError: for a line that is not written as the others.
    """
    header, *lines = [
        line for line in TABLE.splitlines() if line.strip() and not line.startswith("#")
    ]
    visitors = header.split()
    found = []
    for line in lines:
        route, method, stage, *cells = line.split()
        if cells[0] == "all":
            assert len(cells) == 2, line
            cells = cells[1:] * len(visitors)
        assert len(cells) == len(visitors), line
        found.append(Row(route, method, stage, dict(zip(visitors, cells, strict=True))))
    return found


def visitors() -> list[str]:
    """The columns, in their order."""
    return TABLE.split("\n", 2)[1].split()
