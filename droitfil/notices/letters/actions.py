"""Every write about letters: gathered, printed, handed to the post, returned.

A head of office does it for their own people, an administrator for anyone's; who brings a letter
back is an agent who may open the file, or of the office that sent it. Nothing closes by itself.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from droitfil.journal.actions import Line, record, record_many
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.notices import outcomes
from droitfil.notices.letters.drawing import Drawn
from droitfil.notices.letters.queries import address_lines, to_post
from droitfil.notices.letters.references import new_reference, read
from droitfil.notices.models import Batch, BouncedContact, Channel, Delivery, Envelope
from droitfil.notices.passes import contact_digest
from droitfil.people.access import DECIDES, is_own, require, sees_as_staff, staff_of
from droitfil.people.models import Account, Staff
from droitfil.territory.models import Office

#: One gathering at a time, whichever office it is for: what the lock of PostgreSQL is called.
_GATHERING = 20_261_123


def gather(actor: Account | str, *, office: Office | None, now: datetime, today: date) -> Batch:
    """Puts every letter that waits into one batch, each once; two at once, the second finds none.

    A letter without an address, or to one from which letters came back, ends here: its person is
    on the list of those who could not be reached.

    :param office: whose people it is for; None for every office's.
    :raises Refusal: no letter waits.
    :raises Forbidden: ``actor`` posts no letter for this office.
    """
    by = _who_posts(actor, office, today)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_GATHERING])
        ready = _with_address(list(to_post(office, today)), now)
        batch = _batch_of(by, ready, office, now) if ready else None
    if batch is None:
        raise Refusal(gettext("Aucune lettre n’attend d’être imprimée."))
    return batch


def note_printed(
    actor: Account | str, batch: Batch, drawn: Drawn, *, reprint: bool, now: datetime, today: date
) -> Batch:
    """The PDF of ``batch`` was drawn: written before it is handed over, so that what is printed a
    second time is always called a reprint.

    :param reprint: it is known to have been printed already.
    :raises Conflict: it was printed meanwhile; or it never was, and cannot be printed again.
    """
    by = _who_posts(actor, batch.office, today)
    with transaction.atomic():
        found = Batch.objects.select_for_update().get(pk=batch.pk)
        if reprint == (found.printed_at is None):
            says = gettext("Ce lot vient d’être imprimé : demandez une réimpression.")
            if reprint:
                says = gettext("Ce lot n’a pas encore été imprimé : imprimez-le d’abord.")
            raise Conflict(says)
        if reprint:
            found.reprints += 1
        else:
            found.printed_at = now
        found.pages = drawn.pages
        found.save(update_fields=["printed_at", "pages", "reprints"])
        letters = list(found.envelopes.select_related("delivery__message").order_by("rank"))
        for letter, place in zip(letters, drawn.places, strict=True):
            letter.first_page, letter.pages = place
        Envelope.objects.bulk_update(letters, ["first_page", "pages"])
        action = "letters.reprinted" if reprint else "letters.printed"
        facts = {"batch": found.pk, "pages": drawn.pages}
        # What each letter says was in the hands of who printed it: its person may know who.
        each = [
            Line(
                by, "notice.printed", "notice", now, letter.delivery.message_id,
                letter.delivery.message.case, {"delivery": letter.pk},
            )
            for letter in letters
        ]  # fmt: skip
        record_many([Line(by, action, "letters", now, facts=facts), *each])
    return found


def note_posted(
    actor: Account, batch: Batch, *, posted_on: date, now: datetime, today: date
) -> Batch:
    """``actor``, by name, handed the batch to the post on ``posted_on``; a second time changes
    nothing.

    :raises Refusal: not printed yet, a day to come, or one before it was made.
    """
    by = _who_posts(actor, batch.office, today)
    with transaction.atomic():
        found = Batch.objects.select_for_update().get(pk=batch.pk)
        if found.posted_on is not None:
            return found
        if found.printed_at is None:
            raise Refusal(gettext("Ce lot n’est pas encore imprimé."), field="posted_on")
        if not timezone.localdate(found.made_at) <= posted_on <= today:
            raise Refusal(
                gettext("La remise à la poste est entre le jour du lot et aujourd’hui."),
                field="posted_on",
            )
        found.posted_on, found.posted_by = posted_on, actor
        found.save(update_fields=["posted_on", "posted_by"])
        copies = Delivery.objects.filter(envelope__batch=found, state=Delivery.State.WAITING)
        told = [
            Line(
                by, "notice.sent", "notice", now, message, case,
                {"delivery": pk, "channel": Channel.LETTER.value},
            )
            for pk, message, case in copies.values_list("pk", "message", "message__case")
        ]  # fmt: skip
        copies.update(state=Delivery.State.SENT, sent_at=now)
        line = Line(
            by, "letters.posted", "letters", now, facts={"batch": found.pk, "on": posted_on}
        )
        record_many([line, *told])
    return found


def note_returned(
    actor: Account | str, typed: str, *, reason: Envelope.Reason, now: datetime, today: date
) -> Envelope:
    """The letter of this reference came back; the same reason a second time changes nothing.

    Only "not at this address" says that the address is wrong: nothing more is posted there until
    the person gives another.

    :raises Refusal: no such reference, or not one that ``actor`` may see; never handed to the post;
        another reason was noted.
    """
    reference = read(typed)
    if reference is None:
        says = gettext(
            "Cette référence est mal recopiée : elle a neuf signes, en bas de la lettre."
        )
        raise Refusal(says, field="reference")
    with transaction.atomic():
        found = (
            Envelope.objects.select_for_update(of=("self",))
            .select_related("batch", "delivery__message", "delivery__reader__commune")
            .filter(reference=reference)
            .first()
        )
        if found is None or not _may_bring_back(actor, found, today):
            raise Refusal(
                gettext("Aucune lettre de votre bureau n’a cette référence."), field="reference"
            )
        if found.returned_on is not None:
            if found.reason == reason:
                return found
            raise Refusal(
                gettext("Le retour de cette lettre est déjà noté : %(reason)s.")
                % {"reason": found.get_reason_display()},
                field="reference",
            )
        if found.delivery.state != Delivery.State.SENT:
            raise Refusal(
                gettext("Le lot de cette lettre n’est pas noté comme remis à la poste."),
                field="reference",
            )
        found.returned_on, found.reason = today, reason
        found.returned_by = actor if isinstance(actor, str) else f"staff:{actor.pk}"
        found.save(update_fields=["returned_on", "reason", "returned_by"])
        outcomes.move(
            found.delivery_id, Delivery.State.RETURNED, now=now, error=f"post-{reason.value}",
            by=found.returned_by,
        )  # fmt: skip
    return found


def _who_posts(actor: Account | str, office: Office | None, today: date) -> str:
    """How the journal names who prints and posts. :raises Forbidden: for anyone else."""
    if isinstance(actor, str):
        return actor
    staff = staff_of(actor, today)
    allowed = staff is not None and (
        staff.role == Staff.Role.ADMIN
        or (staff.role == Staff.Role.HEAD and office is not None and staff.office_id == office.pk)
    )
    require(allowed)
    return f"staff:{actor.pk}"


def _may_bring_back(actor: Account | str, letter: Envelope, today: date) -> bool:
    if isinstance(actor, str):
        return True
    staff, reader = staff_of(actor, today), letter.delivery.reader
    if staff is None or staff.role not in DECIDES or reader is None:
        return False
    if is_own(actor, reader, today):
        return False
    from_here = letter.batch.office_id is not None and letter.batch.office_id == staff.office_id
    return from_here or sees_as_staff(actor, reader, today)


def _with_address(waiting: list[Delivery], now: datetime) -> list[Delivery]:
    """Those that can be posted, with the digest of where; the others end."""
    wrong = {
        bytes(one)
        for one in BouncedContact.objects.filter(channel=Channel.LETTER).values_list(
            "contact", flat=True
        )
    }
    ready = []
    for copy in waiting:
        assert copy.reader is not None
        lines = address_lines(copy.reader)
        digest = contact_digest("\n".join(lines))
        if not lines or digest in wrong:
            error = "known-bounce" if lines else "no-address"
            outcomes.move(copy.pk, Delivery.State.FAILED, now=now, error=error)
            continue
        copy.contact, copy.attempts = digest, 1
        ready.append(copy)
    return ready


def _batch_of(by: str, ready: list[Delivery], office: Office | None, now: datetime) -> Batch:
    batch = Batch.objects.create(office=office, made_at=now, made_by=by, letters=len(ready))
    Envelope.objects.bulk_create(
        Envelope(delivery=copy, batch=batch, rank=rank, reference=new_reference())
        for rank, copy in enumerate(ready, start=1)
    )
    Delivery.objects.bulk_update(ready, ["contact", "attempts"])
    facts: dict[str, object] = {"batch": batch.pk, "letters": len(ready)}
    if office is not None:
        facts["office"] = office.pk
    record(by, action="letters.gathered", subject_kind="letters", at=now, facts=facts)
    return batch
