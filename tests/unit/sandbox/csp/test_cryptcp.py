"""cryptcp: its options, its error block, its misbehaviour, and CMS that OpenSSL verifies."""

import base64
import os
import pty
import select
import subprocess

import pytest

from sandbox.csp.setup import EmulatedHost
from sandbox.foreign_signer import verify_detached
from tests.support.csp import PIN, Authorities, Ran, run
from tests.unit.sandbox.csp.conftest import MakeHost

DOCUMENT = "Договор".encode()


def sign(host: EmulatedHost, thumbprint: str, *words: str, locale: str = "C.UTF-8", stdin: bytes = b"") -> Ran:
    (host.folder / "doc").write_bytes(DOCUMENT)
    command = ("-sign", "-thumbprint", thumbprint, "-der", "-detached", *words, "doc", "doc.p7s")
    return run(host, "cryptcp", *command, locale=locale, stdin=stdin)


@pytest.fixture
def thumbprint(host: EmulatedHost, authorities: Authorities) -> str:
    return host.add(authorities.seller, authorities.small)


def test_a_detached_signature_verifies_with_openssl_and_here(
    host: EmulatedHost, authorities: Authorities, thumbprint: str
) -> None:
    made = sign(host, thumbprint, "-nochain")

    assert made.text.startswith(
        'CryptCP 5.0 (c) "Crypto-Pro", 2002-2021.\nCommand prompt Utility for file signature and encryption.\n'
    )
    assert made.text.endswith("doc... Signing the data...\n\nSigned message is created.\n[ErrorCode: 0x00000000]\n")
    verify_detached(DOCUMENT, (host.folder / "doc.p7s").read_bytes(), authorities.small.chain_path)
    verified = run(host, "cryptcp", "-verify", "-verall", "-detached", "doc", "doc.p7s")
    assert "Signer: RU, 500100732259, Продавцов Пётр Ильич\n Signature's verified.\n" in verified.text


def test_base64_is_the_default_and_an_attached_signature_gives_its_content(host: EmulatedHost, thumbprint: str) -> None:
    (host.folder / "doc").write_bytes(DOCUMENT)

    run(host, "cryptcp", "-sign", "-uMy", "-thumbprint", thumbprint, "-nochain", "-attached", "doc", "doc.sig")
    assert base64.b64decode((host.folder / "doc.sig").read_bytes())[:1] == b"\x30"
    run(host, "cryptcp", "-verify", "-nochain", "doc.sig", "content")
    assert (host.folder / "content").read_bytes() == DOCUMENT


def test_signf_names_its_files_and_vsignf_finds_them(host: EmulatedHost, thumbprint: str) -> None:
    (host.folder / "doc").write_bytes(DOCUMENT)
    (host.folder / "made").mkdir()
    words = ("-der", "-strict", "-cert", "-detached", "-nochain")

    run(host, "cryptcp", "-signf", "-dir", "made", *words, "-thumbprint", thumbprint, "doc")

    assert (host.folder / "made/doc.sgn").stat().st_size > 0
    assert run(host, "cryptcp", "-vsignf", "-dir", "made", "-nochain", "doc").status == 0


def test_a_changed_document_is_told_beside_the_progress_bar(host: EmulatedHost, thumbprint: str) -> None:
    sign(host, thumbprint, "-nochain")
    (host.folder / "doc").write_bytes(b"another")
    host.machine.add_fault("glued")

    ran = run(host, "cryptcp", "-verify", "-nochain", "-verall", "-detached", "doc", "doc.p7s")

    assert "Signature verifying...Error: Invalid Signature.\n" in ran.text
    assert ran.text.endswith(": 0x200001F9\n[ErrorCode: 0x200001f9]\n")
    assert ran.status == 0xF9


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("-sign", "-verify"), "0x200000ca"),
        ((), "0x200000cc"),
        (("-verify", "-content", "doc", "doc.p7s"), "0x200000c9"),
        (("-verify", "-sig", "doc"), "0x200000c9"),
        (("-sign", "-thumbprint"), "0x200000cb"),
        (("-sign",), "0x200000d0"),
        (("-sign", "a", "b", "c"), "0x200000c8"),
        (("-sign", "-thumbprint", "0" * 40, "absent", "out"), "0x20000065"),
    ],
)
def test_bad_command_lines_have_their_codes(host: EmulatedHost, words: tuple[str, ...], code: str) -> None:
    ran = run(host, "cryptcp", *words)

    assert ran.text.endswith(f": 0x{code[2:].upper()}\n[ErrorCode: {code}]\n")
    assert ran.status == int(code, 16) & 0xFF


def test_the_error_block_is_the_captured_one(host: EmulatedHost) -> None:
    assert run(host, "cryptcp", "-sign", "-verify").text == (
        'CryptCP 5.0 (c) "Crypto-Pro", 2002-2021.\n'
        "Command prompt Utility for file signature and encryption.\n"
        "\n"
        "Error: Too many commands: ''.\n"
        "../../../../CSPbuild/CSP/samples/CPCrypt/Params.cpp:297: 0x200000CA\n"
        "[ErrorCode: 0x200000ca]\n"
    )


def test_a_certificate_without_a_key_link_is_not_found(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, linked=False)

    assert sign(host, thumbprint).text.endswith("[ErrorCode: 0x2000012d]\n")


@pytest.mark.parametrize(("licence", "code", "status"), [("expired", "20000325", 0x25), ("missing", "0000065b", 91)])
def test_without_a_licence_it_refuses_before_it_looks_at_the_certificate(
    make_host: MakeHost, authorities: Authorities, licence: str, code: str, status: int
) -> None:
    host = make_host(licence=licence)
    thumbprint = host.add(authorities.seller, authorities.small, embedded_licence=True)

    ran = sign(host, thumbprint)

    assert ran.text.endswith(f"[ErrorCode: 0x{code}]\n")
    assert ran.status == status


def test_a_success_may_be_none(host: EmulatedHost, thumbprint: str) -> None:
    host.machine.add_fault("exit_zero_without_file", tool="cryptcp")
    without_file = sign(host, thumbprint, "-nochain")
    assert without_file.status == 0
    assert "[ErrorCode: 0x00000000]" in without_file.text
    assert not (host.folder / "doc.p7s").exists()

    host.machine.add_fault("empty_file", tool="cryptcp")
    assert sign(host, thumbprint, "-nochain").status == 0
    assert (host.folder / "doc.p7s").read_bytes() == b""

    host.machine.add_fault("code", tool="cryptcp", value="0x20000133")
    host.machine.add_fault("exit_zero_with_error", tool="cryptcp")
    with_error = sign(host, thumbprint, "-nochain")
    assert with_error.status == 0
    assert "[ErrorCode: 0x20000133]" in with_error.text


def test_a_code_whose_low_byte_is_zero_exits_with_zero(host: EmulatedHost, thumbprint: str) -> None:
    host.machine.add_fault("code", tool="cryptcp", value="0x20000200")

    assert sign(host, thumbprint).status == 0


def test_an_unchecked_chain_is_asked_about(host: EmulatedHost, thumbprint: str) -> None:
    host.machine.add_fault("chain_prompt", times=2)

    assert sign(host, thumbprint).text.endswith("[ErrorCode: 0x20000133]\n")
    assert sign(host, thumbprint, stdin=b"Y\n").status == 0


def test_a_timestamp_needs_a_licence_and_a_server(host: EmulatedHost, thumbprint: str) -> None:
    assert "[ErrorCode: 0xc2100140]" in sign(host, thumbprint, "-cadest", "-cadestsa", "http://127.0.0.1:1").text
    host.machine.add_fault("tsp_http_error")
    assert "HTTP error occurred" in sign(host, thumbprint, "-cadest", "-cadestsa", "http://127.0.0.1:1").text


def test_old_builds_end_with_another_line_and_russian_ones_with_russian_words(
    make_host: MakeHost, authorities: Authorities
) -> None:
    host = make_host(version="4.0")
    thumbprint = host.add(authorities.seller, authorities.small)

    ran = sign(host, thumbprint, "-nochain", locale="ru_RU.UTF-8")

    assert ran.text.startswith('CryptCP 4.0 (c) "КРИПТО-ПРО", 2002-2020.\n')
    assert ran.text.endswith("Подписанное сообщение успешно создано.\n[ReturnCode: 0]\n")


def test_a_pin_is_asked_for_at_a_terminal_and_never_shown(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN)
    (host.folder / "doc").write_bytes(DOCUMENT)
    mine, its = pty.openpty()
    words = ("-sign", "-thumbprint", thumbprint, "-nochain", "-der", "-detached", "-askpin", "doc", "doc.p7s")
    child = subprocess.Popen([host.bin / "cryptcp", *words], stdin=its, stdout=its, stderr=its, cwd=host.folder)
    os.close(its)

    shown = read_until(mine, b"Password:")
    os.write(mine, b"0\n")
    shown += read_until(mine, b"Password:")
    os.write(mine, PIN.encode() + b"\n")
    shown += read_until(mine, b"]")

    assert child.wait(30) == 0
    assert b"Wrong password. Tries left: 4." in shown
    assert PIN.encode() not in shown
    assert host.container_of(thumbprint).tries_left == 5
    os.close(mine)


def read_until(descriptor: int, end: bytes) -> bytes:
    found = b""
    while end not in found:
        assert select.select([descriptor], [], [], 20)[0], found
        found += os.read(descriptor, 4096)
    return found


def test_the_licence_is_shown_with_its_serial(make_host: MakeHost) -> None:
    assert run(make_host(licence="expired"), "cpconfig", "-license", "-view").status == 91
