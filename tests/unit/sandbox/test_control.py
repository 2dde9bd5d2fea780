"""The control API, and the sandbox as a process."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gost.digest import DigestAlgorithm
from gost.tsp import QUERY_TYPE, TimestampQuery, TimestampReply, read_reply
from sandbox.app import Sandbox
from sandbox.messages.vendors import DEFAULT_PORTS
from sandbox.registry import SINGLE_OWNER
from sandbox.settings import SandboxSettings
from sandbox.test_ca import TestAuthority
from tests.unit.sandbox.raw_gateway import RawGateway, cadastral_request, ownership_request


class ControlClient:
    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        async with self._session.request(method, self._url + path, json=body) as response:
            value: dict[str, Any] = await response.json()
            return response.status, value

    async def get(self, path: str) -> dict[str, Any]:
        return (await self.call("GET", path))[1]

    async def post(self, path: str, body: Any = None) -> dict[str, Any]:
        status, value = await self.call("POST", path, body)
        assert status == 200, value
        return value


@pytest.fixture
async def control(sandbox: Sandbox) -> AsyncIterator[ControlClient]:
    async with aiohttp.ClientSession() as session:
        yield ControlClient(sandbox.control_url, session)


async def test_the_state_counts_registrations_calls_and_handshakes(control: ControlClient, gateway: RawGateway) -> None:
    request_id = await gateway.submit("ref-1")
    state = await control.get("/state")
    assert state["registrations"]["count"] == 1
    item = state["registrations"]["items"][0]
    assert (item["request_id"], item["client_reference"], item["status"]) == (request_id, "ref-1", "ACCEPTED")
    assert state["registrations"]["by_status"] == {"ACCEPTED": 1}
    assert state["operations"] == {"registration.submit": 1}
    assert state["tls_handshakes"] == {"finished": 1, "refused": 0}


async def test_faults_are_posted_listed_and_cleared(control: ControlClient, gateway: RawGateway) -> None:
    await control.post("/faults", {"faults": [{"kind": "http_status", "http_status": 502, "times": 2}], "seed": 3})
    assert (await gateway.post("/cadaster/info", cadastral_request())).status == 502
    waiting = (await control.get("/faults"))["faults"]
    assert [(fault["kind"], fault["times"]) for fault in waiting] == [("http_status", 1)]
    assert await control.call("DELETE", "/faults") == (200, {"faults": []})
    assert (await gateway.post("/cadaster/info", cadastral_request())).status == 200


@pytest.mark.parametrize("fault", [{"kind": "nonsense"}, {"kind": "reset", "colour": "red"}, {}])
async def test_an_unknown_fault_is_refused(control: ControlClient, sandbox: Sandbox, fault: dict[str, str]) -> None:
    status, _ = await control.call("POST", "/faults", {"faults": [{"kind": "reset"}, fault]})
    assert status == 400
    assert sandbox.faults.waiting == ()


async def test_the_clock_is_driven_forward_and_never_back(control: ControlClient) -> None:
    assert (await control.post("/clock/advance", {"seconds": 86400}))["now"] == "2026-11-24T09:00:00+00:00"
    assert (await control.call("POST", "/clock/advance", {"seconds": -1}))[0] == 400


async def test_a_registration_is_put_into_any_status(control: ControlClient, gateway: RawGateway) -> None:
    request_id = await gateway.submit("ref-1")
    body = {"status": "AWAITING_PAYMENT", "uin": "18810000000000000001", "sum": "4000.00"}
    await control.post("/registrations/ref-1/status", body)
    await control.post("/clock/advance", {"seconds": 1000})
    answer = await gateway.status(request_id)
    assert answer.text("Status") == "AWAITING_PAYMENT"
    assert answer.text("StatusDetail/UIN") == "18810000000000000001"
    assert answer.text("StatusDetail/Sum") == "4000.00"


async def test_an_unknown_registration_is_told_by_404(control: ControlClient) -> None:
    status, value = await control.call("POST", "/registrations/nobody/status", {"status": "REGISTERED"})
    assert status == 404
    assert "nobody" in value["error"]


async def test_a_scenario_is_chosen_for_a_contract_a_plot_or_all(control: ControlClient, gateway: RawGateway) -> None:
    await control.post("/scenarios", {"scenario": "refused", "contract_number": "1/2026"})
    await control.post("/scenarios", {"scenario": "stuck", "default": True})
    refused = await gateway.submit("a", contract="1/2026")
    stuck = await gateway.submit("b", contract="2/2026")
    await control.post("/scenarios", {"scenario": "duty", "cadastral_number": SINGLE_OWNER})
    due = await gateway.submit("c", contract="3/2026")
    await control.post("/clock/advance", {"seconds": 100})
    words = [(await gateway.status(request_id)).text("Status") for request_id in (refused, stuck, due)]
    assert words == ["REFUSED", "IN_PROGRESS", "AWAITING_PAYMENT"]
    await control.post("/registrations/c/payment")
    await control.post("/clock/advance", {"seconds": 100})
    assert (await gateway.status(due)).text("Status") == "REGISTERED"
    assert (await control.call("POST", "/scenarios", {"scenario": "nonsense", "default": True}))[0] == 400


async def test_a_plot_is_added_over_the_api(control: ControlClient, gateway: RawGateway) -> None:
    right = {
        "type": "Собственность",
        "owner": "Новиков Пример Образцович",
        "registration_date": "2025-01-01",
        "number": "n",
    }
    limited = {**right, "restrictions": [{"type": "Сервитут"}]}
    plot = {"cadastral_number": "77:01:0001001:7", "address": "Москва", "area": "10", "rights": [limited]}
    await control.post("/plots", plot)
    answer = await gateway.post("/rights/check", ownership_request("77:01:0001001:7"))
    assert answer.text("Rights/Right/Owner") == "Новиков Пример Образцович"
    assert answer.text("Rights/Right/Restriction/Type") == "Сервитут"
    assert (await control.call("POST", "/plots", {"cadastral_number": "77:01:0001001:8"}))[0] == 400
    assert len((await control.get("/plots"))["plots"]) == 11


async def test_calls_are_told_with_their_traceparent_and_document(control: ControlClient, gateway: RawGateway) -> None:
    await gateway.post("/cadaster/info", cadastral_request())
    await gateway.post("/rights/check", ownership_request())
    calls = (await control.get("/calls?operation=rights.check"))["calls"]
    assert [(call["operation"], call["outcome"], call["document"]) for call in calls] == [
        ("rights.check", "ok", ownership_request())
    ]


async def test_the_gateway_is_stopped_and_started(control: ControlClient, gateway: RawGateway) -> None:
    await control.post("/gateway/stop")
    with pytest.raises(aiohttp.ClientConnectorError):
        await gateway.post("/cadaster/info", cadastral_request())
    await control.post("/gateway/start")
    assert (await gateway.post("/cadaster/info", cadastral_request())).status == 200


async def test_the_timestamp_authority_is_stopped_started_and_struck_by_faults(
    tmp_path: Path, authority: TestAuthority
) -> None:
    settings = SandboxSettings(directory=tmp_path, timestamp_ca=authority.directory)
    query = TimestampQuery.over(b"a signature", digest_algorithm=DigestAlgorithm.STREEBOG_256, nonce=7)
    async with Sandbox.start(settings) as sandbox, aiohttp.ClientSession() as session:
        control = ControlClient(sandbox.control_url, session)
        url = (await control.get("/state"))["timestamps"]

        async def asked() -> TimestampReply:
            async with session.post(url, data=query.encode(), headers={"Content-Type": QUERY_TYPE}) as response:
                return read_reply(await response.read())

        assert (await asked()).token
        await control.post("/faults", {"faults": [{"kind": "timestamp_rejected", "operation": "timestamp"}]})
        assert (await asked()).failures == ("timeNotAvailable",)
        assert (await control.get("/state"))["operations"] == {"timestamp": 2}
        await control.post("/timestamps/stop")
        with pytest.raises(aiohttp.ClientConnectorError):
            await asked()
        await control.post("/timestamps/start")
        assert (await asked()).token


async def test_a_sandbox_without_a_timestamp_authority_says_so(control: ControlClient) -> None:
    assert (await control.get("/state"))["timestamps"] is None
    assert (await control.call("POST", "/timestamps/stop"))[0] == 400


async def test_a_reset_forgets_everything(control: ControlClient, sandbox: Sandbox, gateway: RawGateway) -> None:
    await gateway.submit("ref-1")
    await control.post("/clock/advance", {"seconds": 5})
    await control.post("/faults", {"faults": [{"kind": "reset"}]})
    await control.post("/reset")
    state = await control.get("/state")
    assert state["registrations"]["count"] == 0
    assert state["now"] == "2026-11-23T09:00:00+00:00"
    assert state["faults"] == {"waiting": 0, "struck": {}}
    assert state["operations"] == {}


async def test_a_body_that_is_no_object_is_refused(control: ControlClient) -> None:
    assert (await control.call("POST", "/clock/advance", [1]))[0] == 400


async def test_the_process_tells_its_addresses_serves_and_ends_on_sigterm(tmp_path: Path) -> None:
    ports = tmp_path / "run" / "ports.json"
    messages = (name.replace("_", "-") for name in DEFAULT_PORTS)
    ports_of_its_own = (f"--{name}-port=0" for name in ("gateway", "sberbank", "timestamp", "control", *messages))
    options = ("--dir", str(tmp_path), *ports_of_its_own, "--port-file", str(ports))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *options, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), timeout=30)
        addresses = json.loads(line)
        assert json.loads(ports.read_text()) == addresses
        assert {"ca", "client_certificate", "client_key", "fernet_key_file"} <= addresses.keys()
        async with aiohttp.ClientSession() as session:
            state = await ControlClient(addresses["control_url"], session).get("/state")
        assert (state["gateway"], state["timestamps"]) == (addresses["gateway_url"], addresses["timestamp_url"])
        assert (tmp_path / "gost/root.crt").exists()  # what a hub trusts its timestamps by
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), timeout=30) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
