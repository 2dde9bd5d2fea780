"""The gateway's reads, transport and credentials, as docs/modules/rosreestr.md tells them."""

import dataclasses
from pathlib import Path

import aiohttp
import pytest
from cryptography.fernet import Fernet

from sandbox import registry
from sandbox.app import Sandbox
from sandbox.settings import PLAIN_GATEWAY, SandboxSettings
from sandbox.tls import ThrowAwayPki
from tests.unit.sandbox.raw_gateway import (
    DATE,
    RawGateway,
    cadastral_request,
    client_context,
    connect,
    ownership_request,
)


async def test_a_plot_is_told_by_its_cadastral_number(gateway: RawGateway) -> None:
    answer = await gateway.post("/cadaster/info", cadastral_request())
    assert answer.status == 200
    assert answer.root.tag == "CadastralResponse"
    assert [child.tag for child in answer.root] == [
        "CadastralNumber",
        "Address",
        "Area",
        "Category",
        "PermittedUse",
        "OwnershipType",
        "LastRegistrationDate",
    ]
    assert answer.text("CadastralNumber") == registry.SINGLE_OWNER
    assert answer.text("Area") == "1200.00"


async def test_an_unknown_plot_is_an_error_document_under_http_200(gateway: RawGateway) -> None:
    answer = await gateway.post("/cadaster/info", cadastral_request("77:01:0001001:1"))
    assert answer.status == 200
    assert answer.root.tag == "Error"
    assert answer.text("Code") == "NOT_FOUND"


async def test_an_unknown_plot_is_http_404_when_errors_are_told_by_status(settings: SandboxSettings) -> None:
    async with Sandbox.start(dataclasses.replace(settings, errors_as_http=True)) as sandbox:
        gateway = connect(sandbox)
        async with gateway.session:
            answer = await gateway.post("/cadaster/info", cadastral_request("77:01:0001001:1"))
    assert answer.status == 404
    assert answer.text("Code") == "NOT_FOUND"


async def test_co_owners_are_told_with_inn_and_share(gateway: RawGateway) -> None:
    answer = await gateway.post("/rights/check", ownership_request(registry.CO_OWNERS))
    rights = answer.root.findall("Rights/Right")
    assert [right.findtext("Share") for right in rights] == ["1/2", "1/2"]
    assert [right.findtext("INN") for right in rights] == ["502099000205", "502099000371"]


@pytest.mark.parametrize(("plot", "kind"), [(registry.ARRESTED, "Арест"), (registry.MORTGAGED, "Ипотека")])
async def test_a_restriction_is_told_inside_the_right(gateway: RawGateway, plot: str, kind: str) -> None:
    answer = await gateway.post("/rights/check", ownership_request(plot))
    assert answer.text("Rights/Right/Restriction/Type") == kind


async def test_no_rights_are_an_empty_element(gateway: RawGateway) -> None:
    answer = await gateway.post("/rights/check", ownership_request(registry.NO_RIGHTS))
    rights = answer.root.find("Rights")
    assert rights is not None
    assert len(rights) == 0


async def test_the_plain_gateway_tells_no_details_of_rights(settings: SandboxSettings) -> None:
    async with Sandbox.start(dataclasses.replace(settings, extensions=PLAIN_GATEWAY)) as sandbox:
        gateway = connect(sandbox)
        async with gateway.session:
            answer = await gateway.post("/rights/check", ownership_request(registry.ARRESTED))
    right = answer.root.find("Rights/Right")
    assert right is not None
    assert [child.tag for child in right] == ["Type", "Owner", "RegistrationDate", "Number"]


@pytest.mark.parametrize(
    "document",
    [
        "no xml",
        cadastral_request("77:1:1:1"),
        cadastral_request().replace(DATE, ""),
        cadastral_request().replace("09:00:00Z", "09:00:00"),
        cadastral_request().replace("<CadastralNumber>", "<Extra/><CadastralNumber>"),
        cadastral_request().replace("GetLandPlotInfo", "Other"),
        ownership_request(),
        "<!DOCTYPE CadastralRequest>" + cadastral_request(),
    ],
)
async def test_what_the_page_does_not_list_is_a_bad_request(gateway: RawGateway, document: str) -> None:
    answer = await gateway.post("/cadaster/info", document)
    assert answer.status == 400
    assert answer.text("Code") == "BAD_REQUEST"


async def test_a_token_under_another_key_is_refused(gateway: RawGateway) -> None:
    token = Fernet(Fernet.generate_key()).encrypt(cadastral_request().encode())
    assert (await gateway.post_bytes("/cadaster/info", token)).status == 401


async def test_another_content_type_is_refused(gateway: RawGateway) -> None:
    assert (await gateway.post_bytes("/cadaster/info", b"", content_type="text/plain")).status == 400


async def test_answers_come_under_the_newest_key_and_requests_under_any(settings: SandboxSettings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    async with Sandbox.start(settings):
        pass  # makes the TLS material the client below uses
    async with Sandbox.start(dataclasses.replace(settings, fernet_keys=(new, old))) as sandbox:
        pki = ThrowAwayPki.create(settings.directory)
        pair = pki.client()
        tls = client_context(pki.ca_path, pair.certificate, pair.key)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session:
            gateway = RawGateway(url=sandbox.gateway.url, session=session, fernet=Fernet(new))
            answer = await gateway.post_bytes("/cadaster/info", Fernet(old).encrypt(cadastral_request().encode()))
    assert answer.text("CadastralNumber") == registry.SINGLE_OWNER


async def test_a_client_without_a_certificate_gets_no_connection(sandbox: Sandbox) -> None:
    assert sandbox.credentials is not None
    tls = client_context(sandbox.credentials.ca)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session:
        with pytest.raises(aiohttp.ClientError):
            await session.post(sandbox.gateway.url + "/cadaster/info", data=b"")
    assert sandbox.gateway.handshakes["refused"] == 1


async def test_a_client_of_another_ca_gets_no_connection(sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.credentials is not None
    stranger = ThrowAwayPki.create(tmp_path / "other").client()
    tls = client_context(sandbox.credentials.ca, stranger.certificate, stranger.key)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session:
        with pytest.raises(aiohttp.ClientError):
            await session.post(sandbox.gateway.url + "/cadaster/info", data=b"")


async def test_a_certificate_that_is_not_let_in_is_answered_403(settings: SandboxSettings) -> None:
    async with Sandbox.start(dataclasses.replace(settings, allowed_clients=frozenset({"other"}))) as sandbox:
        gateway = connect(sandbox)
        async with gateway.session:
            answer = await gateway.post("/cadaster/info", cadastral_request())
    assert answer.status == 403


async def test_handshakes_and_calls_are_counted(sandbox: Sandbox, gateway: RawGateway) -> None:
    for _ in range(3):
        await gateway.post("/cadaster/info", cadastral_request())
    assert sandbox.gateway.handshakes == {"finished": 1, "refused": 0}
    assert sandbox.gateway.operations == {"cadaster.info": 3}
    call = sandbox.gateway.calls[-1]
    assert (call.client, call.outcome, call.http_status) == ("client", "ok", 200)
    assert call.document == cadastral_request()


async def test_the_gateway_refuses_connections_while_it_is_stopped(sandbox: Sandbox, gateway: RawGateway) -> None:
    await sandbox.gateway.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await gateway.post("/cadaster/info", cadastral_request())
    await sandbox.gateway.start()
    assert (await gateway.post("/cadaster/info", cadastral_request())).status == 200
