"""The cleaned copy: what is seen stays, what acts, hides or tells goes."""

from __future__ import annotations

import faulthandler
import io
import json
import os
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from droitfil.files.cleaner import Cleaned, Limits, NotAccepted, clean
from droitfil.files.cleaner.__main__ import _answer, _confine
from droitfil.files.cleaner.documents import without_segments
from droitfil.files.cleaner.pictures import LONGEST
from droitfil.files.sandbox import MEMORY
from tests.files.samples import (
    SECRET,
    attach,
    exif,
    heic,
    jpeg,
    pdf,
    picture,
    png,
    saved,
    with_form,
    with_photograph,
    with_script,
)  # fmt: skip

LIMITS = Limits(size=20 * 2**20, pages=100, pixels=80_000_000)
ACTIVE = {
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/EF", "/AF", "/Metadata", "/PieceInfo", "/XFA",
    "/AcroForm", "/Names", "/Annots", "/Info", "/A", "/URI", "/Launch", "/Perms", "/DSS",
}  # fmt: skip


def cleaned(content: bytes) -> Cleaned:
    return clean(content, LIMITS)


def shown(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(cleaned(content).content))
    assert image.format == "JPEG"
    assert image.mode == "RGB"
    return image


def opened(content: bytes) -> Pdf:
    return pikepdf.open(io.BytesIO(cleaned(content).content))


def keys(made: Pdf) -> set[str]:
    """Every key of every dictionary of a document, its trailer included."""

    def within(item: Any) -> Iterator[str]:
        if isinstance(item, Dictionary | pikepdf.Stream):
            for key in item.keys():  # noqa: SIM118
                yield key
                if not getattr(item.get(key), "is_indirect", False):
                    yield from within(item.get(key))
        elif isinstance(item, Array):
            for child in item:
                if not getattr(child, "is_indirect", False):
                    yield from within(child)

    return {key for top in [*made.objects, made.trailer] for key in within(top)}


def words(made: Pdf) -> bytes:
    """What the pages and what they draw say, uncompressed."""
    return b"".join(o.read_bytes() for o in made.objects if isinstance(o, pikepdf.Stream))


def is_red(point: Any) -> bool:
    return bool(point[0] > 200 and point[2] < 60)


def is_blue(point: Any) -> bool:
    return bool(point[2] > 200 and point[0] < 60)


@pytest.mark.parametrize("make", [jpeg, png, heic])
def test_a_picture_looks_the_same_and_tells_nothing_more(make: Callable[[], bytes]) -> None:
    image = shown(make())
    assert image.size == (640, 480)
    assert is_red(image.getpixel((100, 300)))
    assert is_blue(image.getpixel((500, 100)))
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert SECRET.encode() in make()
    assert SECRET.encode() not in cleaned(make()).content


@pytest.mark.parametrize("make", [jpeg, heic])
def test_a_picture_taken_sideways_stands_upright(make: Callable[..., bytes]) -> None:
    image = shown(make(orientation=6))  # the camera was turned a quarter to the right
    assert image.size == (480, 640)
    assert is_red(image.getpixel((200, 50)))
    assert is_blue(image.getpixel((200, 600)))


def test_what_is_transparent_becomes_paper() -> None:
    glass = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert shown(saved(glass, "PNG")).getpixel((10, 10)) == (255, 255, 255)
    listed = Image.new("P", (20, 20), 0)
    listed.putpalette([0, 0, 0, 9, 9, 9])
    assert shown(saved(listed, "PNG", transparency=0)).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("image", "kind", "grey"),
    [
        (Image.new("L", (20, 20), 128), "PNG", 128),
        (Image.new("I;16", (20, 20), 128 * 257), "PNG", 128),
        (Image.new("1", (20, 20), 1), "PNG", 255),
        (Image.new("LA", (20, 20), (128, 255)), "PNG", 128),
        (Image.new("CMYK", (20, 20), (0, 0, 0, 127)), "JPEG", 128),
        (Image.new("L", (20, 20), 128), "JPEG", 128),
    ],
)
def test_every_kind_of_colour_is_read(image: Image.Image, kind: str, grey: int) -> None:
    point = shown(saved(image, kind)).getpixel((10, 10))
    assert isinstance(point, tuple)
    assert all(abs(value - grey) <= 2 for value in point)


def test_a_large_picture_is_brought_to_what_is_read() -> None:
    image = shown(saved(Image.new("RGB", (9000, 4500), "red"), "JPEG"))
    assert image.size == (LONGEST, LONGEST // 2)
    assert is_red(image.getpixel((2000, 1000)))


def test_what_acts_in_a_document_is_gone() -> None:
    def everything(made: Pdf) -> None:
        with_form(made)
        with_script(made)
        attach(made, b"<facture/>")
        made.Root.Perms = Dictionary()
        made.Root.DSS = Dictionary()
        with made.open_metadata() as told:
            told["dc:creator"] = [SECRET]

    content = pdf(3, everything)
    with pikepdf.open(io.BytesIO(content)) as before:
        assert len(keys(before) & ACTIVE) > 10
    with opened(content) as after:
        assert keys(after) & ACTIVE == set()
        assert len(after.pages) == 3
        assert b"Page 1" in words(after)
        assert b"Page 3" in words(after)
        assert b"alert" not in words(after)
        assert after.trailer.get("/Info") is None
    assert cleaned(content).also_scan == (b"<facture/>",)


def test_what_was_written_in_a_form_stays() -> None:
    with opened(pdf(1, with_form)) as after:
        assert b"CINQUANTE" in words(after)


def written(text: str, **changes: object) -> Callable[[Pdf], None]:
    def change(made: Pdf) -> None:
        with_form(made)
        made.pages[0].obj.Annots[0].V = String(text)
        for key, value in changes.items():
            made.pages[0].obj.Annots[0][f"/{key}"] = value

    return change


def test_accents_of_a_form_stay() -> None:
    with opened(pdf(1, written("Élodie Benoît, cœur ? Açoka"))) as after:
        assert "Élodie Benoît, cœur ? Açoka".encode("cp1252") in words(after).replace(
            b"\\234", b"\x9c"
        )


def test_a_name_that_cannot_be_drawn_as_written_is_not_shown_otherwise() -> None:
    with pytest.raises(NotAccepted) as caught:
        cleaned(pdf(1, written("Paweł Yıldız")))
    assert caught.value.code == "form"


def test_what_a_field_draws_itself_is_kept_as_drawn() -> None:
    def drawn(made: Pdf) -> None:
        seen = Stream(
            made, b"BT (dessin) Tj ET", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 30]
        )
        written("Paweł", AP=Dictionary(N=seen))(made)

    with opened(pdf(1, drawn)) as after:
        assert b"(dessin)" in words(after)
        assert b"?" not in words(after)


def test_a_note_without_drawing_is_not_lost_in_silence() -> None:
    def noted(flags: int) -> Callable[[Pdf], None]:
        def change(made: Pdf) -> None:
            made.pages[0].obj.Annots = Array([
                Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=[0, 0, 99, 99], F=flags,
                           Contents=String("lu et approuvé"), DA=String("/Helv 12 Tf")),
            ])  # fmt: skip

        return change

    with pytest.raises(NotAccepted) as caught:
        cleaned(pdf(1, noted(4)))
    assert caught.value.code == "form"
    assert cleaned(pdf(1, noted(2))).pages == 1  # hidden: nobody saw it


def test_what_the_accessible_structure_leads_to_does_not_act() -> None:
    def tagged(made: Pdf) -> None:
        link = made.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9],
                A=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")),
            )
        )  # fmt: skip
        made.pages[0].obj.Annots = Array([link])
        made.Root.MarkInfo = Dictionary(Marked=True)
        made.Root.Lang = String("fr-FR")
        element = made.make_indirect(
            Dictionary(S=Name.Link, K=Dictionary(Type=Name.OBJR, Obj=link))
        )
        made.Root.StructTreeRoot = made.make_indirect(
            Dictionary(Type=Name.StructTreeRoot, K=Array([element]))
        )

    with opened(pdf(1, tagged)) as after:
        assert keys(after) & ACTIVE == set()
        assert str(after.Root.Lang) == "fr-FR"
        assert Name.Link == after.Root.StructTreeRoot.K[0].S


def test_a_scan_keeps_its_points_and_loses_its_exif() -> None:
    content = pdf(1, with_photograph)
    assert SECRET.encode() in content
    with opened(content) as after:
        raw = after.pages[0].obj.Resources.XObject.Im0.read_raw_bytes()
    assert SECRET.encode() not in raw
    with Image.open(io.BytesIO(raw)) as after_, Image.open(io.BytesIO(jpeg())) as before:
        assert after_.tobytes() == before.tobytes()
        assert dict(after_.getexif()) == {}


def test_segments_of_no_jpeg_are_left_alone() -> None:
    for odd in (b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\xff", b"PDF"):
        assert odd.startswith(without_segments(odd)[:2])
    assert without_segments(b"bonjour") == b"bonjour"


def test_a_signed_document_is_shown_without_its_seal() -> None:
    def signed(made: Pdf) -> None:
        seal = made.make_indirect(Dictionary(Type=Name.Sig, Contents=String("x" * 64)))
        field = made.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, V=seal, T=String("s"),
                       Rect=[0, 0, 0, 0], F=132)
        )  # fmt: skip
        made.Root.AcroForm = Dictionary(Fields=[field], SigFlags=3)
        made.pages[0].obj.Annots = Array([field])

    with opened(pdf(1, signed)) as after:
        assert not [o for o in after.objects if isinstance(o, Dictionary) and "/SigFlags" in o]
        assert b"Page 1" in words(after)


SEEDS = [
    jpeg((64, 48)), png((64, 48)), heic((64, 48)), pdf(2, with_script), pdf(1, with_form),
    pdf(1, with_photograph), pdf(1, lambda made: attach(made, pdf())),
]  # fmt: skip
HEADS = [b"", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypheic"]
ASKED = {"size": 2**20, "pages": 10, "pixels": 1_000_000}


def apart(content: bytes) -> tuple[dict[str, Any], list[bytes]] | None:
    """What the cleaner answers, confined in a process of its own; None when it dies of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            faulthandler.disable()
            _confine(MEMORY, 5)
            with os.fdopen(writing, "wb") as out:
                pickle.dump(_answer(content, ASKED), out)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        given_back = answer.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(given_back) if status == 0 and given_back else None


def judged(content: bytes) -> None:
    """Whatever it is, it is cleaned or refused with a code; never anything else."""
    answer = apart(content)
    if answer is None:
        return  # the libraries fell: outside the tests, the cleaner alone, and a sentence is said
    said, parts = answer
    assert json.loads(json.dumps(said)) == said
    if "refused" in said:
        assert parts == []
        return
    copy = parts[0]
    assert said["parts"] == [len(part) for part in parts]
    if said["shown_as"] == "image/jpeg":
        with Image.open(io.BytesIO(copy)) as image:
            image.load()
    else:
        with pikepdf.open(io.BytesIO(copy)) as read:
            assert keys(read) & ACTIVE == set()


@given(st.sampled_from(HEADS), st.binary(max_size=400), st.sampled_from([b"", b"\n%%EOF"]))
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_cleaned_or_refused(head: bytes, body: bytes, tail: bytes) -> None:
    judged(head + body + tail)


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=8)), max_size=6),
    st.floats(0.2, 1),
)
@settings(max_examples=150, deadline=None)
def test_spoilt_files_are_cleaned_or_refused(
    seed: bytes, changes: list[tuple[float, bytes]], kept: float
) -> None:
    spoilt = bytearray(seed)
    for where, new in changes:
        at = int(where * len(spoilt))
        spoilt[at : at + len(new)] = new
    judged(bytes(spoilt[: int(kept * len(spoilt))] if kept < 0.9 else spoilt))


def test_what_is_too_much_is_refused_by_code() -> None:
    small = Limits(size=10_000, pages=2, pixels=1000)
    for content, code in [
        (b"", "empty"),
        (bytes(10_001), "size"),
        (jpeg(), "pixels"),
        (pdf(3), "pages"),
        (saved(picture((9, 9)), "GIF"), "kind"),
    ]:
        with pytest.raises(NotAccepted) as caught:
            clean(content, small)
        assert caught.value.code == code


def test_exif_of_samples_is_real() -> None:
    with Image.open(io.BytesIO(jpeg())) as image:
        assert image.getexif()[0x013B] == exif()[0x013B] == SECRET
