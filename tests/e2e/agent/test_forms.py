"""XML of SMEV and strings of ESIA over real mTLS, checked by the OpenSSL command line."""

import base64
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from gost.certificate import read_certificate
from gost.digest import streebog256
from gost.esia import EsiaOrder, EsiaParameters, certificate_hash
from gost.xmldsig_place import place_signature
from gost.xmldsig_read import octets_of, read_xml_signature
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from sandbox.foreign_signer import verify_detached
from sandbox.openssl import OpenSslError, run_openssl
from tests.e2e.agent.support import CALL_SECONDS, Installation, connected, install, refused, serving, sign_request
from tests.unit.agent.support import Keys

RULES = """
[[rules]]
name = "messages"
certificates = ["*"]
callers = ["crm"]
document_kinds = ["OTHER"]
formats = ["XMLDSIG_SMEV3", "ESIA_CMS", "ESIA_RAW", "ESIA_RAW_REVERSED"]
esia_client_ids = ["MNEMO"]
attested_by = "hub"
allow_hub_attestation = true
cap_per_day = 1000
"""
MESSAGE = b"""<m:Request xmlns:m="urn:m"><m:Data Id="DATA"> <m:Sum>1</m:Sum> </m:Data>
<m:CallerInformationSystemSignature/></m:Request>"""


@pytest.fixture
def installation(tmp_path: Path, keys: Keys) -> Installation:
    return install(tmp_path / "agent", keys, rules=RULES)


def esia_request(keys: Keys, moment: datetime, form: int, **changes: Any) -> pb.SignEsiaRequest:
    at = Timestamp()
    at.FromDatetime(moment)
    parameters: dict[str, Any] = {
        "order": pb.ESIA_ORDER_NEW,
        "client_id": "MNEMO",
        "scope": "openid fullname",
        "timestamp": at,
        "state": "0b1c2d3e-0000-4000-8000-000000000001",
        "redirect_uri": "https://hub.example/cb",
        **changes,
    }
    return pb.SignEsiaRequest(
        request_id=str(uuid.uuid4()),
        caller="crm",
        certificate_thumbprint=keys.thumbprints["seller"],
        format=signing_pb2.SignatureFormat.ValueType(form),
        parameters=pb.EsiaParameters(**parameters),
    )


def verify_raw(folder: Path, keys: Keys, data: bytes, signature: bytes) -> None:
    paths = {name: folder / name for name in ("data", "signature", "public.pem")}
    paths["data"].write_bytes(data)
    paths["signature"].write_bytes(signature)
    certificate = keys.folder / "seller.crt"
    paths["public.pem"].write_bytes(run_openssl(["x509", "-engine", "gost", "-in", certificate, "-pubkey", "-noout"]))
    given: list[str | Path] = ["-verify", paths["public.pem"], "-signature", paths["signature"], paths["data"]]
    run_openssl(["dgst", "-engine", "gost", "-md_gost12_256", *given])


async def test_an_element_is_signed_by_its_digest_and_id(
    installation: Installation, keys: Keys, tmp_path: Path
) -> None:
    asked = sign_request(
        keys,
        document_kind=document_pb2.DOCUMENT_KIND_OTHER,
        digest=streebog256(octets_of(MESSAGE, "DATA")),
        format=signing_pb2.SIGNATURE_FORMAT_XMLDSIG_SMEV3,
        xml_element_id="DATA",
    )
    async with serving(installation) as port, connected(installation, port) as client:
        made = await client.stub.Sign(asked, timeout=CALL_SECONDS)
        assert await client.stub.Sign(asked, timeout=CALL_SECONDS) == made
        wrong = [
            (sign_request(keys, format=signing_pb2.SIGNATURE_FORMAT_XMLDSIG_SMEV3), "xml_element_id"),
            (sign_request(keys, format=signing_pb2.SIGNATURE_FORMAT_ESIA_RAW), "format"),
            (sign_request(keys, xml_element_id="a b"), "xml_element_id"),
        ]
        for request, field in wrong:
            request.document_kind = document_pb2.DOCUMENT_KIND_OTHER
            refusal = await refused(client, "Sign", request)
            assert (refusal.code, refusal.fields) == (grpc.StatusCode.INVALID_ARGUMENT, [field])

    assert not made.cms
    read = read_xml_signature(place_signature(MESSAGE, made.xml_signature, element_id="DATA"))
    assert read.digest == asked.digest
    verify_raw(tmp_path, keys, read.signed_info, read.signature)


async def test_a_string_of_esia_is_built_and_signed_by_the_agent(
    installation: Installation, keys: Keys, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    new = EsiaParameters(
        order=EsiaOrder.NEW,
        client_id="MNEMO",
        scope="openid fullname",
        timestamp=now,
        state="0b1c2d3e-0000-4000-8000-000000000001",
        redirect_uri="https://hub.example/cb",
    )
    old = EsiaParameters(
        order=EsiaOrder.OLD, client_id="MNEMO", scope="openid fullname", timestamp=now, state=new.state
    )
    in_old = {"order": pb.ESIA_ORDER_OLD, "redirect_uri": ""}
    async with serving(installation) as port, connected(installation, port) as client:

        async def secret(form: int, **changes: Any) -> bytes:
            request = esia_request(keys, now, form, **changes)
            answer = await client.stub.SignEsia(request, timeout=CALL_SECONDS)
            assert answer == await client.stub.SignEsia(request, timeout=CALL_SECONDS)
            assert answer.rule == "messages"
            hashes.add(answer.client_certificate_hash)
            return base64.urlsafe_b64decode(answer.client_secret + "==")

        hashes: set[str] = set()
        raw = await secret(signing_pb2.SIGNATURE_FORMAT_ESIA_RAW)
        turned = await secret(signing_pb2.SIGNATURE_FORMAT_ESIA_RAW_REVERSED)
        cms = await secret(signing_pb2.SIGNATURE_FORMAT_ESIA_CMS, **in_old)

    verify_raw(tmp_path, keys, new.text(), raw)
    verify_raw(tmp_path, keys, new.text(), turned[::-1])
    with pytest.raises(OpenSslError):
        verify_raw(tmp_path, keys, new.text(), turned)
    verify_detached(old.text(), cms, keys.authority.chain_path)
    assert hashes == {certificate_hash(read_certificate((keys.folder / "seller.crt").read_bytes()))}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_id": "<ds:SignedInfo"}, "parameters.client_id"),
        ({"state": "x"}, "parameters.state"),
        ({"order": pb.ESIA_ORDER_OLD}, "parameters"),
        ({"code": "a b"}, "parameters"),
    ],
)
async def test_parameters_not_of_their_form_are_refused(
    changes: dict[str, Any], field: str, installation: Installation, keys: Keys
) -> None:
    request = esia_request(keys, datetime.now(UTC), signing_pb2.SIGNATURE_FORMAT_ESIA_RAW, **changes)
    async with serving(installation) as port, connected(installation, port) as client:
        refusal = await refused(client, "SignEsia", request)
    assert (refusal.code, refusal.reason, refusal.fields) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "VALIDATION_FAILED",
        [field],
    )


async def test_documents_are_not_signed_by_sign_esia(installation: Installation, keys: Keys) -> None:
    request = esia_request(keys, datetime.now(UTC), signing_pb2.SIGNATURE_FORMAT_CADES_BES_DETACHED)
    async with serving(installation) as port, connected(installation, port) as client:
        assert (await refused(client, "SignEsia", request)).fields == ["format"]
