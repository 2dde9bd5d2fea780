"""Submitting, following, adding to and withdrawing a registration."""

import dataclasses

import pytest

from sandbox.app import Sandbox
from sandbox.foreign_signer import sign_detached
from sandbox.settings import PLAIN_GATEWAY, SandboxSettings
from sandbox.test_ca import Subject, TestAuthority
from tests.unit.sandbox.raw_gateway import (
    DATE,
    RawGateway,
    connect,
    document,
    documents_request,
    registration_request,
    status_request,
    withdrawal_request,
)


async def status_word(gateway: RawGateway, request_id: str) -> str | None:
    return (await gateway.status(request_id)).text("Status")


async def test_a_registration_goes_its_way_by_the_sandboxs_clock(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await gateway.submit()
    words = []
    for _ in range(3):
        words.append(await status_word(gateway, request_id))
        sandbox.clock.advance(seconds=1)
    assert words == ["ACCEPTED", "IN_PROGRESS", "REGISTERED"]
    answer = await gateway.status(request_id)
    assert answer.text("RegistrationNumber") == "50:20:0010101:101-50/020/2026-1"
    assert answer.text("CompletionDate") == "2026-11-23"
    assert answer.text("StatusDate") == "2026-11-23T12:00:02+03:00"


async def test_steps_missed_between_two_looks_keep_their_own_moments(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await gateway.submit()
    sandbox.clock.advance(seconds=86_400)
    registration = sandbox.book.find(request_id)
    assert registration is not None
    moments = [status.at for status in registration.progress.history]
    assert [(later - moments[0]).total_seconds() for later in moments] == [0, 1, 2]


async def test_a_suspended_registration_goes_on_when_documents_arrive(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await gateway.submit(contract="17-suspended")
    sandbox.clock.advance(seconds=100)
    suspended = await gateway.status(request_id)
    assert suspended.text("Status") == "SUSPENDED"
    assert suspended.text("StatusDetail/Until") == "2027-02-21"
    assert suspended.text("StatusDetail/Reason")
    added = await gateway.post("/registration/documents", documents_request(request_id, document()))
    assert added.text("Accepted") == "1"
    assert await status_word(gateway, request_id) == "SUSPENDED"
    sandbox.clock.advance(seconds=2)
    assert await status_word(gateway, request_id) == "REGISTERED"


async def test_a_suspension_that_runs_out_ends_in_a_refusal(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await gateway.submit(contract="17-suspended")
    sandbox.clock.advance(seconds=91 * 86_400)
    refused = await gateway.status(request_id)
    assert refused.text("Status") == "REFUSED"
    assert refused.text("StatusDetail/Reason")


async def test_a_duty_is_told_with_its_uin_and_sum_and_waits_for_payment(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await gateway.submit(contract="17-duty")
    sandbox.clock.advance(seconds=100)
    due = await gateway.status(request_id)
    assert due.text("Status") == "AWAITING_PAYMENT"
    assert due.text("StatusDetail/Sum") == "4000.00"
    assert due.text("StatusDetail/UIN") == "00000000000000000001"
    registration = sandbox.book.find(request_id)
    assert registration is not None
    sandbox.book.let_come(registration, "payment")
    sandbox.clock.advance(seconds=2)
    assert await status_word(gateway, request_id) == "REGISTERED"


@pytest.mark.parametrize(
    ("scenario", "word"),
    [
        ("refused", "REFUSED"),
        ("stuck", "IN_PROGRESS"),
        ("russian", "Зарегистрировано"),
        ("requirements", "REQUIREMENTS"),
    ],
)
async def test_the_contract_number_picks_the_scenario(
    sandbox: Sandbox, gateway: RawGateway, scenario: str, word: str
) -> None:
    request_id = await gateway.submit(contract=f"17-{scenario}")
    sandbox.clock.advance(seconds=1000)
    assert await status_word(gateway, request_id) == word


async def test_the_same_reference_and_content_answers_the_same_registration(
    sandbox: Sandbox, gateway: RawGateway
) -> None:
    first = await gateway.submit()
    later = DATE.replace("09:00", "10:00")
    again = await gateway.post("/registration/submit", registration_request(date=later))
    assert again.root.tag == "RegistrationResponse"
    assert again.text("RequestID") == first
    assert len(sandbox.book) == 1


async def test_the_same_reference_and_other_content_is_a_duplicate(sandbox: Sandbox, gateway: RawGateway) -> None:
    first = await gateway.submit()
    other = await gateway.post("/registration/submit", registration_request(price="1.00"))
    assert other.text("Code") == "DUPLICATE"
    assert other.text("RequestID") == first
    assert len(sandbox.book) == 1


async def test_a_registration_is_found_by_its_client_reference(gateway: RawGateway) -> None:
    request_id = await gateway.submit("ref-7")
    answer = await gateway.post("/registration/status", status_request(reference="ref-7"))
    assert answer.text("RequestID") == request_id


async def test_an_unknown_registration_is_request_not_found(gateway: RawGateway) -> None:
    answer = await gateway.post("/registration/status", status_request(reference="nobody"))
    assert answer.text("Code") == "REQUEST_NOT_FOUND"


@pytest.mark.parametrize(
    "request_document",
    [
        registration_request(price="1500000"),
        registration_request(price="-1.00"),
        registration_request(documents=document(b"")),
        registration_request(documents=document(kind="LETTER")),
        registration_request().replace("<INN>502099000124</INN>", "<INN>123</INN>"),
        registration_request().replace("</Seller>", "</Seller><Seller><FullName>Второй</FullName></Seller>"),
    ],
)
async def test_a_malformed_submission_registers_nothing(
    sandbox: Sandbox, gateway: RawGateway, request_document: str
) -> None:
    answer = await gateway.post("/registration/submit", request_document)
    assert answer.status == 400
    assert len(sandbox.book) == 0


async def test_a_document_of_the_largest_size_is_taken(sandbox: Sandbox, gateway: RawGateway) -> None:
    large = document(b"x" * 12 * 1024 * 1024)
    answer = await gateway.post("/registration/submit", registration_request(documents=large))
    assert answer.root.tag == "RegistrationResponse"
    assert sandbox.book.registrations()[0].documents[0].size_bytes == 12 * 1024 * 1024


async def test_a_request_over_the_limit_is_413(gateway: RawGateway) -> None:
    assert (await gateway.post_bytes("/registration/submit", b"x" * (32 * 1024 * 1024 + 1))).status == 413


async def test_documents_under_the_same_reference_are_added_once(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await gateway.submit()
    for _ in range(2):
        answer = await gateway.post("/registration/documents", documents_request(request_id, document(), document()))
        assert answer.text("Accepted") == "2"
    assert len(sandbox.book.registrations()[0].documents) == 2


async def test_a_final_registration_takes_no_documents_and_no_withdrawal(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await gateway.submit()
    sandbox.clock.advance(seconds=10)
    added = await gateway.post("/registration/documents", documents_request(request_id, document()))
    withdrawn = await gateway.post("/registration/withdraw", withdrawal_request(request_id))
    assert added.text("Code") == withdrawn.text("Code") == "REFUSED"


async def test_a_withdrawn_registration_stays_withdrawn(sandbox: Sandbox, gateway: RawGateway) -> None:
    request_id = await gateway.submit()
    for _ in range(2):
        answer = await gateway.post("/registration/withdraw", withdrawal_request(request_id))
        assert answer.text("Status") == "WITHDRAWN"
    sandbox.clock.advance(seconds=100)
    assert await status_word(gateway, request_id) == "WITHDRAWN"


async def test_the_plain_gateway_refuses_extensions_and_registers_each_submission(settings: SandboxSettings) -> None:
    async with Sandbox.start(dataclasses.replace(settings, extensions=PLAIN_GATEWAY)) as sandbox:
        gateway = connect(sandbox)
        async with gateway.session:
            refused = await gateway.post("/registration/submit", registration_request("ref-1"))
            lookup = await gateway.post("/registration/status", status_request(reference="ref-1"))
            first, second = await gateway.submit(None), await gateway.submit(None)
            later = await gateway.post("/registration/documents", documents_request(first, document()))
        assert (refused.status, lookup.status, later.status) == (400, 400, 404)
        assert first != second
        assert len(sandbox.book) == 2


async def test_a_registration_outlives_a_restart(settings: SandboxSettings) -> None:
    async with Sandbox.start(settings) as sandbox:
        gateway = connect(sandbox)
        async with gateway.session:
            request_id = await gateway.submit("ref-1", contract="17-suspended")
    with (settings.directory / "ledger.jsonl").open("ab") as ledger:
        ledger.write(b'{"request_id": "cut short by a cra')
    async with Sandbox.start(settings) as sandbox:
        gateway = connect(sandbox)
        async with gateway.session:
            assert await gateway.submit("ref-1", contract="17-suspended") == request_id
            assert await gateway.submit("ref-2") != request_id
    async with Sandbox.start(settings) as sandbox:
        assert len(sandbox.book) == 2


async def test_a_registration_is_on_the_disk_before_it_is_told_of(
    settings: SandboxSettings, gateway: RawGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    ledger = settings.directory / "ledger.jsonl"
    monkeypatch.setattr("sandbox.registrations.os.fsync", lambda _file: synced.append(ledger.read_bytes()))
    request_id = await gateway.submit()
    assert [request_id.encode() in content for content in synced] == [True]


async def test_only_good_signatures_are_taken_when_the_gateway_verifies(
    settings: SandboxSettings, authority: TestAuthority
) -> None:
    buyer = authority.issue("buyer-of-plot", Subject(common_name="Примерова Анна Макетовна", inn="502099000205"))
    good = sign_detached(b"contract", buyer, authority)
    async with Sandbox.start(dataclasses.replace(settings, signature_ca=authority.chain_path)) as sandbox:
        gateway = connect(sandbox)
        async with gateway.session:
            bad = await gateway.post(
                "/registration/submit", registration_request(documents=document(b"changed", signatures=[good]))
            )
            assert bad.text("Code") == "REFUSED"
            assert len(sandbox.book) == 0
            taken = await gateway.post(
                "/registration/submit", registration_request(documents=document(b"contract", signatures=[good]))
            )
            assert taken.root.tag == "RegistrationResponse"
        assert sandbox.book.registrations()[0].documents[0].signatures == 1
