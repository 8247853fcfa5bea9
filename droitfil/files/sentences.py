"""Why a file is not taken, for the person who sent it: what is wrong, and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from droitfil.lib.refusals import Refusal

Details = Mapping[str, int | str]
#: The name of the form's field.
FIELD = "file"


def refusal(code: str, details: Details) -> Refusal:
    """The sentence of a code of :class:`droitfil.files.cleaner.NotAccepted`."""
    return Refusal(_SENTENCES[code](details), field=FIELD)


def _empty(_details: Details) -> str:
    return _(
        "Ce fichier est vide. Ouvrez-le sur votre appareil pour le vérifier, puis renvoyez-le."
    )


def _size(details: Details) -> str:
    return _(
        "Ce fichier pèse {size} Mo ; il peut en peser {most}. Photographiez le document avec une "
        "définition plus basse, ou envoyez-le en plusieurs fichiers."
    ).format(size=-(-int(details["size"]) // 2**20), most=int(details["most"]) // 2**20)


def _kind(details: Details) -> str:
    return {
        "office": _(
            "C’est un fichier de traitement de texte. Ouvrez-le, choisissez « Enregistrer au "
            "format PDF » ou « Imprimer » vers un PDF, et envoyez ce PDF."
        ),
        "archive": _(
            "C’est un dossier compressé. Ouvrez-le et envoyez, un par un, les documents qu’il "
            "contient : PDF, JPEG, PNG ou HEIC."
        ),
        "picture": _(
            "Cette image est d’un format que nous ne savons pas montrer à tous. Enregistrez-la en "
            "JPEG ou en PNG, ou photographiez le document."
        ),
        "video": _(
            "C’est une vidéo ou un son. Envoyez une photographie du document, ou le document en "
            "PDF."
        ),
    }.get(
        str(details.get("found")),
        _(
            "Ce fichier n’est ni un PDF ni une image. Envoyez le document en PDF, ou photographié "
            "en JPEG, PNG ou HEIC."
        ),
    )  # fmt: skip


def _locked(_details: Details) -> str:
    return _(
        "Ce PDF est fermé par un mot de passe : personne ne pourrait le lire. Ouvrez-le avec son "
        "mot de passe, choisissez « Imprimer » vers un PDF, et envoyez celui-ci."
    )


def _damaged(_details: Details) -> str:
    return _(
        "Ce fichier est incomplet ou abîmé : il ne s’ouvre pas jusqu’au bout. Vérifiez-le sur "
        "votre appareil, puis renvoyez-le, ou photographiez le document."
    )


def _pages(details: Details) -> str:
    return _(
        "Ce PDF a {pages} pages ; il peut en avoir {most}. N’envoyez que les pages utiles, ou "
        "partagez-le en plusieurs fichiers."
    ).format(**details)


def _together(details: Details) -> str:
    return _(
        "Réunies, vos pages seraient {pages} ; un document peut en avoir {most}. Faites-en deux "
        "documents : joignez celui-ci, puis commencez le suivant."
    ).format(**details)


def _together_size(details: Details) -> str:
    return _(
        "Réunies, ces pages pèsent plus de {most} Mo. Rien n’est perdu : enlevez-en quelques-unes, "
        "faites ce document, puis un second avec les autres."
    ).format(most=int(details["most"]) // 2**20)


def _too_many_at_once(details: Details) -> str:
    return _(
        "Ce fichier est arrivé avec trop d’autres à la fois et n’a pas été lu. Envoyez-le de "
        "nouveau : les autres sont gardés."
    ).format(**details)


def _pixels(details: Details) -> str:
    return _(
        "Cette image compte {width} × {height} points, plus que les {most} millions que nous "
        "pouvons ouvrir. Réduisez-la, ou photographiez le document avec un réglage ordinaire."
    ).format(**details)


def _xfa(_details: Details) -> str:
    return _(
        "Ce PDF est un formulaire qui ne s’affiche que dans le logiciel d’Adobe. Ouvrez-le là, "
        "choisissez « Imprimer » vers un PDF, et envoyez celui-ci."
    )


def _form(_details: Details) -> str:
    return _(
        "Ce PDF est un formulaire rempli que chaque logiciel montre à sa façon : une partie de ce "
        "qui y est écrit se perdrait. Ouvrez-le, choisissez « Imprimer » vers un PDF, et envoyez "
        "celui-ci."
    )


def _attachments(_details: Details) -> str:
    return _(
        "Ce PDF contient d’autres fichiers, trop nombreux ou trop gros pour être contrôlés. "
        "Choisissez « Imprimer » vers un PDF et envoyez celui-ci ; envoyez à part les fichiers "
        "joints qui comptent."
    )


def _complex(_details: Details) -> str:
    return _(
        "Ce fichier est trop compliqué à ouvrir pour nous. Choisissez « Imprimer » vers un PDF et "
        "envoyez celui-ci, ou photographiez le document."
    )


def _infected(_details: Details) -> str:
    return _(
        "L’antivirus a trouvé un programme dangereux dans ce fichier : il n’a pas été gardé. Votre "
        "appareil est peut-être infecté à votre insu. Photographiez le document papier, ou "
        "demandez le fichier de nouveau à qui l’a établi."
    )


def _disk(_details: Details) -> str:
    return _(
        "Ce fichier n’a pas pu être gardé : la panne est chez nous. Réessayez dans un moment. Si "
        "le délai finit aujourd’hui, déposez sans cette pièce : la date est gardée, et vous "
        "l’ajouterez ensuite."
    )


_SENTENCES: Mapping[str, Callable[[Details], str]] = {
    "empty": _empty,
    "size": _size,
    "kind": _kind,
    "locked": _locked,
    "damaged": _damaged,
    "pages": _pages,
    "together": _together,
    "together_size": _together_size,
    "at_once": _too_many_at_once,
    "pixels": _pixels,
    "xfa": _xfa,
    "form": _form,
    "attachments": _attachments,
    "complex": _complex,
    "infected": _infected,
    "disk": _disk,
}
