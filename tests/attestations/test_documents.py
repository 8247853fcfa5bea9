"""A sealed document says yes, and no once a single byte of it has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from droitfil.attestations import documents
from droitfil.attestations.actions import rotate
from droitfil.attestations.actions.certificates import signer
from droitfil.attestations.documents import Flaw, NotGenuine, Seal
from droitfil.attestations.models import Purpose
from tests.attestations.papers import ACTOR, NOW
from tests.attestations.showing import trust_now

pytestmark = pytest.mark.usefixtures("authority")
SAID = {"format": "tests-1", "made_at": NOW.isoformat(), "mots": "été « ainsi »", "un": [1, None]}


def sealed(purpose: Purpose = Purpose.SEAL, **changed: object) -> bytes:
    signs = signer(purpose)
    text = documents.canonical(SAID | changed)
    seal = Seal(str(signs.certificate), signs.sign(documents.signed_bytes(text)))
    return documents.sealed(text, seal).encode()


def flaw(shown: bytes) -> Flaw:
    with pytest.raises(NotGenuine) as refused:
        documents.verify(shown, trust_now())
    return refused.value.flaw


def test_what_was_sealed_is_read() -> None:
    assert documents.verify(sealed(), trust_now()) == SAID


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data())
def test_no_byte_changes_unseen(data: st.DataObject) -> None:
    shown = sealed()
    end = shown.index(b'=="}') + 3  # the padding of the signature and the last bytes, often
    at = data.draw(
        st.integers(0, len(shown) - 1) | st.integers(end - 6, end) | st.just(len(shown) - 1)
    )
    flip = data.draw(st.integers(1, 255))
    altered = shown[:at] + bytes([shown[at] ^ flip]) + shown[at + 1 :]
    assert flaw(altered) in {Flaw.ALTERED, Flaw.UNREADABLE, Flaw.UNSIGNED, Flaw.UNKNOWN_CERTIFICATE}


@pytest.mark.parametrize("shown", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_document_is_refused(shown: bytes) -> None:
    assert flaw(shown) is Flaw.UNREADABLE


@pytest.mark.parametrize(
    "shown",
    [
        b'{"signature":1}', b'{"signature":{}}', b'{"signature":{"by":"XX99","value":""}}',
        b'{"signature":{"by":1,"value":1}}', b'{"a":"\\ud800","signature":{"by":"","value":""}}',
    ],
)  # fmt: skip
def test_a_broken_signature_is_refused(shown: bytes) -> None:
    assert flaw(shown) is Flaw.ALTERED


@pytest.mark.parametrize("made_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_out_of_every_calendar_is_refused(made_at: str) -> None:
    assert flaw(sealed(made_at=made_at)) is Flaw.ALTERED


def test_however_deep_it_is_it_is_refused() -> None:
    """Whether it is too deep to be read, or only to be written again."""
    for depth in range(100, 1100):
        shown = f'{{"a":{"[" * depth}{"]" * depth},"signature":{{"by":"a b","value":""}}}}'
        assert flaw(shown.encode()) in {Flaw.ALTERED, Flaw.UNREADABLE}


def test_another_spelling_of_the_same_is_refused() -> None:
    shown = sealed()
    for other in (shown + b"\n", b" " + shown, shown.replace(b":[1", b": [1")):
        assert flaw(other) is Flaw.ALTERED


def test_only_a_certificate_of_seals_in_service_that_day_signs() -> None:
    assert flaw(sealed(Purpose.CODE)) is Flaw.UNKNOWN_CERTIFICATE
    before = sealed()
    after = sealed(made_at=(NOW + timedelta(days=2)).isoformat())
    rotate(ACTOR, purpose=Purpose.SEAL, now=NOW)
    assert documents.verify(before, trust_now()) == SAID
    assert flaw(after) is Flaw.UNKNOWN_CERTIFICATE
