"""csptest: containers in cp1251, raw signatures little-endian, PINs counted, real texts and codes."""

import pytest

from sandbox.csp.setup import EmulatedHost
from sandbox.openssl import run_openssl
from tests.support.csp import PIN, Authorities, Ran, run
from tests.unit.sandbox.csp.conftest import MakeHost


def sign(host: EmulatedHost, container: str, *words: str) -> Ran:
    (host.folder / "in").write_bytes(b"attributes")
    command = ("-keyset", "-sign", "GOST12_256", "-container", container, "-keytype", "exchange")
    return run(host, "csptest", *command, "-in", "in", "-out", "out", *words)


def test_containers_are_listed_in_cp1251_with_their_unique_names(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, name="Участок")

    ran = run(host, "csptest", "-keyset", "-enum_cont", "-verifycontext", "-fqcn", "-unique")

    unique = host.container_of(thumbprint).unique
    lines = ran.output.decode("cp1251").splitlines()
    assert lines[0] == "CSP (Type:80) v5.0.10010 KC1 Release Ver:5.0.12455 OS:Linux CPU:AMD64 FastCode:READY:AVX."
    assert lines[1:4] == [
        "AcquireContext: OK. HCRYPTPROV: 17693171",
        f"\\\\.\\HDIMAGE\\Участок|\\\\.\\HDIMAGE\\{unique}",
        "OK.",
    ]
    assert lines[4].startswith("Total: SYS: 0.000 sec USR: ")
    assert lines[5] == "[ErrorCode: 0x00000000]"


def test_a_russian_locale_has_a_decimal_comma(host: EmulatedHost) -> None:
    assert "SYS: 0,000 sec" in run(host, "csptest", "-keys", "-enum", locale="ru_RU.UTF-8").text


def test_no_containers_is_no_error(host: EmulatedHost) -> None:
    ran = run(host, "csptest", "-keyset", "-enum_cont", "-fqcn")

    assert "No containers." in ran.text
    assert ran.status == 0


def test_a_raw_signature_has_64_bytes_and_verifies_reversed(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small)

    ran = sign(host, host.container_of(thumbprint).full_name)

    assert ran.text.endswith("[ErrorCode: 0x00000000]\n")
    signature = (host.folder / "out").read_bytes()
    assert len(signature) == 64
    (host.folder / "reversed").write_bytes(signature[::-1])
    public = run_openssl(("x509", "-pubkey", "-noout", "-in", authorities.seller.certificate_path), config=config(host))
    (host.folder / "key.pub").write_bytes(public)
    words = ("dgst", "-md_gost12_256", "-verify", host.folder / "key.pub", "-signature", host.folder / "reversed")
    assert b"Verified OK" in run_openssl((*words, host.folder / "in"), config=config(host))


def config(host: EmulatedHost):  # type: ignore[no-untyped-def]
    return host.machine.folder / "openssl.cnf"


def test_a_512_bit_key_signs_128_bytes_and_only_by_its_own_algorithm(
    host: EmulatedHost, authorities: Authorities
) -> None:
    name = host.container_of(host.add(authorities.organisation, authorities.big)).full_name
    (host.folder / "in").write_bytes(b"attributes")

    words = ("-keyset", "-sign", "GOST12_512", "-cont", name, "-in", "in", "-out", "out")
    assert run(host, "csptest", *words).status == 0
    assert len((host.folder / "out").read_bytes()) == 128
    assert "[ErrorCode: 0x80090008]" in sign(host, name).text


@pytest.mark.parametrize("word", ["-pin", "-silent", "-certs", "-thumbprint"])
def test_options_that_keyset_does_not_have_are_refused_with_160(host: EmulatedHost, word: str) -> None:
    ran = run(host, "csptest", "-keyset", "-check", word, "x")

    assert ran.text == f"invalid option -- '{word[1:]}'\n[ErrorCode: 0x000000a0]\n"
    assert ran.status == 160


def test_a_wrong_pin_costs_a_try_and_the_last_one_blocks(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN, tries=3)
    name = host.container_of(thumbprint).full_name

    first = sign(host, name, "-password", "0")
    assert "Wrong password. Tries left: 2.\n" in first.text
    assert (first.status, first.text[-24:]) == (107, "[ErrorCode: 0x8010006b]\n")
    assert sign(host, name, "-password", PIN).status == 0
    assert host.container_of(thumbprint).tries_left == 3  # a right one gives all tries back
    for _ in range(3):
        sign(host, name, "-password", "0")
    assert sign(host, name, "-password", PIN).status == 108


def test_a_pin_that_cannot_be_asked_for_is_a_silent_context(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN)

    ran = sign(host, host.container_of(thumbprint).full_name)

    assert ran.text.endswith("[ErrorCode: 0x80090022]\n")
    assert ran.status == 34
    assert host.container_of(thumbprint).tries_left == 5


def test_a_saved_pin_is_not_asked_for_until_it_is_deleted(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN, pin_saved=True)
    name = host.container_of(thumbprint).full_name

    assert sign(host, name).status == 0
    run(host, "csptest", "-passwd", "-delsaved", "-container", name)
    assert sign(host, name).status == 34
    assert run(host, "csptest", "-passwd", "-cont", name, "-passwd", PIN, "-change", "").status == 0
    assert sign(host, name).status == 0


def test_a_reader_may_be_away_and_may_go_half_way(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, reader="Aktiv Rutoken ECP 00 00")
    name = host.container_of(thumbprint).full_name

    host.machine.add_fault("reader_removed", tool="csptest")
    assert sign(host, name).status == 105
    assert sign(host, name).status == 23
    host.set_present(thumbprint, present=True)
    assert sign(host, name).status == 0


def test_a_licence_in_the_certificate_is_enough(make_host: MakeHost, authorities: Authorities) -> None:
    host = make_host(licence="missing")
    without = host.add(authorities.seller, authorities.small)
    with_one = host.add(authorities.organisation, authorities.big, embedded_licence=True)
    (host.folder / "in").write_bytes(b"document")

    assert sign(host, host.container_of(without).full_name).status == 91
    words = ("-sfsign", "-sign", "-detached", "-add", "-in", "in", "-out", "out", "-my", with_one)
    assert run(host, "csptest", *words).status == 0


def test_a_cms_is_made_and_verified_with_the_texts_of_the_tool(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small)
    (host.folder / "in").write_bytes(b"document")

    made = run(host, "csptestf", "-sfsign", "-sign", "-detached", "-add", "-in", "in", "-out", "s", "-my", thumbprint)
    good = run(host, "csptestf", "-sfsign", "-verify", "-detached", "-in", "in", "-signature", "s")
    (host.folder / "in").write_bytes(b"another")
    bad = run(host, "csptestf", "-sfsign", "-verify", "-detached", "-in", "in", "-signature", "s")

    assert "Source message length: 8\n" in made.text
    assert "Output file (s) has been saved\n" in made.text
    assert "Detached Signature was verified OK\n" in good.text
    assert "Detached Signature was NOT verified\n" in bad.text
    assert bad.status == 6


def test_a_certificate_without_a_key_link_cannot_sign_until_it_is_absorbed(
    host: EmulatedHost, authorities: Authorities
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, linked=False)
    (host.folder / "in").write_bytes(b"document")
    words = ("-sfsign", "-sign", "-add", "-in", "in", "-out", "out", "-my", thumbprint)

    assert run(host, "csptest", *words).text.endswith("[ErrorCode: 0x8009200b]\n")
    run(host, "csptestf", "-absorb", "-certs", "-autoprov")
    assert run(host, "csptest", *words).status == 0


def test_every_call_is_logged_with_its_words(host: EmulatedHost) -> None:
    run(host, "csptest", "-keys", "-enum", locale="en_US.UTF-8")

    assert host.machine.calls() == [{"tool": "csptest", "argv": ["-keys", "-enum"], "locale": "en_US.UTF-8"}]
