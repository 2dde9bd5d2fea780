"""The strings ESIA wants signed: both orders, their time, what `client_secret` is of them; nothing else is accepted."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from gost import esia
from gost.esia import EsiaOrder, EsiaParameters
from tests.unit.gost.pki import OpenSsl, Owner

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 999, tzinfo=timezone(timedelta(hours=3)))
STATE = "0b1c2d3e-0000-4000-8000-000000000001"
OLD = EsiaParameters(order=EsiaOrder.OLD, client_id="MNEMO_1", scope="openid fullname", timestamp=MOMENT, state=STATE)
NEW = replace(OLD, order=EsiaOrder.NEW, redirect_uri="https://hub.example/cb?a=1")


def test_the_old_order_is_scope_timestamp_client_state() -> None:
    assert OLD.text() == f"openid fullname2026.03.01 12:00:00 +0300MNEMO_1{STATE}".encode()


def test_the_new_order_is_client_scopes_timestamp_state_address_and_code() -> None:
    stamp = "2026.03.01 12:00:00 +0300"
    assert NEW.text() == f"MNEMO_1openid fullname{stamp}{STATE}https://hub.example/cb?a=1".encode()
    full = replace(NEW, scope_org="http://esia.gosuslugi.ru/org_inf?org_oid=1", code="eyJ.x-y_z")
    begin = "MNEMO_1openid fullnamehttp://esia.gosuslugi.ru/org_inf?org_oid=1"
    assert full.text() == f"{begin}{stamp}{STATE}https://hub.example/cb?a=1eyJ.x-y_z".encode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_id", ""),
        ("client_id", "<ds:SignedInfo"),
        ("client_id", "мнемо"),
        ("scope", ""),
        ("scope", "openid  fullname"),
        ("scope", "openid\nfullname"),
        ("scope", "1\x81"),
        ("state", "not-a-uuid"),
        ("timestamp", datetime(2026, 3, 1)),  # noqa: DTZ001 - that's the point
        ("redirect_uri", ""),
        ("redirect_uri", "javascript:alert(1)"),
        ("redirect_uri", "https://hub.example/a b"),
        ("scope_org", "\x7f"),
        ("code", "a b"),
        ("code", "x" * 8193),
    ],
)
def test_what_is_not_of_its_form_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        replace(NEW, **{field: value})  # type: ignore[arg-type]  # a table of wrong values


@pytest.mark.parametrize("field", ["redirect_uri", "scope_org", "code"])
def test_the_old_order_has_no_place_for_the_new_parameters(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        replace(OLD, **{field: "https://hub.example"})  # type: ignore[arg-type]  # one of three texts


def test_openssl_verifies_the_raw_secret_and_its_reverse_is_cryptopros(openssl: OpenSsl, signer: Owner) -> None:
    signature = signer.open_key().sign(NEW.text())
    secret = esia.secret_of_raw(signature)
    assert not set(secret) & set("+/=")
    text, raw, key = (openssl.directory / name for name in ("esia.txt", "esia.raw", "esia.pem"))
    text.write_bytes(NEW.text())
    raw.write_bytes(base64.urlsafe_b64decode(secret + "=="))
    key.write_bytes(openssl.run("x509", "-in", signer.certificate_file, "-pubkey", "-noout"))
    openssl.run("dgst", "-md_gost12_256", "-verify", key, "-signature", raw, text)
    raw.write_bytes(esia.reversed_bytes(signature))
    openssl.run("dgst", "-md_gost12_256", "-verify", key, "-signature", raw, text, succeeds=False)
    assert esia.reversed_bytes(esia.reversed_bytes(signature)) == signature


def test_the_secret_of_a_cms_is_padded_base64_for_urls() -> None:
    assert esia.secret_of_cms(b"\xff\xfe") == "__4="


def test_the_certificates_hash_is_streebog_of_its_der(openssl: OpenSsl, signer: Owner) -> None:
    der = openssl.directory / "esia.der"
    der.write_bytes(signer.certificate.der)
    wanted = openssl.run("dgst", "-md_gost12_256", "-binary", der)
    assert esia.certificate_hash(signer.certificate) == wanted.hex().upper()
