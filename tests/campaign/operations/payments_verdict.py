"""Holds what payments remember against the acquirer's book, to the kopeck, and against the calls it had."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from landhub.payments.v1 import payments_pb2 as pb
from tests.campaign.acquirers.port import VISIBILITY_SECONDS, Acquirer, BookOrder, Sending
from tests.campaign.caller import Answer
from tests.campaign.evidence import Evidence, Row

_UNDECIDED = {"PENDING", "OUTCOME_UNKNOWN"}
_ENDED_UNPAID = {"CANCELLED", "DECLINED", "EXPIRED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedChange:
    """A capture (`kopecks` of 0: of all), cancellation or refund that was asked for, and the last answer."""

    kind: str
    reference: str
    kopecks: int
    answer: Answer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A payment that was asked for, all that was done to it, and the last answer.

    `moved_by_others`: kopecks that operators and the bank gave back; `was_operated`: whether there were any;
    `was_captured_by_others`: an operator captured the hold.
    """

    number: str
    account: str
    references: tuple[str, ...]
    kopecks: int
    answer: Answer | None
    other_was_taken: bool
    moved_by_others: int
    was_operated: bool
    was_captured_by_others: bool
    changes: tuple[WantedChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A payment with all that is to be compared; `order` is the one the row follows, `orders` all of its numbers."""

    wanted: Wanted
    row: Row
    operations: Mapping[str, Row]
    order: BookOrder | None
    orders: Sequence[BookOrder]
    restored: bool

    @property
    def name(self) -> str:
        return f"payment {self.wanted.number} into {self.wanted.account}"

    def forgotten(self, kind: str) -> int:
        """Kopecks of what a restored hub may have done and forgotten: refused since, as the order is such already."""
        asked = [change for change in self.wanted.changes if self.restored and change.kind == kind]
        done = {reference for reference, row in self.operations.items() if row["state"] == "DONE"}
        return sum(change.kopecks or self.wanted.kopecks for change in asked if change.reference not in done)

    def done(self, kind: str) -> list[Row]:
        """Operations of a kind that are done here."""
        return [row for row in self.operations.values() if (row["kind"], row["state"]) == (kind, "DONE")]


def violations(evidence: Evidence, wanted: Sequence[Wanted], acquirer: type[Acquirer]) -> Iterator[str]:
    """Say, a sentence each, what is not as it must be."""
    assert evidence.acquirer is not None
    orders: dict[str, list[BookOrder]] = defaultdict(list)
    by_reference = {reference: item.references[0] for item in wanted for reference in item.references}
    for order in evidence.acquirer.orders():
        first = by_reference.get(order.reference)
        if first is None:
            yield f"doubled: the acquirer has {order.reference}, which nobody asked for"
        else:
            orders[first].append(order)
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in evidence.rows("payments_payments"):
        rows[row["vendor_references"].split()[0]].append(row)
    operations: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in evidence.rows("payments_operations"):
        operations[row["payment_id"]][row["vendor_reference"]] = row
    sendings, window = evidence.acquirer.sendings(), VISIBILITY_SECONDS * evidence.pace
    for item in wanted:
        found, there = rows.pop(item.references[0], []), orders[item.references[0]]
        if item.other_was_taken:
            yield f"doubled: other content under the request_id of {item.number} was taken"
        if len(found) > 1:
            yield f"doubled: {item.number} is here {len(found)} times"
        elif not found:
            yield from _without_row(item, there, restored=evidence.restored)
        else:
            (row,) = found
            case = _Case(
                wanted=item,
                row=row,
                operations=operations[row["id"]],
                order=next((order for order in there if order.vendor_id == row["vendor_id"]), None),
                orders=there,
                restored=evidence.restored,
            )
            yield from _judged(case)
            yield from _sent_too_often(case, sendings, acquirer, window=window)
    for reference in rows:
        yield f"doubled: a payment {reference} that nobody asked for"


def _without_row(wanted: Wanted, there: Sequence[BookOrder], *, restored: bool) -> Iterator[str]:
    if any(order.has_money or order.is_payable for order in there):
        yield f"lost: {wanted.number} is at the acquirer, and we don't know of it"
    if wanted.answer is not None and wanted.answer.ok and not restored:
        yield f"lost: {wanted.number} was acknowledged and is gone"


def _judged(case: _Case) -> Iterator[str]:
    row, order = case.row, case.order
    if row["state"] in _UNDECIDED and not row["unsent_reason"]:
        yield f"{case.name} is left in state {row['state']}"
    if row["state"] == "NEEDS_REVIEW" and not row["review_reason"]:
        yield f"{case.name} needs review, and nobody says why"
    if row["state"] != "NEEDS_REVIEW":
        for other in case.orders:
            if other is not order and other.has_money:
                yield f"doubled: {case.name} has money at order {other.reference}, which nobody follows"
            elif other is not order and other.is_payable:
                yield f"doubled: {case.name} may be paid at order {other.reference}, which nobody follows"
    for reference, count in Counter(other.reference for other in case.orders).items():
        if count > 1:
            yield f"doubled: {case.name} is at the acquirer {count} times under {reference}"
    if row["vendor_id"] and order is None:
        yield f"{case.name} follows an order that isn't one of its own"
    if order is not None:
        yield from _equal(case, order)
        yield from _moved(case, order)
    yield from _answered(case)


def _equal(case: _Case, order: BookOrder) -> Iterator[str]:
    """The ledger's amounts and state, and the acquirer's."""
    row = case.row
    if order.is_reversed:
        ours, theirs = (row["held"], row["captured"] - row["refunded"], 0), (0, 0, 0)
    else:
        ours = (row["held"], row["captured"], row["refunded"])
        theirs = (order.held, order.captured, order.refunded)
    if ours != theirs:
        yield f"lost: {case.name} is {row['state']} {ours} here and {theirs} there (held, captured, refunded)"
    if row["state"] not in _states(order) | {"NEEDS_REVIEW"}:
        yield f"{case.name} is {row['state']} here, and there {order}"


def _states(order: BookOrder) -> set[str]:
    if order.is_reversed:
        return {"CANCELLED"}
    if order.held:
        return {"AUTHORIZED", "PAID_AFTER_CANCEL"}
    if order.captured:
        if order.refunded >= order.captured:
            return {"REFUNDED"}
        return {"PARTIALLY_REFUNDED" if order.refunded else "CAPTURED", "PAID_AFTER_CANCEL"}
    return {"AWAITING_PAYER"} if order.is_payable else _ENDED_UNPAID


def _moved(case: _Case, order: BookOrder) -> Iterator[str]:
    """Each movement of money there has its operation here, and the other way round."""
    if order.refunded > order.captured:
        yield f"doubled: {case.name} got more back than was captured"
    ours = sum(row["minor_units"] for row in case.done("REFUND"))
    unsettled = any(row["state"] == "NEEDS_REVIEW" for row in case.operations.values())
    theirs = order.refunded - case.wanted.moved_by_others - order.given_back
    forgotten = case.forgotten("REFUND")
    if not ours <= theirs <= ours + forgotten and not unsettled and not order.is_reversed:
        kind = "doubled" if theirs > ours else "lost"
        yield f"{kind}: {case.name} had {theirs} refunded for us there, and {ours} are done here"
    yield from _given_back(case, order)
    captures = case.done("CAPTURE")
    if len(captures) > 1 or (captures and not order.is_reversed and captures[0]["minor_units"] != order.captured):
        yield f"lost: captures {[row['minor_units'] for row in captures]} of {case.name}, {order.captured} there"
    cancelled = bool(case.done("CANCEL"))
    if cancelled and (order.has_money or order.is_payable):
        yield f"lost: {case.name} was cancelled here, and there {order}"
    explained = case.wanted.was_operated or unsettled
    if order.is_reversed and not (cancelled or explained or case.forgotten("CANCEL")):
        yield f"lost: {case.name} is reversed there, and nobody did it here"
    is_ours = bool(captures) or explained or not case.row["two_stage"]
    if order.captured and not is_ours and not case.forgotten("CAPTURE"):
        yield f"lost: {case.name} is captured there, and nobody did it here"


def _given_back(case: _Case, order: BookOrder) -> Iterator[str]:
    """A reversal of ours gives back only a hold that an operator captured just before, and the cancellation says so."""
    if order.given_back and not case.wanted.was_captured_by_others:
        yield f"doubled: our reversal of {case.name} gave {order.given_back} back, and nobody else had captured it"
    told = sum(row["minor_units"] for row in case.done("CANCEL"))
    if told != order.given_back and not case.restored:
        yield f"lost: our reversal of {case.name} gave {order.given_back} back there, and says {told} here"


def _answered(case: _Case) -> Iterator[str]:
    for change in case.wanted.changes:
        row = case.operations.get(change.reference)
        if row is None:
            if change.answer is not None and change.answer.ok and not case.restored:
                yield f"lost: {change.kind} of {case.name} was acknowledged and is gone"
            continue
        if row["state"] in _UNDECIDED:
            yield f"{change.kind} of {case.name} is left in state {row['state']}"
        if change.kopecks and row["minor_units"] != change.kopecks:
            yield f"{change.kind} of {case.name} is of {row['minor_units']} here, and {change.kopecks} was asked for"
        if not case.restored and _told_done(change) and row["state"] != "DONE":
            yield f"lost: {change.kind} of {case.name} was told as done, and is {row['state']}"
    asked = {change.reference for change in case.wanted.changes}
    for reference in case.operations.keys() - asked:
        yield f"doubled: an operation {reference} of {case.name} that nobody asked for"


def _told_done(change: WantedChange) -> bool:
    if change.answer is None or not change.answer.ok:
        return False
    told = change.answer.response
    state = told.refund.state if change.kind == "REFUND" else told.operation.state
    return bool(state == pb.OPERATION_STATE_DONE)


def _sent_too_often(
    case: _Case, sendings: Sequence[Sending], acquirer: type[Acquirer], *, window: float
) -> Iterator[str]:
    """What may have arrived is asked for before it is sent again; some of it is never sent again."""
    if case.restored:  # a restored hub can't know what it sent: numbers make it one all the same
        return
    keys = {*case.wanted.references, *(order.vendor_id for order in case.orders)}
    ours = [item for item in sendings if item.order in keys]
    key_seconds = acquirer.key_seconds(case.wanted.account)
    yield from _asked_between(case, ours, "create", window=window, key_seconds=key_seconds)
    yield from _asked_between(case, ours, "capture", window=window, key_seconds=key_seconds)
    reversals = [item for item in ours if item.kind == "reverse" and not item.did_nothing]
    if len(reversals) > 1 and not key_seconds:
        yield f"doubled: the hold of {case.name} was reversed {len(reversals)} times"
    refunds = [item for item in ours if item.kind == "refund" and not item.did_nothing]
    asked = [row for row in case.operations.values() if row["kind"] == "REFUND"]
    if len(refunds) > len(asked) and not acquirer.keyed_refunds(case.wanted.account):
        yield f"doubled: {len(asked)} refunds of {case.name} were sent {len(refunds)} times"


def _asked_between(
    case: _Case, ours: Sequence[Sending], kind: str, *, window: float, key_seconds: float
) -> Iterator[str]:
    last: dict[str, Sending] = {}
    first: dict[str, Sending] = {}
    asked: dict[str, Sending] = {}
    for item in ours:
        if item.kind == "status":
            asked[item.order] = item
        elif item.kind == kind:
            before, question = last.get(item.order), asked.pop(item.order, None)
            last[item.order] = item
            if (item.time - first.setdefault(item.order, item).time).total_seconds() < key_seconds:
                continue  # its key is known yet: it is answered as the first one was
            first[item.order] = item
            if before is None or before.did_nothing:
                continue
            if question is None:
                yield f"doubled: {kind} of {case.name} was sent again without asking what became of it"
            elif (question.time - before.time).total_seconds() < window - 1:
                yield f"doubled: {kind} of {case.name} was sent again before it had to be visible"
