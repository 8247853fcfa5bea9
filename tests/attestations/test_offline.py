"""Verifying without the platform: what was issued says yes, anything else says no."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter
from tddoc.doc import TwoDDoc
from tddoc.keychain import KeyChain

from droitfil.attestations import bundle, keyring, offline, pictures, trust
from droitfil.attestations.actions import revoke, rotate
from droitfil.attestations.answers import Fault, Standing
from droitfil.attestations.models import Purpose, Reason
from droitfil.attestations.trust import Trust, Untrustworthy
from droitfil.rules import seal
from tests.attestations.papers import ACTOR, NOW, TODAY, order
from tests.attestations.showing import as_bytes, code_of, issued, pdf_of, picture_of, trust_now

pytestmark = pytest.mark.usefixtures("authority")


def oracle(known: Trust) -> KeyChain:
    chain = KeyChain(check_expiry=True)
    for der in (*known.authorities.values(), *(c.der for c in known.certificates.values())):
        chain.der_add(der)
    return chain


def test_an_independent_reader_agrees() -> None:
    code = code_of(issued())
    chain = oracle(trust_now())
    read = TwoDDoc.from_code(code)
    assert read.signature_is_valid(chain)
    values = {item.definition.id: item.value for item in read.message.dataset}
    assert values["62"] == "NGUESSAN DUPRE"
    assert values["6N"] == date(2026, 11, 1)
    altered = code.replace("NGUESSAN", "NGUESSAM")
    assert not TwoDDoc.from_code(altered).signature_is_valid(chain)


def test_a_paper_of_who_has_no_first_name_is_read_by_all() -> None:
    paper = issued(order(first_names=(), nationality=""))
    answer = offline.verify(code_of(paper).encode(), trust_now(), day=TODAY)
    assert answer.holds
    assert answer.said is not None
    assert answer.said.holder == "NGUESSAN DUPRE"
    assert TwoDDoc.from_code(code_of(paper)).signature_is_valid(oracle(trust_now()))
    assert offline.verify(pdf_of(paper), trust_now(), day=TODAY).holds


def test_a_code_says_what_was_issued() -> None:
    paper = issued()
    answer = offline.verify(code_of(paper).encode(), trust_now(), day=TODAY)
    assert answer.genuine
    assert answer.holds
    assert answer.said is not None
    assert (answer.said.kind, answer.said.may_stay, answer.said.may_work) == ("API", True, "full")
    assert (answer.said.valid_from, answer.said.valid_to) == (paper.valid_from, paper.valid_to)
    assert answer.said.holder == "NGUESSAN DUPRE ZOE MARIE EVE"


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2026, 10, 31), Standing.NOT_YET),
        (date(2026, 11, 1), Standing.HOLDS),
        (date(2027, 1, 31), Standing.HOLDS),
        (date(2027, 2, 1), Standing.EXPIRED),
    ],
)
def test_what_it_said_and_whether_it_holds_are_told_apart(day: date, standing: Standing) -> None:
    answer = offline.verify(code_of(issued()).encode(), trust_now(), day=day)
    assert answer.genuine
    assert answer.standing is standing


def test_every_altered_character_is_refused() -> None:
    code, known = code_of(issued()), trust_now()
    for rank, character in enumerate(code):
        other = "B" if character == "A" else "A"
        answer = offline.verify_code(code[:rank] + other + code[rank + 1 :], known, day=TODAY)
        assert not answer.genuine, rank
        assert answer.said is None


def test_the_other_form_of_a_signature_is_refused() -> None:
    paper = issued()
    signature = bytes(paper.signature or b"")
    s = int.from_bytes(signature[32:], "big")
    twin = signature[:32] + (keyring.ORDER - s).to_bytes(32, "big")
    answer = offline.verify_code(seal.text(paper.code, twin), trust_now(), day=TODAY)
    assert answer.fault is Fault.BAD_SIGNATURE


def test_revoked_replaced_and_unknown_are_told_apart() -> None:
    first, second, third = (issued(order(family_name=name)) for name in ("Un", "Deux", "Trois"))
    before = trust_now()
    revoke(ACTOR, [first.id], now=NOW, reason=Reason.DECISION)
    heirs = {second.id: third.id}
    revoke(ACTOR, [second.id], now=NOW, reason=Reason.REPLACED, replaced_by=heirs)
    after = trust_now()
    for paper, standing, reason in (
        (first, Standing.REVOKED, "decision"),
        (second, Standing.REPLACED, "replaced"),
        (third, Standing.HOLDS, ""),
    ):
        answer = offline.verify(code_of(paper).encode(), after, day=TODAY)
        assert answer.genuine
        assert (answer.standing, answer.reason) == (standing, reason)
        assert offline.verify(code_of(paper).encode(), before, day=TODAY).holds


def test_a_paper_issued_again_as_it_was_is_not_taken_for_the_revoked_one() -> None:
    asked = order("a", reference="API-1")
    first = issued(asked)
    revoke(ACTOR, [first.id], now=NOW, reason=Reason.ERROR)
    # The number is not in the code: the text is the same, the paper is another.
    again = issued(order("b", holder=asked.holder, reference="API-2"))
    assert again.code == first.code
    assert offline.verify(code_of(again).encode(), trust_now(), day=TODAY).holds


def test_another_authority_is_unknown() -> None:
    known = trust_now()
    code = code_of(issued())
    stranger = code.replace("XX99", "XX98")
    assert offline.verify_code(stranger, known, day=TODAY).fault is Fault.UNKNOWN_AUTHORITY
    other = code.replace("XX990001", "XX990009")
    assert offline.verify_code(other, known, day=TODAY).fault is Fault.UNKNOWN_CERTIFICATE
    # A seal's certificate signs no code.
    other = code.replace("XX990001", "XX99S001")
    assert offline.verify_code(other, known, day=TODAY).fault is Fault.UNKNOWN_CERTIFICATE


def test_what_is_signed_after_a_key_was_retired_is_refused() -> None:
    before = issued()
    rotate("system:tests", purpose=Purpose.CODE, now=NOW)
    known = trust_now(now=NOW + timedelta(days=3))
    assert offline.verify(code_of(before).encode(), known, day=TODAY).holds
    certificate = known.certificates["XX99", "0001"]
    assert certificate.may_have_signed(TODAY)
    assert not certificate.may_have_signed(TODAY + timedelta(days=1))
    assert not certificate.may_have_signed(None)


# -- the PDF ---------------------------------------------------------------------------------------


def test_a_pdf_says_yes_and_is_valid_for_another_reader() -> None:
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    paper = issued()
    pdf, known = pdf_of(paper), trust_now()
    answer = offline.verify(pdf, known, day=TODAY)
    assert answer.holds
    assert answer.said is not None
    assert answer.said.reference == paper.reference
    assert answer.said.limits == ("with_expired_card",)
    with_reader = PdfFileReader(io.BytesIO(pdf))
    (signature,) = with_reader.embedded_signatures
    roots = [x509.Certificate.load(der) for der in known.authorities.values()]
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    # What makes it readable by ear is still there once it is sealed.
    root = with_reader.root
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert str(root["/Lang"]) == "fr"
    assert (
        with_reader.trailer_view["/Info"]["/Title"] == "Attestation de prolongation d’instruction"
    )


@pytest.fixture
def sealed() -> tuple[bytes, Trust]:
    return pdf_of(issued()), trust_now()


def test_every_byte_of_the_seal_and_of_the_ends_matters(sealed: tuple[bytes, Trust]) -> None:
    pdf, known = sealed
    gap = int(pdf[pdf.rfind(b"/ByteRange [") :].split()[2])
    end_of_seal = pdf.index(b">", gap)
    padding = len(pdf[gap : end_of_seal + 1].rstrip(b"0>")) + gap
    assert end_of_seal - padding > 100  # the seal's place is larger than the seal
    places = {
        *range(20), *range(gap - 40, gap + 400, 7), *range(padding - 40, padding + 40),
        *range(end_of_seal - 20, end_of_seal + 60), *range(len(pdf) - 120, len(pdf)),
    }  # fmt: skip
    for place in sorted(places):
        for other in (pdf[place] ^ 0x20, pdf[place] ^ 1):
            altered = pdf[:place] + bytes([other]) + pdf[place + 1 :]
            assert not offline.verify(altered, known, day=TODAY).genuine, place
    for longer in (pdf + b"\n", pdf + b"%%EOF\n", pdf[:-1], b"\n" + pdf):
        assert not offline.verify(longer, known, day=TODAY).genuine


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_byte_altered_anywhere_is_refused(
    sealed: tuple[bytes, Trust], data: st.DataObject
) -> None:
    pdf, known = sealed
    place = data.draw(st.integers(0, len(pdf) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != pdf[place]))
    altered = pdf[:place] + bytes([other]) + pdf[place + 1 :]
    assert not offline.verify(altered, known, day=TODAY).genuine


def test_a_pdf_without_seal_or_sealed_by_others_is_refused(sealed: tuple[bytes, Trust]) -> None:
    pdf, known = sealed
    assert offline.verify(b"%PDF-1.7 nothing", known, day=TODAY).fault is Fault.NOT_SEALED
    rotate("system:tests", purpose=Purpose.SEAL, now=NOW)
    later = pdf_of(issued())
    assert offline.verify(later, known, day=TODAY).fault is Fault.UNKNOWN_CERTIFICATE
    assert offline.verify(pdf, trust_now(), day=TODAY).holds


def test_a_filing_is_genuine_and_proves_nothing() -> None:
    pdf = pdf_of(issued(order("a", kind=seal.FILING)))
    answer = offline.verify(pdf, trust_now(), day=TODAY)
    assert answer.genuine
    assert not answer.holds
    assert answer.standing is Standing.PROVES_NOTHING


# -- the photograph --------------------------------------------------------------------------------


def test_photographs_of_a_paper_are_read() -> None:
    code, known = code_of(issued()), trust_now()
    picture = picture_of(code)
    lit = Image.composite(
        picture, picture.point(lambda v: v * 0.55), Image.linear_gradient("L").resize(picture.size)
    )
    seen = {
        "plain": as_bytes(picture, "PNG"),
        "compressed": as_bytes(picture, quality=25),
        "rotated": as_bytes(picture.rotate(23, expand=True, fillcolor=230)),
        "upside down": as_bytes(picture.rotate(180)),
        "blurred": as_bytes(picture.filter(ImageFilter.GaussianBlur(2.2)), quality=40),
        "half in the shade": as_bytes(lit),
        "small": as_bytes(picture.resize((picture.width // 2, picture.height // 2))),
        "webp": as_bytes(picture, "WEBP"),
    }
    for name, content in seen.items():
        answer = offline.verify(content, known, day=TODAY)
        assert answer.holds, name
    large = picture_of(code, pixels=30)
    assert offline.verify(as_bytes(large), known, day=TODAY).holds


def test_a_photograph_turned_by_its_camera_is_read() -> None:
    picture = picture_of(code_of(issued())).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = io.BytesIO()
    picture.rotate(90, expand=True).save(kept, "JPEG", exif=exif)
    assert offline.verify(kept.getvalue(), trust_now(), day=TODAY).holds


def test_a_picture_without_code_says_so() -> None:
    picture = Image.new("L", (900, 700), 240)
    ImageDraw.Draw(picture).text((50, 50), "Attestation", fill=0)
    answer = offline.verify(as_bytes(picture), trust_now(), day=TODAY)
    assert answer.fault is Fault.NO_CODE


def test_a_photographed_forgery_is_refused() -> None:
    code = code_of(issued()).replace("NGUESSAN", "NGUESSAM")
    answer = offline.verify(as_bytes(picture_of(code)), trust_now(), day=TODAY)
    assert answer.fault is Fault.BAD_SIGNATURE


def test_picture_bombs_are_refused_before_they_are_opened() -> None:
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        )

    def png(width: int, height: int) -> bytes:
        head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
        return (
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999))
        )

    for width, height in ((60_000, 60_000), (9_000, 8_000), (1, 2_000_000_000)):
        with pytest.raises(pictures.TooLarge):
            pictures.codes(png(width, height))
    with pytest.raises(pictures.TooLarge):
        pictures.codes(b"\xff\xd8\xff" + bytes(pictures.MOST_BYTES))
    for broken in (b"\xff\xd8\xff\xe0 no", b"\x89PNG\r\n\x1a\n", png(40, 40)[:60]):
        with pytest.raises(pictures.NotAPicture):
            pictures.codes(broken)


def test_what_is_no_paper_says_so() -> None:
    known = trust_now()
    for shown in (b"", b"hello", "é".encode(), b"\xff\x00", b"https://example.invalid/"):
        assert offline.verify(shown, known, day=TODAY).fault is Fault.NO_CODE


# -- the bundle ------------------------------------------------------------------------------------


def test_a_bundle_is_believed_whole_or_not_at_all() -> None:
    paper = issued()
    revoke(ACTOR, [paper.id], now=NOW, reason=Reason.LOST)
    text = bundle.bundle(now=NOW)
    known = trust.read(text)
    assert known.known_at == NOW
    assert set(known.certificates) == {("XX99", "0001"), ("XX99", "S001")}
    assert list(known.revoked.values()) == [("lost", TODAY)]
    assert "PRIVATE" not in text
    mark = next(iter(known.revoked)).hex()
    for before, after in (
        (mark, "00" * 16),
        (mark[:2], "00"),
        ("XX99 S001", "XX99 0001"),
        ("2026-11-23T09", "2026-11-24T09"),
        ("droitfil-trust-1", "droitfil-trust-2"),
    ):
        with pytest.raises(Untrustworthy):
            trust.read(text.replace(before, after, 1))
    for other in ("", "[]", "{}", "null", json.dumps({"format": trust.FORMAT}), text[:-20]):
        with pytest.raises(Untrustworthy):
            trust.read(other)


def test_a_bundle_may_be_held_to_one_authority() -> None:
    text = bundle.bundle(now=NOW)
    print_ = trust.read(text).fingerprints["XX99"]
    assert trust.read(text, authority=print_).fingerprints == {"XX99": print_}
    with pytest.raises(Untrustworthy, match="autre autorité"):
        trust.read(text, authority="0" * 64)


def test_a_bundle_tells_no_paper_that_has_ended_by_itself() -> None:
    paper = issued()
    revoke(ACTOR, [paper.id], now=NOW, reason=Reason.DECISION)
    assert len(trust_now().revoked) == 1
    assert not trust_now(now=NOW + timedelta(days=100)).revoked
