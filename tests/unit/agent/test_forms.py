"""XML of SMEV and strings of ESIA: what the agent builds and signs, what rules say of them, what is refused."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree
from pydantic import ValidationError

from gost import esia
from gost.digest import streebog256
from gost.esia import EsiaOrder, EsiaParameters
from gost.keys import PublicKey
from gost.smev_transform import signed_octets
from sandbox.foreign_signer import verify_detached
from signer_agent.model import DocumentKind, SignatureFormat, SigningRequest
from tests.unit.agent.conftest import OpenBench
from tests.unit.agent.support import ACTIVE, NOON, Bench, Keys, caller_rule, request, rule

DS = "{http://www.w3.org/2000/09/xmldsig#}"
OCTETS = signed_octets(etree.fromstring('<m:Data xmlns:m="urn:m" Id="DATA">1</m:Data>'))
PARAMETERS = EsiaParameters(
    order=EsiaOrder.NEW,
    client_id="MNEMO",
    scope="openid fullname",
    timestamp=NOON,
    state="0b1c2d3e-0000-4000-8000-000000000001",
    redirect_uri="https://hub.example/cb",
)
XML_RULE = rule("messages", formats=["XMLDSIG_SMEV3"], document_kinds=["OTHER"])
ESIA_RULE = rule(
    "logins",
    formats=["ESIA_CMS", "ESIA_RAW", "ESIA_RAW_REVERSED"],
    document_kinds=["OTHER"],
    esia_client_ids=["MNEMO"],
    esia_redirect_uris=["https://hub.example/cb"],
    esia_scopes=["openid", "fullname"],
)


@pytest.fixture
async def bench(open_bench: OpenBench) -> Bench:
    return await open_bench([rule(), XML_RULE, ESIA_RULE])


def xml_request(keys: Keys, **changes: object) -> SigningRequest:
    asked: dict[str, object] = {
        "format": SignatureFormat.XMLDSIG_SMEV3,
        "document_kind": DocumentKind.OTHER,
        "digest": streebog256(OCTETS),
        "element_id": "DATA",
    }
    return request(keys, **(asked | changes))


def esia_request(keys: Keys, parameters: EsiaParameters = PARAMETERS, **changes: object) -> SigningRequest:
    asked: dict[str, object] = {
        "format": SignatureFormat.ESIA_RAW,
        "document_kind": DocumentKind.OTHER,
        "digest": streebog256(parameters.text()),
        "esia": parameters,
    }
    return request(keys, **(asked | changes))


async def test_the_agent_builds_signed_info_around_the_digest_and_the_id(
    bench: Bench, keys: Keys, tmp_path: Path
) -> None:
    made = await bench.signed(xml_request(keys))

    (signed,) = bench.signed_bytes
    (info,) = etree.fromstring(made.cms).iter(f"{DS}SignedInfo")
    assert etree.tostring(info, method="c14n", exclusive=True) == signed
    assert signed.startswith(b"<ds:SignedInfo ")
    assert b'URI="#DATA"' in signed
    assert base64.b64encode(streebog256(OCTETS)) in signed
    assert made.format is SignatureFormat.XMLDSIG_SMEV3
    assert [record.entry.element_id for record in bench.journal.records(after=0)] == ["DATA", "DATA"]


async def test_the_same_digest_under_another_id_is_another_request(bench: Bench, keys: Keys) -> None:
    asked = xml_request(keys)
    first = await bench.signed(asked)
    assert await bench.signed(asked) == first
    assert await bench.refused(replace(asked, element_id="OTHER")) == "REQUEST_ID_REUSED"
    again = await bench.reopen()
    assert await again.signed(asked) == first
    assert await again.refused(replace(asked, element_id="OTHER")) == "REQUEST_ID_REUSED"
    again.kill()


@pytest.mark.parametrize(
    ("form", "secret"),
    [
        (SignatureFormat.ESIA_RAW, lambda raw: raw),
        (SignatureFormat.ESIA_RAW_REVERSED, esia.reversed_bytes),
    ],
)
async def test_a_bare_signature_of_an_esia_string_verifies_in_its_byte_order(
    form: SignatureFormat, secret: Callable[[bytes], bytes], bench: Bench, keys: Keys
) -> None:
    made = await bench.signed(esia_request(keys, format=form))

    assert bench.signed_bytes == [PARAMETERS.text()]
    key = PublicKey.from_certificate(bench.backend.certificates()[keys.thumbprints[ACTIVE]].facts)
    assert key.verify(PARAMETERS.text(), secret(made.cms))
    assert len(made.cms) == 64


async def test_openssl_accepts_the_cms_over_an_esia_string(bench: Bench, keys: Keys) -> None:
    old = EsiaParameters(order=EsiaOrder.OLD, client_id="MNEMO", scope="openid", timestamp=NOON, state=PARAMETERS.state)
    rules = [rule("old", formats=["ESIA_CMS"], document_kinds=["OTHER"], esia_client_ids=["MNEMO"])]
    bench = await bench.reopen(rules)
    made = await bench.signed(esia_request(keys, old, format=SignatureFormat.ESIA_CMS))
    verify_detached(old.text(), made.cms, keys.authority.chain_path)
    bench.kill()


@pytest.mark.parametrize(
    "changed",
    [
        replace(PARAMETERS, client_id="OTHER"),
        replace(PARAMETERS, redirect_uri="https://elsewhere.example/cb"),
        replace(PARAMETERS, scope="openid snils"),
        replace(PARAMETERS, scope_org="org_inf"),
    ],
    ids=["client", "address", "scope", "scope of an organisation"],
)
async def test_a_rule_names_who_logs_in_where_to_and_for_what(
    changed: EsiaParameters, bench: Bench, keys: Keys
) -> None:
    assert await bench.refused(esia_request(keys, changed)) == "POLICY_REFUSED"


async def test_a_rule_for_documents_signs_neither_xml_nor_esia(open_bench: OpenBench, keys: Keys) -> None:
    bench = await open_bench([rule(document_kinds=["CONTRACT", "OTHER"])])
    assert await bench.refused(xml_request(keys)) == "POLICY_REFUSED"
    assert await bench.refused(esia_request(keys)) == "POLICY_REFUSED"


@pytest.mark.parametrize("off", [timedelta(minutes=11), timedelta(minutes=-11)])
async def test_an_esia_string_of_another_time_is_not_signed_but_a_made_one_is_given_again(
    off: timedelta, bench: Bench, keys: Keys
) -> None:
    assert await bench.refused(esia_request(keys, replace(PARAMETERS, timestamp=NOON + off))) == "VALIDATION_FAILED"
    asked = esia_request(keys)
    made = await bench.signed(asked)
    bench.clock.move(timedelta(hours=1))
    assert await bench.signed(asked) == made


async def test_what_does_not_go_together_is_refused(bench: Bench, keys: Keys) -> None:
    wrong = [
        xml_request(keys, element_id=""),
        request(keys, element_id="DATA"),
        esia_request(keys, esia=None),
        request(keys, esia=PARAMETERS),
    ]
    bench = await bench.reopen([rule(document_kinds=["CONTRACT", "OTHER"]), XML_RULE, ESIA_RULE])
    for asked in wrong[:3]:
        assert await bench.refused(asked) == "VALIDATION_FAILED"
    assert await bench.refused(wrong[3]) == "POLICY_REFUSED"  # no rule for documents names a system at ESIA
    bench.kill()


async def test_a_caller_attests_an_esia_string_by_its_digest(open_bench: OpenBench, keys: Keys) -> None:
    own = caller_rule(formats=["ESIA_RAW"], document_kinds=["OTHER"], esia_client_ids=["MNEMO"])
    bench = await open_bench([own])
    assert await bench.refused(esia_request(keys)) == "ATTESTATION_MISSING"


@pytest.mark.parametrize(
    "table",
    [
        {"formats": ["ESIA_RAW"], "document_kinds": ["OTHER"]},
        {"formats": ["ESIA_RAW"], "document_kinds": ["CONTRACT"], "esia_client_ids": ["MNEMO"]},
        {"formats": ["CADES_BES_DETACHED"], "esia_client_ids": ["MNEMO"]},
    ],
)
def test_a_rule_for_esia_names_its_systems(table: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="esia_client_ids"):
        rule("logins", **table)
