"""What every provider of the payments module must do, whatever its vendor.

A subclass gives the fixture `vendor`: the acquirer's simulator behind `PaymentsVendor`, and `port`: the provider
connected to it, which makes three attempts with short delays and whose refunds are keyed; `impatient_port` waits a
second for each. What an acquirer isn't able to do is read off the provider's capabilities.
"""

import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from hub.core.errors import (
    ExhaustedError,
    HubError,
    LeaseLostError,
    OutcomeUnknownError,
    PreconditionError,
    UnavailableError,
)
from hub.modules.payments.port import (
    Observation,
    OrderNotFoundError,
    PaymentsPort,
    ReferenceTakenError,
    RefundOrder,
    RefusedByProviderError,
    Standing,
    UnclearRefusalError,
    UnsupportedByProviderError,
)
from tests.contract.payments_vendor import PaymentsVendor, an_order, roubles, unknown_or_repeated

REFERENCE = "A" * 32
REFUND = "R" * 32
SECRET = "Тестов Иван, участок 7"
UNREADABLE = ["empty", "cut_document", "cut_body", "huge"]
MAY_HAVE_ARRIVED = ["reset", "server_error", "answer_lost", *UNREADABLE]


async def a_refund(port: PaymentsPort, vendor_id: str, kopecks: int, reference: str = REFUND) -> RefundOrder:
    """A refund of the order as it stands now."""
    seen = await port.get(vendor_id)
    keyed = port.capabilities.keyed_refunds if seen.refunds_keyed is None else seen.refunds_keyed
    return RefundOrder(
        vendor_id=vendor_id, reference=reference, amount=roubles(kopecks), balance=seen.balance, keyed=keyed
    )


async def look(port: PaymentsPort, vendor_id: str, *, captured: int) -> Observation:
    """How an order stands, told by one who knows what was captured of it."""
    return (await port.get(vendor_id)).completed(captured=captured)


class PaymentsContract:
    """The suite."""

    # Opening an order

    async def test_an_order_is_opened_and_found_by_our_number(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        order = an_order()
        opened = await port.create(REFERENCE, order)
        assert [true.vendor_id for true in vendor.orders()] == [opened.vendor_id]
        assert opened.payment_url.startswith("https://")
        found = await port.find(REFERENCE)
        assert found
        assert found == await port.get(opened.vendor_id)
        assert (found.vendor_id, found.reference, found.amount) == (opened.vendor_id, REFERENCE, order.amount)
        assert found.standing is Standing.UNPAID
        assert found.marker in {None, order.marker}

    async def test_nothing_is_found_under_a_number_never_sent(self, port: PaymentsPort) -> None:
        assert await port.find("N" * 32) is None
        with pytest.raises(OrderNotFoundError):
            await port.get("00000000-0000-4000-8000-000000000000")

    async def test_a_number_that_is_taken_opens_nothing(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        await port.create(REFERENCE, an_order())
        if port.capabilities.keyed_changes:  # of the same order, it is told again what was opened
            again = await port.create(REFERENCE, an_order())
            assert [true.vendor_id for true in vendor.orders()] == [again.vendor_id]
        for order in (an_order(20_000),) if port.capabilities.keyed_changes else (an_order(), an_order(20_000)):
            with pytest.raises(ReferenceTakenError) as caught:
                await port.create(REFERENCE, order)
            assert caught.value.metadata["vendor_reference"] == REFERENCE
        assert len(vendor.orders()) == 1

    @pytest.mark.parametrize("fault", MAY_HAVE_ARRIVED)
    async def test_an_order_without_a_usable_answer_is_unknown_and_sent_once(
        self, port: PaymentsPort, vendor: PaymentsVendor, fault: str
    ) -> None:
        vendor.fail("create", fault)
        await unknown_or_repeated(port, vendor, "create", lambda: port.create(REFERENCE, an_order()))
        assert bool(await port.find(REFERENCE)) is bool(vendor.orders())
        assert len(vendor.orders()) <= 1

    @pytest.mark.parametrize("fault", ["answer_hangs", "hang"])
    async def test_an_order_whose_answer_takes_too_long_is_unknown_and_sent_once(
        self, impatient_port: PaymentsPort, vendor: PaymentsVendor, fault: str
    ) -> None:
        vendor.fail("create", fault)
        port = impatient_port
        await unknown_or_repeated(port, vendor, "create", lambda: port.create(REFERENCE, an_order()))
        assert len(vendor.orders()) <= 1

    async def test_an_order_that_was_certainly_not_taken_is_sent_again(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        vendor.fail("create", "too_many_requests", seconds=0)
        await port.create(REFERENCE, an_order())
        assert len(vendor.orders()) == 1

    async def test_a_quota_that_is_used_up_says_that_nothing_was_done(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        vendor.fail("create", "too_many_requests", times=3, seconds=0)
        with pytest.raises(ExhaustedError) as caught:
            await port.create(REFERENCE, an_order())
        assert caught.value.metadata["upstream"]
        assert vendor.orders() == []

    async def test_an_order_told_of_late_is_found_within_the_window(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        vendor.fail("create", "status_lags", seconds=60)
        opened = await port.create(REFERENCE, an_order())
        assert await port.find(REFERENCE) is None
        assert timedelta(seconds=60) < port.capabilities.visibility_window
        vendor.advance(61)
        found = await port.find(REFERENCE)
        assert found
        assert found.vendor_id == opened.vendor_id

    async def test_an_order_committed_late_is_found_when_it_is_there(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        vendor.fail("create", "commit_late", seconds=60)
        with pytest.raises(OutcomeUnknownError):
            await port.create(REFERENCE, an_order())
        assert await port.find(REFERENCE) is None
        vendor.advance(61)
        assert await port.find(REFERENCE)

    async def test_refused_credentials_are_told_and_nothing_was_done(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        vendor.fail("create", "access_denied")
        with pytest.raises(PreconditionError) as caught:
            await port.create(REFERENCE, an_order())
        assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"
        assert vendor.calls("create") == 1

    async def test_a_currency_nobody_agreed_on_is_refused_before_anything_is_sent(self, port: PaymentsPort) -> None:
        order = an_order()
        with pytest.raises(UnsupportedByProviderError):
            port.check_order(type(order)(amount=type(order.amount)(100, "USD"), return_url=order.return_url))

    # Paying

    @pytest.mark.parametrize(
        ("outcome", "standing"),
        [
            ("approve", Standing.PAID),
            ("challenge", Standing.IN_PROGRESS),
            ("fail", Standing.UNPAID),
            ("decline", Standing.DECLINED),
        ],
    )
    async def test_what_the_payer_does_is_seen(
        self, port: PaymentsPort, vendor: PaymentsVendor, outcome: str, standing: Standing
    ) -> None:
        vendor_id = (await port.create(REFERENCE, an_order())).vendor_id
        vendor.pay(vendor_id, outcome)
        seen = await port.get(vendor_id)
        if not vendor.shows_attempts and standing is Standing.IN_PROGRESS:
            standing = Standing.UNPAID
        assert seen.standing is standing
        assert (seen.captured, seen.held, seen.refunded) == (19_900 if outcome == "approve" else 0, 0, 0)
        assert bool(seen.decline_code) is (outcome == "decline" or (outcome == "fail" and vendor.shows_attempts))

    async def test_an_order_nobody_paid_runs_out(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        vendor_id = (await port.create(REFERENCE, an_order())).vendor_id
        vendor.advance(port.capabilities.expires_after.total_seconds() + 1)
        assert (await port.get(vendor_id)).standing is Standing.EXPIRED

    async def test_a_word_nobody_knows_concludes_nothing(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        vendor_id = (await port.create(REFERENCE, an_order())).vendor_id
        vendor.fail("status", "unknown_status", word="8")
        assert (await port.get(vendor_id)).standing is Standing.UNREADABLE

    @pytest.mark.parametrize("fault", ["unknown_element", "number_codes"])
    async def test_what_a_vendor_may_write_differently_is_read(
        self, port: PaymentsPort, vendor: PaymentsVendor, fault: str
    ) -> None:
        vendor.fail("create", fault)
        vendor.fail("status", fault)
        vendor_id = (await port.create(REFERENCE, an_order())).vendor_id
        assert (await port.get(vendor_id)).standing is Standing.UNPAID

    @pytest.mark.parametrize("fault", ["busy", "html", "reset", *UNREADABLE])
    async def test_a_read_that_fails_once_is_asked_again(
        self, port: PaymentsPort, vendor: PaymentsVendor, fault: str
    ) -> None:
        vendor_id = (await port.create(REFERENCE, an_order())).vendor_id
        vendor.fail("status", fault)
        assert (await port.get(vendor_id)).standing is Standing.UNPAID
        assert vendor.calls("status") == 2

    async def test_a_read_that_goes_on_failing_is_unavailable(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        vendor_id = (await port.create(REFERENCE, an_order())).vendor_id
        vendor.fail("status", "html", times=3)
        with pytest.raises(UnavailableError):
            await port.get(vendor_id)

    # Holds

    async def test_a_hold_is_captured_in_part(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        vendor_id = await _held(port, vendor)
        seen = await port.get(vendor_id)
        assert (seen.standing, seen.held, seen.captured) == (Standing.HELD, 19_900, 0)
        await port.capture(vendor_id, roubles(15_000))
        seen = await port.get(vendor_id)
        assert (seen.standing, seen.held, seen.captured) == (Standing.PAID, 0, 15_000)
        assert vendor.order(vendor_id).captured == 15_000

    async def test_a_hold_is_let_go(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        vendor_id = await _held(port, vendor)
        await port.reverse(vendor_id)
        seen = await port.get(vendor_id)
        assert (seen.standing, seen.held, seen.captured) == (Standing.REVERSED, 0, 0)

    @pytest.mark.parametrize("operation", ["capture", "reverse"])
    @pytest.mark.parametrize("fault", MAY_HAVE_ARRIVED)
    async def test_what_is_done_to_a_hold_is_sent_once_if_it_may_have_arrived(
        self, port: PaymentsPort, vendor: PaymentsVendor, operation: str, fault: str
    ) -> None:
        vendor_id = await _held(port, vendor)
        vendor.fail(operation, fault)
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "capture": lambda: port.capture(vendor_id, roubles(19_900)),
            "reverse": lambda: port.reverse(vendor_id),
        }
        await unknown_or_repeated(port, vendor, operation, calls[operation])
        assert vendor.order(vendor_id).captured in {0, 19_900}

    async def test_an_amount_of_zero_never_leaves(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        vendor_id = await _held(port, vendor)
        with pytest.raises(ValueError, match="all of it"):
            await port.capture(vendor_id, roubles(0))
        with pytest.raises(ValueError, match="all of it"):
            await port.refund(RefundOrder(vendor_id=vendor_id, reference=REFUND, amount=roubles(0), balance=None))
        assert vendor.calls("capture") == vendor.calls("refund") == 0

    # Ends

    async def test_an_unpaid_order_is_declined_as_often_as_one_likes(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        vendor_id = (await port.create(REFERENCE, an_order())).vendor_id
        for _ in range(2):
            if port.capabilities.declines_unpaid:
                await port.decline(vendor_id)
            else:
                with pytest.raises(RefusedByProviderError):
                    await port.decline(vendor_id)
        end = Standing.DECLINED if port.capabilities.declines_unpaid else Standing.UNPAID
        assert (await port.get(vendor_id)).standing is end

    async def test_a_paid_order_is_not_declined(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        vendor_id = await _paid(port, vendor)
        with pytest.raises((RefusedByProviderError, UnclearRefusalError)):
            await port.decline(vendor_id)
        assert (await port.get(vendor_id)).standing is Standing.PAID

    # Refunds

    async def test_refunds_are_made_in_parts_and_told_with_our_numbers(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        vendor_id = await _paid(port, vendor)
        for number, refunded in ((1, 5_000), (2, 10_000)):
            await port.refund(await a_refund(port, vendor_id, 5_000, f"R{number}"))
            seen = await look(port, vendor_id, captured=19_900)
            assert (seen.standing, seen.captured, seen.refunded) == (Standing.PAID, 19_900, refunded)
        seen = await look(port, vendor_id, captured=19_900)
        told = [line.reference for line in seen.operations if line.reference]
        assert told == (["R1", "R2"] if port.capabilities.shows_refund_numbers else [])
        await port.refund(await a_refund(port, vendor_id, 9_900, "R3"))
        seen = await look(port, vendor_id, captured=19_900)
        assert (seen.captured, seen.refunded) == (19_900, 19_900)

    async def test_what_was_captured_in_part_stays_so_after_a_refund(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        vendor_id = await _held(port, vendor)
        await port.capture(vendor_id, roubles(15_000))
        await port.refund(await a_refund(port, vendor_id, 5_000))
        seen = await look(port, vendor_id, captured=15_000)
        assert (seen.captured, seen.refunded) == (15_000, 5_000)

    async def test_a_refund_of_one_number_is_made_once(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        vendor_id = await _paid(port, vendor)
        refund = await a_refund(port, vendor_id, 5_000)
        await port.refund(refund)
        await port.refund(refund)
        assert vendor.order(vendor_id).refunded == 5_000

    @pytest.mark.parametrize("fault", ["answer_lost", "cut_body", "reset", "server_error"])
    async def test_a_keyed_refund_is_repeated_until_it_is_answered(
        self, port: PaymentsPort, vendor: PaymentsVendor, fault: str
    ) -> None:
        vendor_id = await _paid(port, vendor)
        vendor.fail("refund", fault)
        await port.refund(await a_refund(port, vendor_id, 5_000))
        assert vendor.order(vendor_id).refunded == 5_000

    async def test_more_than_is_left_is_not_refunded(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        vendor_id = await _paid(port, vendor)
        with pytest.raises((RefusedByProviderError, UnclearRefusalError)):
            await port.refund(await a_refund(port, vendor_id, 19_901))
        assert vendor.order(vendor_id).refunded == 0

    async def test_a_word_with_two_meanings_is_neither_refusal_nor_failure(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        vendor_id = await _paid(port, vendor)
        vendor.fail("refund", "unclear")
        with pytest.raises(OutcomeUnknownError):
            await port.refund(await a_refund(port, vendor_id, 5_000))

    # All of them

    async def test_nothing_leaves_when_the_guard_says_no(self, port: PaymentsPort, vendor: PaymentsVendor) -> None:
        async def lease_is_lost() -> None:
            raise LeaseLostError("another worker has it")

        vendor_id = await _paid(port, vendor)
        refund = await a_refund(port, vendor_id, 1)
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "create": lambda: port.create("B" * 32, an_order(), guard=lease_is_lost),
            "capture": lambda: port.capture(vendor_id, roubles(1), guard=lease_is_lost),
            "decline": lambda: port.decline(vendor_id, guard=lease_is_lost),
            "reverse": lambda: port.reverse(vendor_id, guard=lease_is_lost),
            "refund": lambda: port.refund(refund, guard=lease_is_lost),
        }
        for name, call in calls.items():
            before = vendor.calls(name)
            with pytest.raises(LeaseLostError):
                await call()
            assert vendor.calls(name) == before

    async def test_refusals_never_open_the_breaker(self, port: PaymentsPort) -> None:
        for _ in range(6):
            assert await port.find("N" * 32) is None
        await port.create(REFERENCE, an_order())

    async def test_a_probe_costs_nothing_and_tells_of_a_refused_login(
        self, port: PaymentsPort, vendor: PaymentsVendor
    ) -> None:
        await port.probe()
        assert vendor.orders() == []
        vendor.fail("status", "access_denied")
        with pytest.raises(PreconditionError):
            await port.probe()

    @pytest.mark.parametrize("fault", ["refused", "answer_lost", "cut_document", "access_denied", "unclear"])
    async def test_no_error_tells_of_the_login_or_of_what_is_paid_for(
        self, port: PaymentsPort, vendor: PaymentsVendor, fault: str
    ) -> None:
        vendor.fail("create", fault, times=3)
        with pytest.raises(HubError) as caught:
            await port.create(REFERENCE, an_order(description=SECRET))
        shown = "".join(traceback.format_exception(caught.value)) + f"{caught.value!r}{caught.value.metadata}"
        assert SECRET not in shown
        assert "sandbox&" not in shown


async def _paid(port: PaymentsPort, vendor: PaymentsVendor) -> str:
    opened = await port.create(REFERENCE, an_order())
    vendor.pay(opened.vendor_id)
    return opened.vendor_id


async def _held(port: PaymentsPort, vendor: PaymentsVendor) -> str:
    opened = await port.create(REFERENCE, an_order(two_stage=True))
    vendor.pay(opened.vendor_id)
    return opened.vendor_id
