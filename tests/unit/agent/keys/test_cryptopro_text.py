"""certmgr's lists as captured from real ones: what is taken from them, and the traps in them."""

import pytest

from signer_agent.keys.cryptopro_codes import MEANINGS, error_of
from signer_agent.keys.cryptopro_text import ListedCertificate, container_names, last_code, listed_certificates
from signer_agent.keys.port import KeyFailedError, KeyUnavailableError, PinRefusedError

OLD = """Certmgr 1.0 (c) "CryptoPro",  2007-2010.
=============================================================================
1-------
Issuer              : E=support@cryptopro.ru, C=RU, L=Moscow, O=CRYPTO-PRO LLC, CN=CRYPTO-PRO Test Center 2
SHA1 Hash           : 0x046255290b0eb1cdd1797d9ab8c81f699e3687f3
SubjKeyID           : 15317cb08d1ade66d7159c4952971724b9017a83
PrivateKey Link     : No\x20\x20\x20
=============================================================================

[ErrorCode: 0x00000000]
"""
RUSSIAN = """Certmgr Ver:5.0.13003 OS:Windows CPU:AMD64 (c) "КРИПТО-ПРО", 2007-2024.
=============================================================================
27-------
Издатель            : ИНН ЮЛ=7707329152, CN=Федеральная налоговая служба
Субъект             : ОГРНИП=000000000000000, INN=007814508921,
                      SN=XXX,
SHA1 отпечаток      : 32b818904e2434b26e6541d20e2e277bab112350
Идентификатор ключа : 93a9e8b1997e1c6edc9e6e9821b48b72ef19a2d9
Выдан               : 23/10/2025 18:34:25 UTC
Ссылка на ключ      : Есть
Контейнер           : HDIMAGE\\\\356E6659.002\\CA83
Цепочка сертификатов: Успешно проверена.
#0:
  Контейнер         : another
28-------
SHA1 отпечаток      : FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
=============================================================================
"""


def test_an_old_list_has_a_prefix_and_padding() -> None:
    assert listed_certificates(OLD.encode()) == [
        ListedCertificate(thumbprint="046255290b0eb1cdd1797d9ab8c81f699e3687f3", container="")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "cp866", "cp1251"])
def test_a_russian_list_is_read_in_each_encoding_and_its_traps_are_passed(encoding: str) -> None:
    found = listed_certificates(RUSSIAN.encode(encoding))

    assert found == [
        ListedCertificate(
            thumbprint="32b818904e2434b26e6541d20e2e277bab112350", container="HDIMAGE\\\\356E6659.002\\CA83"
        ),
        ListedCertificate(thumbprint="f" * 40, container=""),  # without a line of the link there is no usable key
    ]


def test_the_key_spec_is_read_where_it_is_told() -> None:
    text = OLD.replace("No", "Yes") + "Provider Info       : ProvType: 80, KeySpec: 2, Flags: 0x0\n"

    assert listed_certificates(text.encode())[0].is_signature_key


@pytest.mark.parametrize("smuggled", ["-dn", "0123", "g" * 40, "../../etc"])
def test_what_is_no_thumbprint_never_becomes_one(smuggled: str) -> None:
    text = OLD.replace("0x046255290b0eb1cdd1797d9ab8c81f699e3687f3", smuggled)

    assert listed_certificates(text.encode()) == []


def test_the_last_code_counts_also_where_texts_ran_together() -> None:
    assert last_code(b"[ErrorCode: 0x00000000]\n... Signing the data... [ErrorCode: 0x8010006b]") == 0x8010006B
    assert last_code(b"[ReturnCode: 0]") == 0
    assert last_code(b"killed") is None


def test_full_names_are_found_by_unique_ones_and_stay_as_they_came() -> None:
    name = "\\\\.\\HDIMAGE\\Участок".encode("cp1251")
    output = b"AcquireContext: OK. HCRYPTPROV: 1\n" + name + b"|\\\\.\\HDIMAGE\\HDIMAGE\\\\356E6659.002\\CA83\nOK.\n"

    assert container_names(output) == {"HDIMAGE\\\\356E6659.002\\CA83": name}


def test_a_wrong_pin_says_how_many_tries_are_left() -> None:
    error = error_of(0x8010006B, "Wrong password. Tries left: 4.\n")

    assert isinstance(error, PinRefusedError)
    assert error.tries_left == 4


def test_a_server_of_timestamps_that_is_away_may_be_asked_again() -> None:
    assert isinstance(error_of(0xC2100100, "Error: HTTP error occurred while sending request."), KeyUnavailableError)
    assert isinstance(error_of(0xC2100101, ""), KeyFailedError)


def test_every_code_of_the_table_becomes_an_error_with_its_cause() -> None:
    for code, meaning in MEANINGS.items():
        error = error_of(code, "")
        assert (error.cause, error.code) == (meaning.cause, f"0x{code:08x}")
