"""certmgr prints what was captured from real ones, version by version."""

import hashlib
from pathlib import Path

import pytest

from sandbox.csp.machine import Container, Entry
from sandbox.csp.setup import EmulatedHost
from tests.support.csp import Authorities, put_listed, run
from tests.unit.sandbox.csp.conftest import MakeHost

TEST_CENTER = [
    ("E", "support@cryptopro.ru"),
    ("C", "RU"),
    ("L", "Moscow"),
    ("O", "CRYPTO-PRO LLC"),
    ("CN", "CRYPTO-PRO Test Center 2"),
]


def container(unique: str, **changes: str) -> Container:
    return Container(id="0000", name="key", reader="HDIMAGE", unique=unique, algorithm="gost2012_256", **changes)  # type: ignore[arg-type]


def test_version_4_shows_a_certificate_as_captured(make_host: MakeHost) -> None:
    host = make_host(version="4.0")
    facts = {
        "issuer": TEST_CENTER,
        "subject": TEST_CENTER,
        "serial": "2B6E3351FD6EB2AD48200203CB5BA141",
        "key_id": "15317cb08d1ade66d7159c4952971724b9017a83",
        "signature_algorithm": "ГОСТ Р 34.11/34.10-2001",
        "public_key": "ГОСТ Р 34.10-2001 (512 bits)",
        "not_before": "05/08/2014 13:44:24",
        "not_after": "05/08/2019 13:54:03",
    }
    put_listed(host, Entry(thumbprint="046255290b0eb1cdd1797d9ab8c81f699e3687f3", facts=facts))

    ran = run(host, "certmgr", "-list", "-store", "uMy")

    assert ran.text == (
        'Certmgr 1.0 (c) "CryptoPro",  2007-2010.\n'
        "program for managing certificates, CRLs and stores\n"
        "\n"
        "=============================================================================\n"
        "1-------\n"
        "Issuer              : E=support@cryptopro.ru, C=RU, L=Moscow, O=CRYPTO-PRO LLC, CN=CRYPTO-PRO Test Center 2\n"
        "Subject             : E=support@cryptopro.ru, C=RU, L=Moscow, O=CRYPTO-PRO LLC, CN=CRYPTO-PRO Test Center 2\n"
        "Serial              : 0x2B6E3351FD6EB2AD48200203CB5BA141\n"
        "SHA1 Hash           : 0x046255290b0eb1cdd1797d9ab8c81f699e3687f3\n"
        "SubjKeyID           : 15317cb08d1ade66d7159c4952971724b9017a83\n"
        "Signature Algorithm : ГОСТ Р 34.11/34.10-2001\n"
        "PublicKey Algorithm : ГОСТ Р 34.10-2001 (512 bits)\n"
        "Not valid before    : 05/08/2014  13:44:24 UTC\n"
        "Not valid after     : 05/08/2019  13:54:03 UTC\n"
        "PrivateKey Link     : No                  \n"
        "=============================================================================\n"
        "\n"
        "[ErrorCode: 0x00000000]\n"
    )
    assert ran.status == 0


def test_version_5_of_2019_shows_urls_usages_and_quoted_names_as_captured(make_host: MakeHost) -> None:
    host = make_host(version="5.0.11")
    facts = {
        "issuer": [
            ("OGRN", "1167746840843"),
            ("STREET", "ВН.ТЕР.Г. МУНИЦИПАЛЬНЫЙ ОКРУГ АЛЕКСЕЕВСКИЙ, УЛ ЯРОСЛАВСКАЯ"),
            ("OU", "Удостоверяющий центр"),
            ("O", 'ООО "АйтиКом"'),
        ],
        "subject": [("E", "xxxxxxxx@mail.ru"), ("SNILS", "00000000000"), ("S", "47 Ленинградская область")],
        "serial": "6F45B4E8000000024591",
        "key_id": "75bd111334d106edebfd6f278c23f0762737a46a",
        "signature_algorithm": "ГОСТ Р 34.11-2012/34.10-2012 256 бит",
        "public_key": "ГОСТ Р 34.10-2012 (512 bits)",
        "not_before": "14/02/2022 13:22:17",
        "not_after": "14/02/2023 13:32:17",
        "ocsp_urls": ["http://service.itk23.ru/ocsp2cav0/ocsp.srf"],
        "ca_urls": ["http://itk23.ru/ca/itcom2012-2021.cer"],
        "crl_urls": ["http://cdp2.itk23.ru/itcom2012-2021.crl", "http://cdp1.itk23.ru/itcom2012-2021.crl"],
        "usages": ["1.3.6.1.5.5.7.3.4", "1.2.643.2.2.34.6", "1.3.6.1.5.5.7.3.2"],
    }
    entry = Entry(thumbprint="5f9be5d24244692b3f71d3503bc158127bebf0c6", facts=facts, container="0000")
    put_listed(host, entry, container=container("HDIMAGE\\\\XXXXXXXX.000\\2A2E"))

    ran = run(host, "certmgr", "-list")

    assert ran.text.startswith(
        'Certmgr 1.1 (c) "Crypto-Pro",  2007-2019.\nprogram for managing certificates, CRLs and stores\n\n===='
    )
    assert ran.text.partition("1-------\n")[2] == (
        'Issuer              : OGRN=1167746840843, STREET="ВН.ТЕР.Г. МУНИЦИПАЛЬНЫЙ ОКРУГ АЛЕКСЕЕВСКИЙ, УЛ ЯРОСЛАВСКАЯ"'
        ', OU=Удостоверяющий центр, O="ООО ""АйтиКом"""\n'
        "Subject             : E=xxxxxxxx@mail.ru, SNILS=00000000000, S=47 Ленинградская область\n"
        "Serial              : 0x6F45B4E8000000024591\n"
        "SHA1 Hash           : 5f9be5d24244692b3f71d3503bc158127bebf0c6\n"
        "SubjKeyID           : 75bd111334d106edebfd6f278c23f0762737a46a\n"
        "Signature Algorithm : ГОСТ Р 34.11-2012/34.10-2012 256 бит\n"
        "PublicKey Algorithm : ГОСТ Р 34.10-2012 (512 bits)\n"
        "Not valid before    : 14/02/2022  13:22:17 UTC\n"
        "Not valid after     : 14/02/2023  13:32:17 UTC\n"
        "PrivateKey Link     : Yes\n"
        "Container           : HDIMAGE\\\\XXXXXXXX.000\\2A2E\n"
        "Provider Name       : Crypto-Pro GOST R 34.10-2012 KC1 CSP\n"
        "Provider Info       : ProvType: 80, KeySpec: 1, Flags: 0x0\n"
        "OCSP URL            : http://service.itk23.ru/ocsp2cav0/ocsp.srf\n"
        "CA cert URL         : http://itk23.ru/ca/itcom2012-2021.cer\n"
        "CDP                 : http://cdp2.itk23.ru/itcom2012-2021.crl\n"
        "CDP                 : http://cdp1.itk23.ru/itcom2012-2021.crl\n"
        "Extended Key Usage  : 1.3.6.1.5.5.7.3.4\n"
        "                      1.2.643.2.2.34.6\n"
        "                      1.3.6.1.5.5.7.3.2\n"
        "=============================================================================\n"
        "\n"
        "[ErrorCode: 0x00000000]\n"
    )


def test_version_5_r2_shows_a_token_and_a_certificate_without_a_key_as_captured(make_host: MakeHost) -> None:
    host = make_host(version="5.0R2")
    facts = {
        "issuer": [("E", "ca@example.org"), ("O", "Test CA"), ("CN", "Test CA")],
        "subject": [("OGRNIP", "300000000000001"), ("CN", "Тестов Тест Тестович"), ("SN", "Тестов")],
        "serial": "0123456789ABCDEF0123456789ABCDEF01",
        "not_before": "13/07/2026 19:19:12",
        "not_after": "13/10/2027 19:29:12",
        "embedded_licence": True,
        "usages": ["1.3.6.1.5.5.7.3.2 Проверка подлинности клиента"],
    }
    bare = {"issuer": [("CN", "Other CA")], "subject": [("CN", "No key")], "serial": "02"}
    put_listed(
        host,
        Entry(thumbprint="0123456789abcdef0123456789abcdef01234567", facts=facts, container="0000"),
        Entry(thumbprint="f" * 40, facts=bare),
        container=container("SCARD\\rutoken_lt_0\\0A00\\0000"),
    )

    ran = run(host, "certmgr", "-list", locale="en_US.UTF-8")

    assert ran.text == (
        'Certmgr 1.1 (c) "Crypto-Pro", 2007-2021.\n'
        "Program for managing certificates, CRLs and stores.\n"
        "=============================================================================\n"
        "1-------\n"
        "Issuer              : E=ca@example.org, O=Test CA, CN=Test CA\n"
        "Subject             : OGRNIP=300000000000001, CN=Тестов Тест Тестович, SN=Тестов\n"
        "Serial              : 0x0123456789ABCDEF0123456789ABCDEF01\n"
        "SHA1 Thumbprint     : 0123456789abcdef0123456789abcdef01234567\n"
        "Not valid before    : 13/07/2026  19:19:12 UTC\n"
        "Not valid after     : 13/10/2027  19:29:12 UTC\n"
        "Embedded License    : CryptoPro CSP\n"
        "PrivateKey Link     : Yes                 \n"
        "Container           : SCARD\\rutoken_lt_0\\0A00\\0000\n"
        "Provider Name       : Crypto-Pro GOST R 34.10-2012 KC1 CSP\n"
        "Extended Key Usage  : 1.3.6.1.5.5.7.3.2 Проверка подлинности клиента\n"
        "2-------\n"
        "Issuer              : CN=Other CA\n"
        "Subject             : CN=No key\n"
        "Serial              : 0x02\n"
        "SHA1 Thumbprint     : ffffffffffffffffffffffffffffffffffffffff\n"
        "PrivateKey Link     : No\n"
        "=============================================================================\n"
        "\n"
        "[ErrorCode: 0x00000000]\n"
    )


TAX_SERVICE = [("INNLE", "7707329152"), ("E", "uc@tax.gov.ru"), ("CN", "Федеральная налоговая служба")]


def test_a_russian_locale_has_russian_labels_names_of_numbers_and_indented_chain_lines(make_host: MakeHost) -> None:
    host = make_host(version="5.0.13")
    facts = {
        "issuer": TAX_SERVICE,
        "subject": [("OGRNIP", "000000000000000"), ("SNILS", "00000000000"), ("INN", "000000000000"), ("C", "RU")],
        "serial": "02A2174601F2B2218244CDB0E1ACB80D61",
        "not_before": "04/06/2025 19:37:16",
        "not_after": "04/09/2026 19:47:16",
    }
    entry = Entry(thumbprint="63e689eb0b00f7b29328e77d6ef5918d04b1b381", facts=facts, container="0000")
    put_listed(host, entry, container=container("HDIMAGE\\\\356E6659.002\\CA83"))

    lines = run(host, "certmgr", "-list", "-chain", locale="ru_RU.UTF-8").text.splitlines()

    assert "Издатель            : ИНН ЮЛ=7707329152, E=uc@tax.gov.ru, CN=Федеральная налоговая служба" in lines
    assert "Субъект             : ОГРНИП=000000000000000, СНИЛС=00000000000, ИНН=000000000000, C=RU" in lines
    assert "Серийный номер      : 0x02A2174601F2B2218244CDB0E1ACB80D61" in lines
    assert "SHA1 отпечаток      : 63e689eb0b00f7b29328e77d6ef5918d04b1b381" in lines
    assert "Контейнер           : HDIMAGE\\\\356E6659.002\\CA83" in lines
    assert "Имя провайдера      : Crypto-Pro GOST R 34.10-2012 KC1 CSP" in lines
    assert "Выдан               : 04/06/2025 19:37:16 UTC" in lines
    assert "Ссылка на ключ      : Есть" in lines
    assert lines[lines.index("#0:") - 1] == "Цепочка сертификатов: Успешно проверена."
    assert lines[lines.index("#0:") + 1].startswith("  Издатель          : ")


def test_russian_windows_prints_cp866_wraps_names_and_means_the_whole_code(make_host: MakeHost) -> None:
    host = make_host(version="5.0.13", system="windows", language="ru")
    facts = {
        "issuer": TAX_SERVICE,
        "subject": [("CN", "X" * 60), ("G", "Y" * 60)],
        "serial": "0238D434017FB3FEAB4D71F4D8FBC87175",
        "key_id": "93a9e8b1997e1c6edc9e6e9821b48b72ef19a2d9",
        "not_before": "23/10/2025 18:34:25",
        "not_after": "23/01/2027 18:44:25",
    }
    entry = Entry(thumbprint="32b818904e2434b26e6541d20e2e277bab112350", facts=facts, container="0000")
    put_listed(host, entry, container=container("REGISTRY\\\\key"))

    ran = run(host, "certmgr", "-list")
    text = ran.output.decode("cp866")

    assert text.startswith('Certmgr Ver:5.0.13003 OS:Windows CPU:AMD64 (c) "КРИПТО-ПРО", 2007-2024.\n====')
    assert f"Субъект             : CN={'X' * 60},\n                      G={'Y' * 60}\n" in text
    assert "Идентификатор ключа : 93a9e8b1997e1c6edc9e6e9821b48b72ef19a2d9\n" in text
    assert "Имя провайдера      : Crypto-Pro GOST R 34.10-2012 Cryptographic Service Provider\n" in text
    assert run(host, "certmgr", "-list", "-thumbprint", "0" * 40).status == 0x2C
    assert (host.machine.folder / "exit_status").read_text() == str(0x8010002C)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-list",), "Empty certificate list"),
        (("-list", "-thumbprint", "0" * 40), "No certificate matching the criteria"),
        (("-export", "-thumbprint", "0" * 40, "-dest", "out.cer"), "No certificate matching the criteria"),
    ],
)
def test_nothing_found_exits_with_44(host: EmulatedHost, words: tuple[str, ...], said: str) -> None:
    ran = run(host, "certmgr", *words)

    assert said in ran.text
    assert ran.text.endswith("[ErrorCode: 0x8010002c]\n")
    assert ran.status == 44


def test_an_export_is_the_certificate_in_der_or_in_bare_base64(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small)

    run(host, "certmgr", "-export", "-store", "uMy", "-thumbprint", thumbprint, "-dest", "out.cer")
    run(host, "certmgr", "-export", "-cert", "-thumbprint", thumbprint, "-base64", "-dest", "out.b64")

    assert hashlib.sha1((host.folder / "out.cer").read_bytes()).hexdigest() == thumbprint
    assert b"BEGIN" not in (host.folder / "out.b64").read_bytes()


def test_a_certificate_is_bound_to_a_container_and_listed_from_a_file(
    host: EmulatedHost, authorities: Authorities
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, linked=False)
    assert "PrivateKey Link     : No" in run(host, "certmgr", "-list").text

    name = host.container_of(thumbprint).full_name
    assert run(host, "certmgr", "-inst", "-store", "uMy", "-cont", name).status == 0
    assert "PrivateKey Link     : Yes" in run(host, "certmgr", "-list", "-thumbprint", thumbprint).text

    Path(host.folder / "my.pem").write_bytes(authorities.seller.certificate_pem)
    assert thumbprint in run(host, "certmgr", "-list", "-file", "my.pem").text
    missing = run(host, "certmgr", "-inst", "-cont", "\\\\.\\HDIMAGE\\none")
    assert "Failed to open container \\\\.\\HDIMAGE\\none\n" in missing.text
    assert missing.status == 2


def test_a_deleted_certificate_is_gone(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small)

    assert run(host, "certmgr", "-delete", "-store", "uMy", "-thumbprint", thumbprint).status == 0
    assert run(host, "certmgr", "-list").status == 44


@pytest.mark.parametrize("words", [("-list", "-sig", "x"), ("-list", "-thumb", "x"), ("-certs",), ()])
def test_invented_options_are_refused(host: EmulatedHost, words: tuple[str, ...]) -> None:
    assert run(host, "certmgr", *words).status in {0xA0, 44}
    assert "[ErrorCode: 0x000000a0]" in run(host, "certmgr", "-list", "-sig", "x").text


def test_what_the_emulator_does_not_do_it_says(host: EmulatedHost) -> None:
    ran = run(host, "certmgr", "-decode")

    assert ran.status == 99
    assert "the emulator does not do this" in ran.text
