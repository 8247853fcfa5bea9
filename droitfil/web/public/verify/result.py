"""What the result page shows: what the paper said, and whether it still holds, told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from droitfil.attestations import words
from droitfil.attestations.answers import Answer, Fault, Rights, Said, Standing
from droitfil.attestations.models import Reason
from droitfil.rules.facts import Work
from droitfil.rules.seal import FILING

#: fault -> (what it is, what to do)
FAULTS = {
    Fault.NO_CODE: (
        gettext_lazy("Aucun code de papier ne s’y lit."),
        gettext_lazy(
            "Photographiez le code carré en entier, de face, sans ombre ni reflet. Ou demandez à "
            "la personne le fichier PDF qu’elle a reçu."
        ),
    ),
    Fault.RECEIPT: (
        gettext_lazy("C’est le reçu d’une vérification, authentique, mais pas un papier."),
        gettext_lazy("Envoyez le papier de la personne : une photo de son code, ou son PDF."),
    ),
    Fault.OTHER_CODE: (
        gettext_lazy("C’est un code 2D-Doc, mais pas celui d’un papier délivré ici."),
        gettext_lazy("Vérifiez-le auprès de qui a délivré ce document."),
    ),
    Fault.UNREADABLE: (
        gettext_lazy("Le code est abîmé ou fabriqué : il ne suit pas son format."),
        gettext_lazy(
            "Demandez à la personne le fichier PDF qu’elle a reçu, ou un code de partage."
        ),
    ),
    Fault.UNKNOWN_AUTHORITY: (
        gettext_lazy("Ce papier est signé d’une autorité que nous ne connaissons pas."),
        gettext_lazy("Nous ne pouvons rien en dire. Vérifiez-le auprès de qui l’a délivré."),
    ),
    Fault.UNKNOWN_CERTIFICATE: (
        gettext_lazy("Ce papier est signé d’un certificat que nous ne connaissons pas."),
        gettext_lazy("Ne vous y fiez pas. Demandez à la personne un code de partage."),
    ),
    Fault.BAD_SIGNATURE: (
        gettext_lazy("La signature n’est pas la bonne : ce qui est écrit a été changé."),
        gettext_lazy("Ne vous y fiez pas. Demandez à la personne un code de partage."),
    ),
    Fault.NOT_SEALED: (
        gettext_lazy("Ce PDF ne porte pas notre sceau : ce n’est pas le fichier délivré."),
        gettext_lazy(
            "Un PDF numérisé ou imprimé de nouveau perd son sceau. Envoyez une photo du code, ou "
            "le fichier d’origine."
        ),
    ),
    Fault.ALTERED: (
        gettext_lazy("Ce PDF a été changé depuis qu’il a été scellé."),
        gettext_lazy("Ne vous y fiez pas. Demandez le fichier d’origine, ou un code de partage."),
    ),
}
REASONS = dict(Reason.choices)


@dataclass(frozen=True, slots=True)
class Result:
    """A page: ``tone`` is ok, warn or bad; ``rights`` are sentences, empty when there is none.

    :param said: what the paper said, for who has it in hand; None for a share code.
    """

    tone: str
    title: str
    says: str
    remedy: str = ""
    rights: tuple[str, ...] = ()
    until: date | None = None
    open_ended: bool = False
    said: Said | None = None
    kind: str = ""
    #: A filing has no period: it opened no right.
    dated: bool = False


def of_paper(answer: Answer) -> Result:
    """The page of a paper that was shown."""
    if answer.fault is not None:
        says, remedy = FAULTS[answer.fault]
        title = _("Ce papier n’est pas reconnu")
        return Result("bad", title, str(says), str(remedy))
    said = answer.said
    assert said is not None
    assert answer.standing is not None
    holds = answer.holds
    return Result(
        tone="ok" if holds else "bad" if answer.standing in _ENDED else "warn",
        title=str(_TITLES[answer.standing]),
        says=_why(answer),
        remedy=_(
            "Cela ne dit pas que la personne n’a plus de droits : demandez-lui sa carte, son "
            "papier le plus récent, ou un code de partage."
        )
        if answer.standing in _ENDED
        else "",
        rights=_rights(said.may_stay, said.may_work, said.limits) if holds else (),
        until=said.valid_to if holds else None,
        open_ended=holds and said.valid_to is None,
        said=said,
        kind=str(words.KINDS[said.kind]),
        dated=said.kind != FILING,
    )


def of_rights(rights: Rights) -> Result:
    """The page of a share code."""
    if not rights.may_stay:
        return Result(
            "warn",
            _("Aucun droit ne peut être montré aujourd’hui"),
            _("Rien de ce qui est connu ici de cette personne n’ouvre de droit à ce jour."),
            _("Elle peut tenir un autre document : demandez-lui sa carte ou son visa."),
        )
    return Result(
        "ok",
        _("Voici ce que cette personne peut faire aujourd’hui"),
        _("C’est ce que disent aujourd’hui les documents qu’elle tient et les papiers délivrés."),
        rights=_rights(rights.may_stay, rights.may_work, rights.limits),
        until=rights.until,
        open_ended=rights.until is None,
    )


_ENDED = frozenset({Standing.REVOKED, Standing.REPLACED, Standing.EXPIRED})
_TITLES: dict[Standing, Any] = {
    Standing.HOLDS: gettext_lazy("Ce papier est authentique et valable aujourd’hui"),
    Standing.NOT_YET: gettext_lazy("Ce papier est authentique, mais pas encore valable"),
    Standing.EXPIRED: gettext_lazy("Ce papier est authentique, mais sa date de fin est passée"),
    Standing.REPLACED: gettext_lazy("Ce papier est authentique, mais un autre le remplace"),
    Standing.REVOKED: gettext_lazy("Ce papier est authentique, mais il ne vaut plus"),
    Standing.PROVES_NOTHING: gettext_lazy("Ce papier est authentique, et ne prouve aucun droit"),
    Standing.UNKNOWN: gettext_lazy("Ce papier est authentique, mais nous n’en savons pas plus"),
}


def _why(answer: Answer) -> str:
    if answer.standing in (Standing.REVOKED, Standing.REPLACED):
        return str(REASONS.get(answer.reason, ""))
    if answer.standing is Standing.PROVES_NOTHING:
        return str(words.PROVES_NOTHING)
    if answer.standing is Standing.UNKNOWN:
        return _("Nous ne pouvons pas dire s’il est toujours valable.")
    return _("Il a bien été délivré tel que vous le voyez.")


def _rights(may_stay: bool, may_work: str, limits: tuple[str, ...]) -> tuple[str, ...]:
    return (
        str(words.MAY_STAY[may_stay]),
        str(words.MAY_WORK[Work(may_work)]),
        *(str(words.LIMITS[limit]) for limit in limits),
    )
