"""Every code that is known of CryptoPro's tools has its error, which may be asked again or not."""

from typing import Final

import pytest

from signer_agent.errors import UnavailableError
from signer_agent.key_answers import answer_to
from signer_agent.keys.cryptopro_codes import MEANINGS, error_of
from signer_agent.keys.port import (
    KeyBackendError,
    KeyFailedError,
    KeyLockedError,
    KeyMissingError,
    KeyUnavailableError,
    PinRefusedError,
)

# From CSP_WinError.h, the table of pycades and that of cryptcp's own codes. "later": asking again may help
LATER: Final = """
    8010002e 8010000c 80100069 8010001d 80100017 80090016 80092012 80092013 800b010e 20000064 200002be
"""
MISSING: Final = "00000002 00000667 8010002c 8009200b 8009001a 2000012d 20000136 2000025a 200002bd"
LOCKED: Final = "000004c7 8010006e 80090022 20000066 20000135"
PIN_WRONG: Final = "8010006b"
NEVER: Final = """
    00000057 80070057 000000a0 0000065b 8007065b 8007064a 8010006c 8010001c 80092004 8009200c 8009200a 8009200e 80092010
    800b0101 800b0109 800b010a 80091004 80091010 80090006 80090008 8009000a 8009000b 8009000d 80090010 80090017 80090020
    c2100140 c2110140 ffffffff
    20000065 20000067 20000068 200000c8 200000c9 200000ca 200000cb 200000cc 200000cd 200000ce 200000cf 200000d0 200000d1
    200000d2 200000d3 2000012c 2000012e 2000012f 20000130 20000131 20000132 20000133 20000134 20000190 20000191 20000192
    20000193 20000194 200001f4 200001f5 200001f6 200001f7 200001f8 200001f9 20000200 20000258 20000259 200002bc 200002bf
    200002c0 200002c1 200002c2 20000320 20000321 20000322 20000323 20000324 20000325
"""
KINDS: Final[tuple[tuple[str, type[KeyBackendError], str], ...]] = (
    (LATER, KeyUnavailableError, "KEY_UNAVAILABLE"),
    (MISSING, KeyMissingError, "PRIVATE_KEY_MISSING"),
    (LOCKED, KeyLockedError, "PIN_REQUIRED"),
    (PIN_WRONG, PinRefusedError, "PIN_REQUIRED"),
    (NEVER, KeyFailedError, "KEY_REFUSED"),
)
TABLE: Final = [(int(code, 16), kind, reason) for codes, kind, reason in KINDS for code in codes.split()]


@pytest.mark.parametrize(("code", "kind", "reason"), TABLE, ids=[f"0x{code:08x}" for code, _, _ in TABLE])
def test_a_code_has_its_error_and_its_answer(code: int, kind: type[KeyBackendError], reason: str) -> None:
    error = error_of(code, "some text with a PIN 27182818")
    answer = answer_to(error, "A" * 40)

    assert type(error) is kind
    assert error.code == f"0x{code:08x}"
    assert error.cause not in {"", "UNKNOWN"}
    assert answer.reason == reason
    assert answer.metadata["code"] == error.code
    assert (answer.retry_after is not None) == (kind is KeyUnavailableError) == isinstance(answer, UnavailableError)
    assert "27182818" not in f"{error} {answer.message} {answer.metadata}"


def test_the_table_is_whole() -> None:
    assert {code for code, _, _ in TABLE} == set(MEANINGS)
    assert len(TABLE) == len(MEANINGS)


def test_a_code_that_nobody_knows_is_a_failure_and_no_reason_to_ask_again() -> None:
    error = error_of(0x12345678, "")

    assert (type(error), error.cause, error.code) == (KeyFailedError, "UNKNOWN", "0x12345678")
    assert answer_to(error, "A" * 40).retry_after is None
