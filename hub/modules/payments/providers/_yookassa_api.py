"""The API's ways of asking: writes under an idempotence key, objects by their id, and lists page by page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote, urlencode

from hub.modules.payments.providers._yookassa_answers import LIST_FIELDS, PAYMENT_FIELDS, REFUND_FIELDS
from hub.modules.payments.providers._yookassa_errors import Asked, check
from hub.modules.payments.providers._yookassa_requests import Login
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Guard, Safety, Surprise
from hub.resilience.upstream import Upstream

T = TypeVar("T")

Read = Callable[[Fields, Surprise], T]
"""Makes something of an object; raises as the answers do."""
ReadAll = Callable[[Sequence[Fields], Surprise], T]
"""Makes something of a page of a list."""

_PAGE_SIZE = 100  # the most there is


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A request that changes something. `reference`, where it opens a payment, is its key; `route` as `HttpRequest`."""

    operation: str
    path: str
    key: str
    body: bytes = field(repr=False)
    asked: Asked = Asked.CHANGE
    route: str = ""


class YookassaApi:
    """Asks with one shop's credentials."""

    def __init__(self, *, gateway: HttpGateway, upstream: Upstream, login: Login) -> None:
        self._gateway = gateway
        self._upstream = upstream
        self._authorization = {"Authorization": login.header()}

    @property
    def name(self) -> str:
        """The upstream's name."""
        return self._upstream.name

    async def write(self, write: Write, read: Read[T], *, known: frozenset[str], guard: Guard | None) -> T:
        """Send a change, again under its key for as long as it isn't answered, and return what `read` makes of it."""
        attempts = 0

        async def counted() -> None:
            nonlocal attempts
            if guard is not None:
                await guard()
            attempts += 1

        def read_answer(answer: HttpAnswer) -> T:
            surprise = self._upstream.surprises(write.operation)
            check(answer, write.asked, reference=write.key, was_repeated=attempts > 1, surprise=surprise)
            return read(Fields(parse_object(answer.body), known=known, surprise=surprise), surprise)

        headers = {**self._authorization, "Content-Type": "application/json", "Idempotence-Key": write.key}
        request = HttpRequest(
            operation=write.operation, path=write.path, headers=headers, body=write.body, route=write.route
        )
        return await self._gateway.post(request, read_answer, safety=Safety.IDEMPOTENT_BY_KEY, guard=counted)

    async def payment(self, vendor_id: str, read: Read[T]) -> T:
        """Return what `read` makes of a payment; raises OrderNotFoundError."""
        path = f"/payments/{in_path(vendor_id)}"
        return await self._read("payments.get", path, read, known=PAYMENT_FIELDS, route="/payments/{id}")

    async def payments(self, since: datetime, until: datetime | None, page: str, read: ReadAll[T]) -> tuple[T, str]:
        """Return what `read` makes of a page of those created from `since` to before `until`, and the next one's name.

        Newest first; the first page has no name, and after the last one comes none.
        """
        query = {"created_at.gte": _moment(since)}
        if until is not None:
            query["created_at.lt"] = _moment(until)
        return await self._list("payments.list", "/payments", query, page, read, known=PAYMENT_FIELDS)

    async def refunds(self, vendor_id: str, page: str, read: ReadAll[T]) -> tuple[T, str]:
        """Return the same of a payment's refunds."""
        query = {"payment_id": vendor_id}
        return await self._list("refunds.list", "/refunds", query, page, read, known=REFUND_FIELDS)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._gateway.close()

    async def _list(
        self, operation: str, path: str, query: dict[str, str], page: str, read: ReadAll[T], *, known: frozenset[str]
    ) -> tuple[T, str]:
        def read_page(answer: Fields, surprise: Surprise) -> tuple[T, str]:
            return read(answer.objects("items", known, surprise), surprise), answer.optional_text("next_cursor")

        asked = {**query, "limit": str(_PAGE_SIZE)} | ({"cursor": page} if page else {})
        return await self._read(operation, f"{path}?{urlencode(asked)}", read_page, known=LIST_FIELDS, route=path)

    async def _read(self, operation: str, path: str, read: Read[T], *, known: frozenset[str], route: str) -> T:
        def read_answer(answer: HttpAnswer) -> T:
            surprise = self._upstream.surprises(operation)
            check(answer, Asked.READ, reference="", was_repeated=False, surprise=surprise)
            return read(Fields(parse_object(answer.body), known=known, surprise=surprise), surprise)

        request = HttpRequest(operation=operation, path=path, headers=self._authorization, route=route)
        return await self._gateway.get(request, read_answer)


def in_path(vendor_id: str) -> str:
    """Return an id as a path holds it: a person may have typed it."""
    return quote(vendor_id, safe="")


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"
