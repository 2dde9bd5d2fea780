"""The inbox: what arrived is kept, counted and shown, and nothing in it comes alive on the page."""

from datetime import UTC, datetime

import aiohttp

from sandbox.app import Sandbox
from sandbox.inbox import Arrived, Inbox

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def arrived(text: str, *, recipient: str = "+79990000001", channel: str = "sms", **more: str) -> Arrived:
    return Arrived(channel=channel, provider="smsc", recipient=recipient, text=text, time=NOW, **more)  # type: ignore[arg-type]


def test_messages_are_found_by_recipient_and_channel_newest_first() -> None:
    inbox = Inbox()
    for text, recipient, channel in (("1", "a@b.example", "email"), ("2", "+79990000001", "sms"), ("3", "+7", "sms")):
        inbox.add(arrived(text, recipient=recipient, channel=channel))
    assert [message.text for message in inbox.messages()] == ["3", "2", "1"]
    assert [message.text for message in inbox.messages(channel="sms")] == ["3", "2"]
    assert [message.text for message in inbox.messages(recipient="a@b.example")] == ["1"]


def test_the_oldest_go_first_and_all_are_counted() -> None:
    inbox = Inbox()
    for number in range(10_001):
        inbox.add(arrived(str(number)))
    assert len(inbox) == 10_001
    kept = inbox.messages()
    assert (len(kept), kept[-1].text) == (10_000, "1")


async def test_the_page_escapes_all_that_arrived_and_may_run_nothing(sandbox: Sandbox) -> None:
    evil = "<script>alert(1)</script>"
    sandbox.inbox.add(
        Arrived(
            channel=evil,
            provider=evil,
            vendor_id=evil,
            sender=evil,
            recipient=evil,
            subject=evil,
            text=evil,
            html=evil,
            attachments=(evil,),
            time=NOW,
        )
    )
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.control_url}/inbox") as response,
    ):
        page = await response.text()
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 9


async def test_the_messages_are_told_as_json_and_thrown_away(sandbox: Sandbox) -> None:
    sandbox.inbox.add(arrived("Право зарегистрировано", subject="тема"))
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{sandbox.control_url}/inbox.json", params={"channel": "sms"}) as response:
            told = await response.json()
        assert told["count"] == 1
        assert told["messages"][0]["text"] == "Право зарегистрировано"
        assert told["messages"][0]["time"] == NOW.isoformat()
        async with session.delete(f"{sandbox.control_url}/inbox") as response:
            assert response.status == 200
    assert len(sandbox.inbox) == 0
