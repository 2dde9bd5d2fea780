"""Payments: opened, paid, captured, cancelled and refunded by backends, payers and operators; settled by a person."""

from collections.abc import Iterator, Sequence
from random import Random

from sqlalchemy import Connection

from landhub.payments.v1 import payments_pb2 as pb
from landhub.payments.v1 import payments_service_pb2 as service
from tests.campaign.acquirers.callbacks import misheard
from tests.campaign.acquirers.port import VISIBILITY_SECONDS, Acquirer
from tests.campaign.evidence import Evidence
from tests.campaign.operations.payments_verdict import Wanted, WantedChange, violations
from tests.campaign.operations.payments_work import SERVICE, Change, Operator, Pay, Payer, Together
from tests.campaign.operations.port import Operation, Scene, request_id

RESOLVE = f"{SERVICE}/ResolvePayment"
PAYERS = (("approve",),) * 6 + (("challenge", "approve"), ("fail", "approve"), ("fail",), ("decline",), ())


class Payments:
    """See ModuleCampaign."""

    name = "payments"

    def __init__(self, acquirer: type[Acquirer]) -> None:
        self._acquirer = acquirer

    def draw(self, random: Random, scene: Scene, number: int) -> list[Operation]:
        """A payment, its payer, and what is done to it afterwards."""
        pay = Pay(
            caller=random.choice(("crm", "office")),
            account=random.choice(self._acquirer.usable(restores=scene.restores)),
            number=f"2026/{number}",
            request_id=request_id(random),
            kopecks=random.choice((100, 19_900, 15_000_001)),
            two_stage=random.random() < 0.45,
            at_once=random.choice((1, 1, 1, 2, 3)),
            other_content=random.random() < 0.2,
            says_expiry=self._acquirer.takes_expiry,
        )
        payer = Payer(
            caller=pay.caller,
            pay=pay,
            outcomes=random.choice(PAYERS),
            after_seconds=random.choice((0.0, 2.0, 30.0)),
            pause_seconds=random.choice((0.5, 10.0)),
        )
        if random.random() < 0.12:  # while he pays
            return [pay, Together(caller=pay.caller, operations=(payer, _cancel(random, pay)))]
        return [pay, payer, *(_of_held(random, pay) if pay.two_stage else ()), *_of_paid(random, pay)]

    async def close(self, scene: Scene, operations: Sequence[Operation]) -> None:
        """A person looks at what waits for one, well after everything shows, and settles most of it."""
        every = list(_each(operations))
        waiting = [item for item in every if isinstance(item, Pay) and await _needs_review(item, scene)]
        if waiting:
            await scene.pause(2 * VISIBILITY_SECONDS)
        for pay in waiting:
            await _settle(pay, [item for item in every if getattr(item, "pay", None) is pay], scene)

    def waits_for_others(self, conn: Connection, scene: Scene) -> set[str]:
        """What is held until somebody captures it, and what a person did not settle; but for what is looked at soon."""
        del scene
        looked_at = "select resource_id from outbox_jobs where kind = 'payments.look' and state in ('ready', 'leased')"
        query = (
            "select id from payments_payments where (state in ('AUTHORIZED', 'NEEDS_REVIEW') or held > 0)"
            f" and id not in ({looked_at})"
        )
        return {known for (known,) in conn.exec_driver_sql(query)}

    def violations(self, evidence: Evidence, operations: Sequence[Operation]) -> Iterator[str]:
        """Hold the acquirer's book, the rows, the calls and the answers against each other."""
        every = list(_each(operations))
        wanted = [_wanted(item, every) for item in every if isinstance(item, Pay)]
        yield from violations(evidence, wanted, self._acquirer)
        if isinstance(evidence.acquirer, Acquirer):
            yield from misheard(evidence.acquirer.deliveries())


def _each(operations: Sequence[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, Together):
            yield from _each(operation.operations)
        else:
            yield operation


def _wanted(pay: Pay, every: Sequence[Operation]) -> Wanted:
    changes = [item for item in every if isinstance(item, Change) and item.pay is pay]
    return Wanted(
        number=pay.number,
        account=pay.account,
        references=tuple(pay.references),
        kopecks=pay.kopecks,
        answer=pay.answer,
        other_was_taken=pay.to_other is not None and pay.to_other.ok,
        moved_by_others=sum(item.moved for item in every if isinstance(item, Operator) and item.pay is pay),
        was_operated=any(isinstance(item, Operator) and item.pay is pay for item in every),
        was_captured_by_others=any(
            isinstance(item, Operator) and item.pay is pay and item.has_captured for item in every
        ),
        changes=tuple(
            WantedChange(kind=item.kind, reference=item.reference, kopecks=item.kopecks, answer=item.answer)
            for item in changes
            if item.asked
        ),
    )


def _cancel(random: Random, pay: Pay) -> Change:
    return _change(random, pay, "CANCEL", 0)


def _change(random: Random, pay: Pay, kind: str, kopecks: int) -> Change:
    return Change(
        caller=pay.caller,
        pay=pay,
        kind=kind,
        kopecks=kopecks,
        request_id=request_id(random),
        at_once=random.choice((1, 1, 1, 2, 3)),
    )


def _of_held(random: Random, pay: Pay) -> Iterator[Operation]:
    """A capture of all or a part, or the end; sometimes both at once, or an operator at the same."""
    part = random.choice((0, 0, pay.kopecks, pay.kopecks // 2))
    capture, cancel = _change(random, pay, "CAPTURE", part), _cancel(random, pay)
    operator = _operator(random, pay, random.choice(("deposit", "reverse")), pay.kopecks)
    drawn = random.random()
    if drawn < 0.5:
        yield capture
    elif drawn < 0.75:
        yield cancel
    elif drawn < 0.85:
        yield Together(caller=pay.caller, operations=(capture, cancel))
    elif drawn < 0.95:
        yield Together(caller=pay.caller, operations=(operator, random.choice((capture, cancel))))


def _of_paid(random: Random, pay: Pay) -> Iterator[Operation]:
    """Refunds, in turn or at once, ours and an operator's; rarely a cancellation that comes too late."""
    if random.random() < 0.1:
        yield _cancel(random, pay)
    count = random.choice((0, 1, 1, 2, 3))
    refunds: list[Operation] = [_change(random, pay, "REFUND", _part(random, pay)) for _ in range(count)]
    if random.random() < 0.35:
        refunds.insert(random.randint(0, len(refunds)), _operator(random, pay, "refund", _part(random, pay)))
    if refunds and random.random() < 0.1:
        refunds.append(_operator(random, pay, "undo_refund", _part(random, pay)))
    if len(refunds) > 1 and random.random() < 0.4:
        yield Together(caller=pay.caller, operations=tuple(refunds))
    else:
        yield from refunds


def _part(random: Random, pay: Pay) -> int:
    """All of it, or a share: the same share often, so that refunds can be taken for each other."""
    return random.choice((pay.kopecks, pay.kopecks // 2, pay.kopecks // 4, pay.kopecks // 4, random.randint(1, 99)))


def _operator(random: Random, pay: Pay, action: str, kopecks: int) -> Operator:
    after = random.choice((0.0, 0.5, 5.0, 40.0))
    return Operator(caller=pay.caller, pay=pay, action=action, kopecks=kopecks, after_seconds=after)


async def _needs_review(pay: Pay, scene: Scene) -> bool:
    payment = await pay.look(scene)
    return payment is not None and payment.state == pb.PAYMENT_STATE_NEEDS_REVIEW


async def _settle(pay: Pay, others: Sequence[Operation], scene: Scene) -> None:
    """What a person does who sees in the acquirer's cabinet what happened. Some reviews he leaves alone."""
    payment = await pay.look(scene)
    if payment is None or payment.state != pb.PAYMENT_STATE_NEEDS_REVIEW or pay.request_id[0] in "012":
        return
    acquirer = scene.acquirer
    assert acquirer is not None
    order = next((order for order in acquirer.orders() if order.vendor_id == payment.vendor_payment_id), None)
    happened = order is not None and order.has_money
    if payment.HasField("open_operation") and order is not None:
        if payment.open_operation.kind == pb.OPERATION_KIND_REFUND:
            known = sum(item.kopecks for item in others if isinstance(item, Change) and _is_made(item))
            operated = sum(item.moved for item in others if isinstance(item, Operator))
            happened = order.refunded - known - operated >= payment.open_operation.amount.minor_units
        else:
            happened = order.is_reversed or order.captured > 0
    request = service.ResolvePaymentRequest(
        request_id=request_id(Random(pay.request_id)), payment_id=payment.payment_id, reason="looked it up"
    )
    if happened:
        request.happened.SetInParent()
    else:
        request.did_not_happen.SetInParent()
    await scene.backend.until(pay.caller, RESOLVE, request)


def _is_made(change: Change) -> bool:
    answer = change.answer
    is_refund = change.kind == "REFUND" and answer is not None and answer.ok
    return is_refund and answer.response.refund.state == pb.OPERATION_STATE_DONE  # type: ignore[union-attr]
