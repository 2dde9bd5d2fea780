"""The throw-away TLS material is found again while it is usable."""

from pathlib import Path

from cryptography import x509

from sandbox.tls import ThrowAwayPki


def test_pairs_are_found_again_and_made_anew_under_another_ca(tmp_path: Path) -> None:
    pki = ThrowAwayPki.create(tmp_path)
    first = pki.client().certificate.read_bytes()
    assert ThrowAwayPki.create(tmp_path).client().certificate.read_bytes() == first
    pki.ca_path.unlink()
    assert ThrowAwayPki.create(tmp_path).client().certificate.read_bytes() != first


def test_a_server_is_named_by_hosts_and_a_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    pair = ThrowAwayPki.create(tmp_path).server("gateway", hosts=("gateway.test", "127.0.0.1"))
    certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["gateway.test"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert pair.key.stat().st_mode & 0o777 == 0o600
