"""Strings of ESIA by the hub's port: the agent builds and signs them, and nobody but OpenSSL has to believe it."""

import base64
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gost.certificate import read_certificate
from gost.esia import EsiaOrder, EsiaParameters, certificate_hash
from gost.keys import PublicKey
from hub.signing.port import AgentUnavailableError, EsiaFormat, EsiaSigningOrder, SigningRefusedError
from sandbox.foreign_signer import verify_detached
from tests.modules.signatures.conftest import Desk, Pki, facts, installed_agent

RULE = """
[[rules]]
name = "logins"
certificates = ["*"]
callers = ["crm"]
document_kinds = ["OTHER"]
formats = ["ESIA_CMS", "ESIA_RAW", "ESIA_RAW_REVERSED"]
esia_client_ids = ["MNEMO"]
esia_redirect_uris = ["", "https://hub.example/cb"]
attested_by = "hub"
allow_hub_attestation = true
cap_per_day = 100
"""


@pytest.fixture
def agent_folder(tmp_path: Path, pki: Pki) -> Path:
    folder = installed_agent(tmp_path / "agent", pki)
    with (folder / "signer-agent.toml").open("a") as file:
        file.write(RULE)
    return folder


def parameters(order: EsiaOrder = EsiaOrder.NEW, **changes: str) -> EsiaParameters:
    address = "https://hub.example/cb" if order is EsiaOrder.NEW else ""
    given = {"client_id": "MNEMO", "scope": "openid fullname", "state": str(uuid.uuid4()), "redirect_uri": address}
    return EsiaParameters(order=order, timestamp=datetime.now(UTC), **(given | changes))


def order_of(desk: Desk, given: EsiaParameters, form: EsiaFormat) -> EsiaSigningOrder:
    return EsiaSigningOrder(
        request_id=str(uuid.uuid4()),
        business_reference="",
        caller="crm",
        thumbprint=desk.thumbprint,
        format=form,
        parameters=given,
    )


@pytest.mark.parametrize("form", list(EsiaFormat))
@pytest.mark.parametrize("order", list(EsiaOrder))
async def test_a_string_is_signed_in_each_order_and_form_once_for_its_request_id(
    order: EsiaOrder, form: EsiaFormat, desk: Desk
) -> None:
    given = parameters(order)
    (name,) = desk.signing.agents
    asked = order_of(desk, given, form)
    made = await desk.signing.sign_esia(name, asked)

    assert await desk.signing.sign_esia(name, asked) == made
    certificate = read_certificate(desk.pki.seller.certificate_pem)
    assert made.client_certificate_hash == certificate_hash(certificate)
    signature = base64.urlsafe_b64decode(made.client_secret + "==")
    if form is EsiaFormat.CMS:
        verify_detached(given.text(), signature, desk.pki.authority.chain_path)
    else:
        raw = signature[::-1] if form is EsiaFormat.RAW_REVERSED else signature
        assert PublicKey.from_certificate(facts(desk.pki.seller)).verify(given.text(), raw)


async def test_the_agents_policy_holds_against_the_hub(desk: Desk) -> None:
    (name,) = desk.signing.agents
    with pytest.raises(SigningRefusedError) as refused:
        await desk.signing.sign_esia(name, order_of(desk, parameters(client_id="OTHER"), EsiaFormat.RAW))
    assert refused.value.agent_reason == "POLICY_REFUSED"


async def test_an_agent_that_is_away_may_be_asked_again(desk: Desk) -> None:
    with pytest.raises(AgentUnavailableError):
        await desk.signing.sign_esia("nobody", order_of(desk, parameters(), EsiaFormat.RAW))
