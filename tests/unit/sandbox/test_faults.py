"""Each fault does to a call what its docstring says, and no more."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from cryptography.fernet import InvalidToken
from lxml import etree

from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultBoard, FaultKind
from tests.unit.sandbox.raw_gateway import RawGateway, cadastral_request, registration_request, status_request

LOST = (aiohttp.ClientError, ConnectionError)


async def submit(gateway: RawGateway, reference: str = "ref-1") -> str | None:
    answer = await gateway.post("/registration/submit", registration_request(reference))
    return answer.text("RequestID")


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.HTTP_STATUS, FaultKind.HTML, FaultKind.ERROR])
async def test_a_fault_before_the_work_commits_nothing(sandbox: Sandbox, gateway: RawGateway, kind: FaultKind) -> None:
    sandbox.faults.add(Fault(kind=kind))
    try:
        await gateway.post("/registration/submit", registration_request())
    except LOST:
        pass  # RESET
    assert len(sandbox.book) == 0
    assert sandbox.faults.struck[kind] == 1
    assert await submit(gateway)


async def test_a_call_that_hangs_is_cut_off_when_the_gateway_stops(sandbox: Sandbox, gateway: RawGateway) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.HANG))
    call = asyncio.create_task(gateway.post("/registration/submit", registration_request()))
    await sandbox.gateway.wait_until(lambda: bool(sandbox.gateway.calls and sandbox.gateway.calls[-1].document))
    await sandbox.gateway.stop()
    with pytest.raises(LOST):
        await call
    assert len(sandbox.book) == 0


@pytest.mark.parametrize("kind", [FaultKind.ANSWER_LOST, FaultKind.CUT_BODY])
async def test_an_answer_lost_after_the_work_leaves_one_registration(
    sandbox: Sandbox, gateway: RawGateway, kind: FaultKind
) -> None:
    sandbox.faults.add(Fault(kind=kind))
    with pytest.raises(LOST):
        await submit(gateway)
    assert len(sandbox.book) == 1
    found = await gateway.post("/registration/status", status_request(reference="ref-1"))
    assert found.text("RequestID") == await submit(gateway)


async def test_a_late_commit_is_found_only_after_its_delay(sandbox: Sandbox, gateway: RawGateway) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.COMMIT_LATE, seconds=60))
    with pytest.raises(LOST):
        await submit(gateway)
    sandbox.clock.advance(seconds=59)
    early = await gateway.post("/registration/status", status_request(reference="ref-1"))
    assert early.text("Code") == "REQUEST_NOT_FOUND"
    assert (len(sandbox.book), sandbox.book.late) == (0, 1)
    sandbox.clock.advance(seconds=1)
    found = await gateway.post("/registration/status", status_request(reference="ref-1"))
    assert found.text("Status") == "ACCEPTED"
    assert (len(sandbox.book), sandbox.book.late) == (1, 0)


async def test_a_late_commit_whose_reference_was_sent_again_makes_no_second_one(
    sandbox: Sandbox, gateway: RawGateway
) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.COMMIT_LATE, seconds=60))
    with pytest.raises(LOST):
        await submit(gateway)
    await submit(gateway)
    sandbox.clock.advance(seconds=120)
    assert len(sandbox.book) == 1


async def test_a_lagging_status_hides_a_registration_that_is_there(sandbox: Sandbox, gateway: RawGateway) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.STATUS_LAGS, seconds=60))
    request_id = await submit(gateway)
    for asked in (status_request(request_id=request_id), status_request(reference="ref-1")):
        assert (await gateway.post("/registration/status", asked)).text("Code") == "REQUEST_NOT_FOUND"
    assert len(sandbox.book) == 1
    sandbox.clock.advance(seconds=60)
    assert (await gateway.post("/registration/status", status_request(reference="ref-1"))).text("Status")


async def test_a_false_duplicate_names_the_registration_just_made(sandbox: Sandbox, gateway: RawGateway) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.FALSE_DUPLICATE))
    answer = await gateway.post("/registration/submit", registration_request())
    assert answer.text("Code") == "DUPLICATE"
    assert answer.text("RequestID") == sandbox.book.registrations()[0].request_id


async def test_too_many_requests_tell_when_to_come_back(sandbox: Sandbox, gateway: RawGateway) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.HTTP_STATUS, http_status=429, retry_after_seconds=7))
    answer = await gateway.post("/cadaster/info", cadastral_request())
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "7"
    assert b"<html" in answer.body


async def test_an_error_document_may_be_any(sandbox: Sandbox, gateway: RawGateway) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.ERROR, code="MAINTENANCE", message="Работы", http_status=503))
    answer = await gateway.post("/cadaster/info", cadastral_request())
    assert (answer.status, answer.text("Code"), answer.text("Message")) == (503, "MAINTENANCE", "Работы")


async def test_an_unknown_status_word_is_told(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await submit(gateway)
    sandbox.faults.add(Fault(kind=FaultKind.UNKNOWN_STATUS, word="ЖДЁТ"))
    asked = status_request(request_id=request_id)
    assert (await gateway.post("/registration/status", asked)).text("Status") == "ЖДЁТ"
    assert (await gateway.post("/registration/status", asked)).text("Status") == "ACCEPTED"


async def info(gateway: RawGateway, sandbox: Sandbox, kind: FaultKind, **fields: Any) -> bytes:
    sandbox.faults.add(Fault(kind=kind, **fields))
    answer = await gateway.post("/cadaster/info", cadastral_request())
    assert answer.status == 200
    return answer.document or answer.body


async def test_an_answer_in_windows_1251_is_declared_and_readable(sandbox: Sandbox, gateway: RawGateway) -> None:
    document = await info(gateway, sandbox, FaultKind.WINDOWS_1251)
    assert b'encoding="windows-1251"' in document
    assert "Образцово" in (etree.fromstring(document).findtext("Address") or "")
    assert "Образцово".encode("cp1251") in document


async def test_a_wrong_charset_is_not_readable_as_declared(sandbox: Sandbox, gateway: RawGateway) -> None:
    document = await info(gateway, sandbox, FaultKind.WRONG_CHARSET)
    assert b'encoding="UTF-8"' in document
    with pytest.raises(UnicodeDecodeError):
        document.decode()


async def test_a_cut_document_comes_in_a_sound_token(sandbox: Sandbox, gateway: RawGateway) -> None:
    document = await info(gateway, sandbox, FaultKind.CUT_DOCUMENT)
    assert document.startswith(b"<?xml")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(document)


async def test_an_empty_answer_has_no_body(sandbox: Sandbox, gateway: RawGateway) -> None:
    assert await info(gateway, sandbox, FaultKind.EMPTY) == b""


async def test_a_bad_token_opens_under_no_shared_key(sandbox: Sandbox, gateway: RawGateway) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.BAD_TOKEN))
    with pytest.raises(InvalidToken):
        await gateway.post("/cadaster/info", cadastral_request())


async def test_a_bomb_would_expand_to_gigabytes(sandbox: Sandbox, gateway: RawGateway) -> None:
    document = await info(gateway, sandbox, FaultKind.XML_BOMB)
    assert document.count(b"<!ENTITY") == 10
    assert b"&e9;</Address>" in document
    with pytest.raises(etree.XMLSyntaxError):  # libxml2 stops it by itself
        etree.fromstring(document, etree.XMLParser(resolve_entities=True))


async def test_a_doctype_stands_over_the_right_answer(sandbox: Sandbox, gateway: RawGateway) -> None:
    document = await info(gateway, sandbox, FaultKind.DTD)
    assert b"<!DOCTYPE CadastralResponse>" in document
    assert etree.fromstring(document).findtext("CadastralNumber")


async def test_an_external_entity_points_where_it_is_told(sandbox: Sandbox, gateway: RawGateway) -> None:
    document = await info(gateway, sandbox, FaultKind.XXE, url="http://127.0.0.1:9/secret")
    assert b'SYSTEM "http://127.0.0.1:9/secret"' in document
    assert b"&outside;</Address>" in document


async def test_depth_elements_and_size_go_over_the_limits_of_the_page(sandbox: Sandbox, gateway: RawGateway) -> None:
    deep = etree.fromstring(await info(gateway, sandbox, FaultKind.TOO_DEEP))
    assert max(sum(1 for _ in element.iterancestors()) for element in deep.iter("Deeper")) > 64
    many = etree.fromstring(await info(gateway, sandbox, FaultKind.TOO_MANY_ELEMENTS))
    assert sum(1 for _ in many.iter()) > 20_000
    assert len(await info(gateway, sandbox, FaultKind.HUGE)) == 17 * 1024 * 1024 + len(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
    ) + _cyrillic_overhead(many)


def _cyrillic_overhead(root: etree._Element) -> int:
    """UTF-8 takes two bytes for a Cyrillic letter; the padding counts letters."""
    text = "".join(element.text or "" for element in root)
    return len(text.encode()) - len(text)


async def test_unknown_and_duplicate_elements_stand_beside_the_right_ones(
    sandbox: Sandbox, gateway: RawGateway
) -> None:
    unknown = etree.fromstring(await info(gateway, sandbox, FaultKind.UNKNOWN_ELEMENT))
    assert unknown[-1].tag == "NewElement"
    double = etree.fromstring(await info(gateway, sandbox, FaultKind.DUPLICATE_ELEMENTS))
    assert len(double.findall("CadastralNumber")) == 2


async def test_a_moment_without_an_offset_is_moscow_time(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await submit(gateway)
    sandbox.faults.add(Fault(kind=FaultKind.NO_OFFSET))
    answer = await gateway.post("/registration/status", status_request(request_id=request_id))
    assert answer.text("StatusDate") == "2026-11-23T12:00:00"


@pytest.mark.parametrize("kind", [FaultKind.LATENCY, FaultKind.SLOW_ANSWER, FaultKind.SLOW_TRICKLE])
async def test_a_slow_answer_is_the_right_one(sandbox: Sandbox, gateway: RawGateway, kind: FaultKind) -> None:
    document = await info(gateway, sandbox, kind, seconds=0.01)
    assert etree.fromstring(document).tag == "CadastralResponse"


async def test_a_client_that_gave_up_does_not_stop_the_commit(sandbox: Sandbox, gateway: RawGateway) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.LATENCY, seconds=0.2))
    call = asyncio.create_task(gateway.post("/registration/submit", registration_request()))
    await sandbox.gateway.wait_until(lambda: bool(sandbox.gateway.calls and sandbox.gateway.calls[-1].document))
    call.cancel()
    await asyncio.wait({call})
    await sandbox.gateway.wait_until(lambda: sandbox.gateway.calls[-1].outcome == "ok")
    assert len(sandbox.book) == 1


async def test_faults_strike_together_and_only_the_operation_they_name(sandbox: Sandbox, gateway: RawGateway) -> None:
    sandbox.faults.add(
        Fault(kind=FaultKind.STATUS_LAGS, operation="registration.submit", seconds=60),
        Fault(kind=FaultKind.ANSWER_LOST, operation="registration.submit"),
    )
    assert (await gateway.post("/cadaster/info", cadastral_request())).text("Area")
    with pytest.raises(LOST):
        await submit(gateway)
    assert sandbox.gateway.calls[-1].faults == ("status_lags", "answer_lost")
    assert sandbox.faults.waiting == ()


def test_a_fault_strikes_as_many_calls_as_it_says() -> None:
    board = FaultBoard()
    board.add(Fault(kind=FaultKind.RESET, times=2), Fault(kind=FaultKind.LATENCY, times=None))
    struck = [tuple(fault.kind for fault in board.take("cadaster.info")) for _ in range(3)]
    both = (FaultKind.RESET, FaultKind.LATENCY)
    assert struck == [both, both, (FaultKind.LATENCY,)]


def test_faults_by_probability_are_the_same_for_the_same_seed() -> None:
    def drawn(seed: int) -> list[bool]:
        board = FaultBoard(seed=seed)
        board.add(Fault(kind=FaultKind.RESET, times=None, probability=0.3))
        return [bool(board.take("rights.check")) for _ in range(200)]

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)
    assert 30 < sum(drawn(7)) < 90


async def test_an_outside_entity_is_not_fetched_by_a_safe_parser(sandbox: Sandbox, gateway: RawGateway) -> None:
    fetched: list[str] = []

    async def note(request: web.Request) -> web.Response:
        fetched.append(request.path)
        return web.Response(text="leaked")

    application = web.Application()
    application.router.add_get("/entity", note)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/entity"
        document = await info(gateway, sandbox, FaultKind.XXE, url=url)
        etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    finally:
        await runner.cleanup()
    assert fetched == []
