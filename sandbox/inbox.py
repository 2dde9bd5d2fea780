"""What arrived at the simulated recipients: every text that a provider's simulator delivered, and a page to read them.

GET /inbox[?recipient=&channel=]        a page for people; all of it is escaped, and it may load and run nothing
GET /inbox.json[?recipient=&channel=]   {"count": all that ever came, "messages": [`Arrived`, newest first]}
DELETE /inbox                           throw all of it away
"""

import dataclasses
import html
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

_MESSAGES_KEPT = 10_000  # some megabytes; the oldest go first
_SHOWN = 200  # on one page; the newest
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One message as its recipient got it.

    Attributes:
        channel: "sms", "email", "telegram" or "max".
        provider: Whose simulator delivered it, "smsc".
        vendor_id: Its id there.
        sender: Sender name or address.
        recipient: Phone number, address or chat.
        subject: Of an e-mail.
        text: As plain text.
        html: As HTML, of an e-mail that has it.
        attachments: File names.
        time: When it was delivered, by the sandbox's clock.
    """

    channel: str
    provider: str
    recipient: str
    text: str
    time: datetime
    vendor_id: str = ""
    sender: str = ""
    subject: str = ""
    html: str = ""
    attachments: tuple[str, ...] = ()


class Inbox:
    """All recipients' messages of one sandbox, the last ten thousand."""

    def __init__(self) -> None:
        self._messages: deque[Arrived] = deque(maxlen=_MESSAGES_KEPT)
        self._count = 0

    def __len__(self) -> int:
        """How many ever arrived, those that are no longer kept included."""
        return self._count

    def add(self, message: Arrived) -> None:
        """Deliver a message."""
        self._messages.append(message)
        self._count += 1

    def messages(self, *, recipient: str = "", channel: str = "") -> Sequence[Arrived]:
        """Return what arrived, newest first; an empty filter is any."""
        return [
            message
            for message in reversed(self._messages)
            if recipient in {"", message.recipient} and channel in {"", message.channel}
        ]

    def clear(self) -> None:
        """Throw all of it away."""
        self._messages.clear()
        self._count = 0

    def routes(self) -> list[web.RouteDef]:
        """The routes of this module's docstring."""
        return [
            web.get("/inbox", self._get_page),
            web.get("/inbox.json", self._get_json),
            web.delete("/inbox", self._delete),
        ]

    async def _get_page(self, request: web.Request) -> web.Response:
        page = _page(self._filtered(request), count=self._count)
        return web.Response(text=page, content_type="text/html", charset="utf-8", headers=_HEADERS)

    async def _get_json(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"count": self._count, "messages": [_to_json(message) for message in self._filtered(request)]}
        )

    async def _delete(self, _request: web.Request) -> web.Response:
        self.clear()
        return web.json_response({})

    def _filtered(self, request: web.Request) -> Sequence[Arrived]:
        return self.messages(recipient=request.query.get("recipient", ""), channel=request.query.get("channel", ""))


def _to_json(message: Arrived) -> dict[str, Any]:
    return dataclasses.asdict(message) | {"time": message.time.isoformat()}


def _page(messages: Sequence[Arrived], *, count: int) -> str:
    shown = messages[:_SHOWN]
    cards = "\n".join(_card(message) for message in shown) or "<p>Пока ничего не пришло.</p>"
    return f"""<!doctype html>
<html lang="ru">
<head>
<meta charset="utf-8">
<title>Входящие песочницы</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f1d; }}
article {{ border: 1px solid #ccd3cf; border-radius: 6px; padding: .75rem 1rem; margin: 1rem 0; }}
header {{ color: #5a645f; font-size: .875rem; }}
h2 {{ font-size: 1.0625rem; margin: .25rem 0; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .5rem 0 0; }}
details pre {{ font-family: ui-monospace, monospace; font-size: .8125rem; }}
</style>
</head>
<body>
<h1>Входящие песочницы</h1>
<p>Всего пришло: {count}. Показано: {len(shown)}, сначала новые. Никто, кроме этой страницы, их не получал.</p>
{cards}
</body>
</html>
"""


def _card(message: Arrived) -> str:
    moment = message.time.strftime("%Y-%m-%d %H:%M:%S UTC")
    about = " · ".join(part for part in (message.channel, message.provider, message.vendor_id, moment) if part)
    route = f"{message.sender} → {message.recipient}" if message.sender else message.recipient
    parts = [f"<article>\n<header>{html.escape(about)}<br>{html.escape(route)}</header>"]
    if message.subject:
        parts.append(f"<h2>{html.escape(message.subject)}</h2>")
    parts.append(f"<pre>{html.escape(message.text)}</pre>")
    if message.html:
        source = html.escape(message.html)
        parts.append(f"<details><summary>HTML, как он пришёл</summary><pre>{source}</pre></details>")
    if message.attachments:
        parts.append(f"<p>Вложения: {html.escape(', '.join(message.attachments))}</p>")
    return "\n".join([*parts, "</article>"])
