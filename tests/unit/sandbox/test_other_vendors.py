"""The simulated e-mail services and messengers keep their vendors' documentation; all vendors fail on demand."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.messages import generic, telegram, unisender_go
from sandbox.messages import max as max_vendor
from tests.unit.sandbox.raw_vendor import RawVendor

Vendors = Callable[[str], RawVendor]
SEND_EMAIL = f"{unisender_go.BASE}/email/send.json"
BOT = f"/bot{telegram.TOKEN}"


@pytest.fixture
async def vendors(sandbox: Sandbox) -> AsyncIterator[Vendors]:
    async with aiohttp.ClientSession() as session:
        yield lambda name: RawVendor(sandbox, name, session)


def _email(*addresses: str, **more: object) -> dict[str, object]:
    recipients = [
        {"email": one, "metadata": {"hub_id": "h1"}, "substitutions": {"to_name": "Иван"}} for one in addresses
    ]
    plain = {"subject": "Счёт", "from_email": "no-reply@example.ru", "body": {"html": "<b>1</b>", "plaintext": "1"}}
    return {"message": {"recipients": recipients, **(more or plain)}}


async def test_unisender_takes_some_addresses_of_a_batch(sandbox: Sandbox, vendors: Vendors) -> None:
    sandbox.messages.book.refusals["x@example.ru"] = "temporary_unavailable"
    batch = _email("a@example.ru", "x@example.ru", "bad@address", "a@example.ru")
    status, answer = await vendors("unisender_go").post(SEND_EMAIL, batch, X_API_KEY=unisender_go.API_KEY)
    assert (status, answer["emails"]) == (200, ["a@example.ru"])
    assert answer["failed_emails"] == {
        "x@example.ru": "temporary_unavailable",
        "bad@address": "invalid",
        "a@example.ru": "duplicate",
    }
    assert [message.reference for message in sandbox.messages.book.of("unisender_go")] == ["h1"]


async def test_unisender_fills_a_template_that_it_keeps(sandbox: Sandbox, vendors: Vendors) -> None:
    batch = _email(
        "a@example.ru", template_id=unisender_go.TEMPLATE_ID, global_substitutions={"farm": "Заря", "order": 7}
    )
    assert (await vendors("unisender_go").post(SEND_EMAIL, batch, X_API_KEY=unisender_go.API_KEY))[0] == 200
    message = sandbox.messages.book.of("unisender_go")[0]
    assert (message.subject, message.text) == ("Счёт 7", "Здравствуйте, Иван! Счёт 7 от Заря.")
    unknown = _email("a@example.ru", template_id="no")
    assert (await vendors("unisender_go").post(SEND_EMAIL, unknown, X_API_KEY=unisender_go.API_KEY))[0] == 404
    assert (await vendors("unisender_go").post(SEND_EMAIL, batch, X_API_KEY="no"))[1]["code"] == 114


async def test_unisender_signs_a_webhooks_raw_body(sandbox: Sandbox, vendors: Vendors) -> None:
    await vendors("unisender_go").post(SEND_EMAIL, _email("a@example.ru"), X_API_KEY=unisender_go.API_KEY)
    message = sandbox.messages.book.of("unisender_go")[0]
    body = unisender_go.callback([(message, "delivered")], sandbox.clock.now())
    auth = json.loads(body)["auth"]
    keyed = body.replace(auth.encode(), unisender_go.API_KEY.encode())
    assert hashlib.md5(keyed, usedforsecurity=False).hexdigest() == auth


async def test_telegram_demands_patience_for_each_chat_and_all_of_them(sandbox: Sandbox, vendors: Vendors) -> None:
    vendor = vendors("telegram")

    async def send(chat: int) -> int:
        return (await vendor.post(f"{BOT}/sendMessage", {"chat_id": chat, "text": "текст"}))[0]

    assert [await send(1), await send(1)] == [200, 429]
    status, answer = await vendor.post(f"{BOT}/sendMessage", {"chat_id": 1, "text": "текст"})
    assert (status, answer["parameters"]) == (429, {"retry_after": 1})
    assert [await send(chat) for chat in range(2, 32)] == [200] * 29 + [429]
    sandbox.clock.advance(seconds=1)
    assert await send(1) == 200


@pytest.mark.parametrize(
    ("chat", "text", "refusal", "status", "description"),
    [
        (5, "a", "403", 403, "Forbidden: bot was blocked by the user"),
        (5, "a", "400", 400, "Bad Request: chat not found"),
        (5, "", None, 400, "Bad Request: message text is empty"),
        (5, "a" * 4097, None, 400, "Bad Request: message is too long"),
        (-5, "a", "migrated", 400, "Bad Request: group chat was upgraded to a supergroup chat"),
    ],
)
async def test_telegram_refuses(
    sandbox: Sandbox, vendors: Vendors, chat: int, text: str, refusal: str | None, status: int, description: str
) -> None:
    if refusal:
        sandbox.messages.book.refusals[str(chat)] = refusal
    told, answer = await vendors("telegram").post(f"{BOT}/sendMessage", {"chat_id": chat, "text": text})
    assert (told, answer["ok"], answer["description"]) == (status, False, description)
    assert (await vendors("telegram").get("/bot1:no/getMe"))[0] == 401


async def test_max_wants_a_bare_token_and_two_messages_a_second(sandbox: Sandbox, vendors: Vendors) -> None:
    vendor = vendors("max")

    async def send(token: str = max_vendor.TOKEN) -> int:
        return (await vendor.post("/messages?user_id=7", {"text": "текст"}, Authorization=token))[0]

    assert await send(f"Bearer {max_vendor.TOKEN}") == 401
    assert [await send(), await send(), await send()] == [200, 200, 429]
    sandbox.clock.advance(seconds=1)
    assert await send() == 200
    assert sandbox.messages.book.of("max")[0].id.startswith("mid.")


async def test_max_is_not_ready_for_an_attachment_twice(sandbox: Sandbox, vendors: Vendors) -> None:
    body = {"text": "акт", "attachments": [{"type": "file", "payload": {"token": "t"}}]}
    statuses = []
    for _ in range(3):
        statuses.append(await vendors("max").post("/messages?user_id=7", body, Authorization=max_vendor.TOKEN))
        sandbox.clock.advance(seconds=1)
    assert [status for status, _ in statuses] == [400, 400, 200]
    assert statuses[0][1]["code"] == "attachment.not.ready"


async def test_a_generic_gateway_keeps_our_contract(sandbox: Sandbox, vendors: Vendors) -> None:
    vendor, key = vendors("generic_http"), {"api_key": generic.API_KEY}
    sent = await vendor.form("/sms/send", **key, phone="79991234567", message="я" * 71, sender="LANDHUB", reference="r")
    assert sent == {"message_id": "m1", "status": "sent", "cost": "6.00", "parts": 2}
    sandbox.clock.advance(seconds=2)
    assert (await vendor.form("/sms/status", **key, message_id="m1"))["status"] == "delivered"
    bulk = await vendor.form("/sms/send_bulk", **key, phones="79991234567,79260000001", message="a")
    assert (bulk["cost"], len(bulk["messages"])) == ("6.00", 2)
    refused = await vendor.form("/sms/send", api_key="no", phone="79991234567", message="a")
    assert refused["error_code"] == "bad_api_key"


async def test_a_message_whose_answer_is_lost_is_taken_or_taken_late(sandbox: Sandbox, vendors: Vendors) -> None:
    sandbox.faults.add(
        Fault(kind=FaultKind.ANSWER_LOST, operation="telegram.sendMessage"),
        Fault(kind=FaultKind.COMMIT_LATE, operation="max.send", seconds=60),
    )
    with pytest.raises(aiohttp.ClientError):
        await vendors("telegram").post(f"{BOT}/sendMessage", {"chat_id": 1, "text": "a"})
    assert len(sandbox.messages.book.of("telegram")) == 1
    with pytest.raises(aiohttp.ClientError):
        await vendors("max").post("/messages?user_id=7", {"text": "a"}, Authorization=max_vendor.TOKEN)
    assert not sandbox.messages.book.of("max")
    sandbox.clock.advance(seconds=61)
    assert len(sandbox.messages.book.of("max")) == 1
    assert len(sandbox.inbox) == 2


async def test_each_vendor_refuses_connections_alone_and_comes_back(sandbox: Sandbox, vendors: Vendors) -> None:
    await sandbox.messages["max"].stop()
    with pytest.raises(aiohttp.ClientError):
        await vendors("max").get("/me", Authorization=max_vendor.TOKEN)
    assert (await vendors("telegram").get(f"{BOT}/getMe"))[0] == 200
    await sandbox.messages["max"].start()
    assert (await vendors("max").get("/me", Authorization=max_vendor.TOKEN))[0] == 200
