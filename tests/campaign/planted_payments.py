"""Bugs put into the payments module on purpose: see planted.py."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import hub.core.outbox
from hub.modules.payments import operating, operations
from hub.modules.payments.creation import Creation
from hub.modules.payments.observation import Standing
from hub.modules.payments.operations import Judgement, OperationKind, Verdict
from hub.modules.payments.providers import _sberbank_requests as requests
from hub.modules.payments.providers import sberbank
from hub.modules.payments.providers._sberbank_callbacks import SberbankCallbacks
from hub.modules.payments.providers.sberbank import Sberbank
from hub.resilience import json_answer


def _open_again_without_asking() -> None:
    find_out = Creation._find_out

    async def open_again(creation: Creation, port: Any, row: Any, lease: Any, *, taken: bool = False) -> Any:
        if taken:
            return await find_out(creation, port, row, lease, taken=taken)
        return await creation._open(port, replace(row, sent_time=None), lease)

    Creation._find_out = open_again  # type: ignore[method-assign,assignment]


def _open_the_next_without_declining() -> None:
    async def seal(creation: Creation, port: Any, row: Any, lease: Any, found: Any) -> Any:
        return await creation._ended(port, replace(row, is_sealing=True), lease, found, creation._clock.now())

    Creation._seal = seal  # type: ignore[method-assign,assignment]


def _refund_again_without_a_number() -> None:
    judge = operations.judge

    def judged(sent: Any, seen: Any, **how: Any) -> Judgement:
        verdict = judge(sent, seen, **how)
        is_review = sent.kind is OperationKind.REFUND and verdict.verdict is Verdict.REVIEW
        return Judgement(Verdict.SEND_AGAIN) if is_review else verdict

    operating.judge = judged  # type: ignore[attr-defined]


def _reverse_again() -> None:
    judge = operations.judge

    def judged(sent: Any, seen: Any, **how: Any) -> Judgement:
        is_held = sent.kind is OperationKind.CANCEL and seen.standing is Standing.HELD
        return Judgement(Verdict.SEND_AGAIN) if is_held else judge(sent, seen, **how)

    operating.judge = judged  # type: ignore[attr-defined]


def _number_refunds_anew() -> None:
    """As if a refund's number were made when it is sent, and not when it is asked for."""
    refund = Sberbank.refund
    sent: list[None] = []

    async def anew(port: Sberbank, order: Any, *, guard: Any = None) -> None:
        sent.append(None)
        await refund(port, replace(order, reference=f"R{len(sent):031}"), guard=guard)

    Sberbank.refund = anew  # type: ignore[method-assign,assignment]


def _log_the_answer() -> None:
    parse = json_answer.parse_object

    def talkative(body: bytes) -> Any:
        hub.core.outbox.log.warning("answered", body=body.decode())
        return parse(body)

    sberbank.parse_object = talkative  # type: ignore[attr-defined]


def _log_the_request() -> None:
    encode = requests.encode

    def talkative(dialect: Any, login: Any, fields: Any) -> Any:
        hub.core.outbox.log.warning("asking", login=login.fields())
        return encode(dialect, login, fields)

    requests.encode = talkative


def _believe_any_checksum() -> None:
    SberbankCallbacks._proves = lambda *_: True  # type: ignore[method-assign]


PLANTED_IN_PAYMENTS: Final[Mapping[str, Callable[[], None]]] = {
    "open-again-without-asking": _open_again_without_asking,
    "open-next-without-declining": _open_the_next_without_declining,
    "refund-again-without-number": _refund_again_without_a_number,
    "reverse-again": _reverse_again,
    "number-refunds-anew": _number_refunds_anew,
    "card-in-the-log": _log_the_answer,
    "password-in-the-log": _log_the_request,
    "believe-any-checksum": _believe_any_checksum,
}
