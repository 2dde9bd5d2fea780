"""How the RBS gateway's callbacks are proven: the vendor's own vectors, both keys, every form they come in."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from hub.core.secrets import Secret
from hub.modules.payments.notice import CallbackProblem, CallbackRefusedError, CallbackRequest, Notice
from hub.modules.payments.providers._sberbank_callbacks import SberbankCallbacks, callback_key

ORDER = "06cf5599-3f17-7c86-bdbc-bd7d00a8b38b"
# Both of reference values: the vendor's documented one, and its documented string under an invented secret.
VECTORS = [
    (
        "ooc7slpvc61k7sf7ma7p4hrefr",
        {"mdOrder": ORDER, "operation": "approved", "orderNumber": "2003", "status": "1"},
        "EAF2FB72CAB99FD5067F4BA493DD84F4D79C1589FDE8ED29622F0F07215AA972",
    ),
    (
        "yourSecretToken",
        {
            "amount": "123456",
            "orderNumber": "10747",
            "mdOrder": "3ff6962a-7dcc-4283-ab50-a6d7dd3386fe",
            "operation": "deposited",
            "status": "1",
        },
        "51C892147225ABE87798CB02979D70EF46D0AE79B5AA3B28B1C260BE286C50A9",
    ),
]
SECRET = VECTORS[0][0]
TOLD, CHECKSUM = VECTORS[0][1:]


def reader(*secrets: str, keys: tuple[rsa.RSAPublicKey, ...] = ()) -> SberbankCallbacks:
    return SberbankCallbacks(secrets=[Secret(secret.encode()) for secret in secrets], certificates=keys)


def get(told: Mapping[str, str]) -> CallbackRequest:
    return CallbackRequest(method="GET", query=tuple(told.items()))


def post(told: Mapping[str, str]) -> CallbackRequest:
    return CallbackRequest(
        method="POST", content_type="application/x-www-form-urlencoded", body=urlencode(told).encode()
    )


def json_post(body: Any) -> CallbackRequest:
    return CallbackRequest(method="POST", content_type="application/json", body=json.dumps(body).encode())


def checksum(text: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest().upper()


@pytest.mark.parametrize("form", [get, post, json_post])
@pytest.mark.parametrize(("secret", "told", "proof"), VECTORS)
def test_the_vendors_vectors_are_taken_in_every_form(form: Any, secret: str, told: dict[str, str], proof: str) -> None:
    more = {"sign_alias": "SHA-256 with RSA", "checksum": proof}
    notice = reader(secret).read(form(told | more))
    assert notice == Notice(vendor_id=told["mdOrder"], reference=told["orderNumber"])


def test_the_checksum_may_be_in_small_letters() -> None:
    assert reader(SECRET).read(get(TOLD | {"checksum": CHECKSUM.lower()})).reference == "2003"


def test_names_are_sorted_by_their_bytes_and_values_are_those_that_were_decoded() -> None:
    told = {"orderNumber": "7", "amountFormatted": "1 990,00 ₽", "amount": "199000", "mdOrder": ORDER, "a": ""}
    text = f"a;;amount;199000;amountFormatted;1 990,00 ₽;mdOrder;{ORDER};orderNumber;7;"
    assert reader(SECRET).read(post(told | {"checksum": checksum(text)})).vendor_id == ORDER


def test_numbers_of_json_are_signed_as_they_are_written() -> None:
    body = f'{{"mdOrder":"{ORDER}","amount":1234567890123456789012,"rate":1.50,"ok":true,"status":1,"checksum":"%s"}}'
    text = f"amount;1234567890123456789012;mdOrder;{ORDER};ok;true;rate;1.50;status;1;"
    request = CallbackRequest(method="POST", content_type="application/json", body=(body % checksum(text)).encode())
    assert reader(SECRET).read(request) == Notice(vendor_id=ORDER)


@pytest.mark.parametrize("text", [f"mdOrder;{ORDER};", f"mdOrder;{ORDER};phone;79001234567;"])
def test_a_nested_object_of_json_may_be_signed_or_not(text: str) -> None:
    told = {"mdOrder": ORDER, "additionalParams": {"phone": "79001234567"}, "checksum": checksum(text)}
    assert reader(SECRET).read(json_post(told)).vendor_id == ORDER


def test_both_secrets_are_taken_while_one_is_exchanged_for_the_other() -> None:
    assert reader("another", SECRET).read(get(TOLD | {"checksum": CHECKSUM})).reference == "2003"


@pytest.fixture(scope="module")
def bank_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(key: Any) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "callbacks")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=1))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


def test_a_signature_under_the_banks_certificate_is_over_sha_512_whatever_it_is_called(
    bank_key: rsa.RSAPrivateKey,
) -> None:
    taking = reader(keys=(callback_key(_certificate(bank_key)),))
    text = f"mdOrder;{ORDER};operation;approved;orderNumber;2003;status;1;".encode()
    good, other = (bank_key.sign(text, PKCS1v15(), hashed).hex().upper() for hashed in (SHA512(), SHA256()))
    told = TOLD | {"sign_alias": "SHA-256 with RSA"}
    assert taking.read(get(told | {"checksum": good})).reference == "2003"
    assert refused(taking, get(told | {"checksum": other})) is CallbackProblem.SIGNATURE_WRONG


def test_a_certificate_of_another_kind_of_key_or_of_a_short_one_is_refused() -> None:
    for key in (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 1024)):
        with pytest.raises(ValueError, match="RSA key of at least 2048 bits"):
            callback_key(_certificate(key))


def refused(taking: SberbankCallbacks, request: CallbackRequest) -> CallbackProblem:
    with pytest.raises(CallbackRefusedError) as error:
        taking.read(request)
    assert error.value.status == 400
    return error.value.problem


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (get(TOLD), "UNSIGNED"),
        (get(TOLD | {"checksum": ""}), "UNSIGNED"),
        (json_post(TOLD | {"checksum": 5}), "SIGNATURE_WRONG"),  # a number is read as it is written
        (json_post(TOLD | {"checksum": [CHECKSUM]}), "UNSIGNED"),
        (get(TOLD | {"checksum": CHECKSUM[:-1] + "3"}), "SIGNATURE_WRONG"),
        (get(TOLD | {"checksum": "не число"}), "SIGNATURE_WRONG"),
        (get(TOLD | {"checksum": "00" * 4096}), "SIGNATURE_WRONG"),
        (get(TOLD | {"checksum": CHECKSUM, "amount": "1"}), "SIGNATURE_WRONG"),
        (get(TOLD | {"checksum": CHECKSUM, "orderNumber": "2004"}), "SIGNATURE_WRONG"),
        (get({"status": "1", "checksum": checksum("status;1;")}), "UNREADABLE"),
        (get({"mdOrder": "\x00", "checksum": checksum("mdOrder;\x00;")}), "UNREADABLE"),
        (
            CallbackRequest(method="GET", query=(*TOLD.items(), ("orderNumber", "1"), ("checksum", CHECKSUM))),
            "UNREADABLE",
        ),
        (CallbackRequest(method="POST", body=b"=&;\xff"), "UNREADABLE"),
        (CallbackRequest(method="POST", body=b"&".join(b"a%d=1" % n for n in range(200))), "UNREADABLE"),
        (CallbackRequest(method="POST", content_type="application/json", body=b"[1]"), "UNREADABLE"),
        (CallbackRequest(method="POST", content_type="application/json", body=b"{"), "UNREADABLE"),
        (CallbackRequest(method="POST", content_type="application/json", body=b"[" * 60_000), "UNREADABLE"),
        (CallbackRequest(method="POST", content_type="application/json", body=b'{"a":"\\ud800"}'), "UNSIGNED"),
        (
            CallbackRequest(method="POST", content_type="application/json", body=b'{"a":"\\ud800","checksum":"00"}'),
            "SIGNATURE_WRONG",
        ),
    ],
)
def test_what_proves_nothing_is_refused_by_the_status_that_the_vendor_expects(
    request_: CallbackRequest, problem: str
) -> None:
    assert refused(reader(SECRET), request_) == problem
