"""What the person keeps: a file (the contract's YAML) to give back, another day to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from droitfil.lawbook.answering import answer_question
from droitfil.lawbook.reading import MOST_BYTES, Unreadable, read_documents
from droitfil.lawbook.translations import renderer
from droitfil.rules.law import Law
from droitfil.rules.problems import Refused
from droitfil.web.public.whereami.fields import Field
from droitfil.web.public.whereami.question import answers
from droitfil.web.public.whereami.state import State

DAY_FIELD = Field(
    "", _("Voir la réponse pour un autre jour"), "date", optional=True,
    hint=_("Passé ou à venir. Laissez vide pour aujourd’hui."),
)  # fmt: skip
_HEAD = {
    "fr": "# Droitfil : vos réponses, à garder et à redonner sur la page « Où en suis-je ? ».\n",
    "en": "# Droitfil: your answers, to keep and give back on the page « Où en suis-je ? ».\n",
}


class _Writer(yaml.SafeDumper):
    """Writes texts that YAML could take for something else between quotes; no alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def write_file(data: dict[str, Any]) -> str:
    """The contract's YAML of a question; read back, it makes the same question."""
    head = _HEAD.get(data.get("language", "fr"), _HEAD["fr"])
    return head + yaml.dump(
        data,
        Dumper=_Writer,
        allow_unicode=True,
        sort_keys=False,
        width=90,
        default_flow_style=False,
    )


def file_name(data: dict[str, Any]) -> str:
    return f"droitfil-{data['today']}.yaml"


@dataclass(frozen=True, slots=True)
class Fault:
    """What to correct in a file; ``french``: the exact sentence, when the reader's language
    has only a shorter one."""

    says: str
    french: str = ""


def _fault(says: str, path: str, value: str) -> Fault:
    """The sentence of the law's reader, which speaks French."""
    if get_language() == "fr":
        return Fault(says)
    if path:
        told = gettext("Le champ %(path)s ne peut pas être accepté : « %(value)s ».")
        return Fault(told % {"path": path, "value": value}, says)
    return Fault(gettext("Le texte de ce fichier ne peut pas être lu."), says)


def read_file(upload: UploadedFile[Any], law: Law, today: date) -> tuple[State | None, list[Fault]]:
    """The answers of a file given back, or None and what to correct in it."""
    if upload.size is None or upload.size > MOST_BYTES:
        says = gettext(
            "Ce fichier fait %(size)d Ko. Celui que Droitfil vous a donné en fait %(most)d au "
            "plus : choisissez le fichier dont le nom commence par « droitfil- »."
        )
        sizes = {"size": -(-(upload.size or 0) // 1024), "most": MOST_BYTES // 1024}
        return None, [Fault(says % sizes)]
    try:
        text = upload.read().decode("utf-8")
    except UnicodeDecodeError:
        says = gettext(
            "Ce fichier n’est pas un fichier de réponses de Droitfil : son nom commence par "
            "« droitfil- » et finit par « .yaml »."
        )
        return None, [Fault(says)]
    try:
        found = read_documents(text)
    except Unreadable as unreadable:
        says = unreadable.told(renderer(get_language() or "fr"))
        return None, [_fault(says, unreadable.path, unreadable.value)]
    if len(found) > 1:
        return None, [
            Fault(
                gettext("Ce fichier tient plusieurs questions : gardez-en une seule par fichier.")
            )
        ]
    data = found[0]
    try:
        answer_question({**data, "language": "fr"}, law)
    except Refused as refused:
        told = renderer(get_language() or "fr")
        return None, [_fault(p.told(told), p.path, p.value) for p in refused.problems]
    return answers(data, law), []
