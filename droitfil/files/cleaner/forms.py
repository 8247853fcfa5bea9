"""What is written in the fields and the notes of a PDF, drawn into its pages.

A field shows itself by a drawing that it carries, its *appearance*; some programs leave it out and
let each reader draw it. qpdf then draws it with the fonts of the form, and puts "?" for what they
lack: a name must not be shown so.
"""

from __future__ import annotations

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from droitfil.files.cleaner.outcome import NotAccepted

#: Notes that say something of their own on the page.
_SPEAKING = (Name.FreeText, Name.Ink, Name.Stamp)
#: Flags of an annotation that is not to be seen: invisible, hidden.
_UNSEEN = 0b11
#: Fields stand within fields; deeper than this, nobody filled that in.
_DEEPEST = 20


def draw_forms(pdf: Pdf) -> None:
    """Leaves pages that show by themselves what forms and notes showed on them.

    :raises NotAccepted: "form", when something written there cannot be drawn as it was written.
    """
    drawn, bare = [], []
    for note in _annotations(pdf):
        if _is_drawn(note):
            drawn.append((note, note.AP))
        elif note.get("/Subtype") == Name.Widget:
            bare.append(note)
        elif note.get("/Subtype") in _SPEAKING and not int(note.get("/F", 0)) & _UNSEEN:
            raise NotAccepted("form")
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary):
        form.NeedAppearances = bool(bare)
        _say_encoding(form)
        pdf.generate_appearance_streams()
    for note, appearance in drawn:
        note.AP = appearance  # as its author drew it
    for field in bare:
        if _shown(field).count(b"?") > _written(field).count("?"):
            raise NotAccepted("form")
    pdf.flatten_annotations("all")


def _annotations(pdf: Pdf) -> Iterator[Dictionary]:
    for page in pdf.pages:
        notes = page.obj.get("/Annots")
        if isinstance(notes, Array):
            yield from (note for note in notes if isinstance(note, Dictionary))


def _is_drawn(note: Dictionary) -> bool:
    appearance = note.get("/AP")
    return isinstance(appearance, Dictionary) and "/N" in appearance


def _say_encoding(form: Dictionary) -> None:
    """Simple fonts that name no encoding would be taken for ASCII."""
    resources = form.get("/DR")
    fonts = resources.get("/Font") if isinstance(resources, Dictionary) else None
    for font in dict(fonts.items()).values() if isinstance(fonts, Dictionary) else ():
        simple = isinstance(font, Dictionary) and font.get("/Subtype") == Name.Type1
        if simple and "/Encoding" not in font:
            font.Encoding = Name.WinAnsiEncoding


def _written(field: Object) -> str:
    """The text of a field, its own or that of the field it belongs to."""
    for _ in range(_DEEPEST):
        value = field.get("/V")
        if value is not None:
            return str(value) if isinstance(value, String) else ""
        parent = field.get("/Parent")
        if not isinstance(parent, Dictionary):
            break
        field = parent
    return ""


def _shown(field: Dictionary) -> bytes:
    appearance = field.get("/AP")
    normal = appearance.get("/N") if isinstance(appearance, Dictionary) else None
    return normal.read_bytes() if isinstance(normal, Stream) else b""
