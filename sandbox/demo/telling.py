"""Has both parties told of the deal by rules, and waits until the simulated recipients have it in their inbox."""

import asyncio
import dataclasses
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from landhub.notifications.v1 import notifications_pb2, recipients_service_pb2, rules_service_pb2
from landhub_client import Client
from sandbox.demo import papers
from sandbox.demo.installation import Installation
from sandbox.demo.messages import MAIL, SMS
from sandbox.demo.stack import fetch

_REGISTRATION = "rosreestr.registration.state_changed"
_PAYMENT = "payments.payment.state_changed"
_LOOKS, _LOOK_SECONDS = 120, 0.5


class UntoldError(Exception):
    """Somebody was not told; the message says what is missing."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody to be told."""

    role: str
    name: str
    phone: str
    email: str


SELLER = Party(role="seller", name="Иван Образцович", phone="+79990000101", email="testov@seller.example.com")
BUYER = Party(role="buyer", name="Пётр Примерович", phone="+79990000102", email="pokupatelev@buyer.example.com")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """Whom what is told by which template and account."""

    event_type: str
    state: str
    template: str
    account: str
    roles: tuple[str, ...] = ()


_RULES = (
    _Rule(event_type=_REGISTRATION, state="SUBMITTED", template="landhub-registration-submitted", account=SMS),
    _Rule(event_type=_REGISTRATION, state="REGISTERED", template="landhub-registration-registered", account=SMS),
    _Rule(
        event_type=_PAYMENT,
        state="CAPTURED",
        template="landhub-payment-received",
        account=MAIL,
        roles=(BUYER.role,),
    ),
)
# Who has to find what in his inbox before the demo is done.
_EXPECTED = (
    (SELLER.phone, "Росреестр принял документы"),
    (BUYER.phone, "Росреестр принял документы"),
    (SELLER.phone, "Росреестр зарегистрировал переход права"),
    (BUYER.phone, "Росреестр зарегистрировал переход права"),
)
_RECEIVED = tuple(
    (BUYER.email, f"{kopecks // 100:,}".replace(",", "\u00a0") + ",00\u00a0₽")
    for kopecks in (papers.ADVANCE_KOPECKS, papers.PRICE_KOPECKS - papers.ADVANCE_KOPECKS)
)


class Telling:
    """What the backend of a land company sets up once, so that people are told by themselves."""

    def __init__(self, *, client: Client, installation: Installation, request_id: Callable[[str], str]) -> None:
        self._client = client
        self._installation = installation
        self._request_id = request_id

    async def set_up(self) -> None:
        """Name the parties of the deal, and make the rules by which they are told."""
        for party in (SELLER, BUYER):
            await self._client.recipients.CreateContact(
                recipients_service_pb2.CreateContactRequest(
                    request_id=self._request_id(f"contact {party.role}"),
                    business_reference=papers.BUSINESS_REFERENCE,
                    role=party.role,
                    recipient=notifications_pb2.Recipient(phone=party.phone, email=party.email),
                    full_name=party.name,
                )
            )
        for rule in _RULES:
            await self._client.rules.CreateRule(
                rules_service_pb2.CreateRuleRequest(
                    request_id=self._request_id(f"rule {rule.template}"),
                    event_type=rule.event_type,
                    states=[rule.state],
                    template=rule.template,
                    route=[notifications_pb2.RouteStep(account=rule.account)],
                    roles=rule.roles,
                )
            )

    async def arrived(self) -> Sequence[dict[str, Any]]:
        """Wait until everybody has what he is to be told, and return all that arrived, oldest first.

        Raises:
            UntoldError: something didn't arrive.
        """
        missing: list[tuple[str, str]] = []
        for _ in range(_LOOKS):
            messages = await asyncio.to_thread(self._inbox)
            missing = [
                wanted for wanted in (*_EXPECTED, *_RECEIVED) if not any(_is(message, *wanted) for message in messages)
            ]
            if not missing:
                return messages
            await asyncio.sleep(_LOOK_SECONDS)
        raise UntoldError(f"not told: {missing}")

    def _inbox(self) -> Sequence[dict[str, Any]]:
        answer = fetch(self._installation.ports.control, "/inbox.json") or {"messages": []}
        return list(reversed(answer["messages"]))


def _is(message: dict[str, Any], recipient: str, words: str) -> bool:
    return message["recipient"].lstrip("+") == recipient.lstrip("+") and words in message["text"]


def first_line(message: dict[str, Any]) -> str:
    """Return what stands first in a message: an e-mail's subject, or the beginning of its text."""
    return str(message["subject"] or message["text"].partition("\n")[0])


def request_ids(seed: uuid.UUID) -> Callable[[str], str]:
    """Return what makes the request ids of a demo's seed."""
    return lambda step: str(uuid.uuid5(seed, f"telling {step}"))
