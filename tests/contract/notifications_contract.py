"""What every provider of the notifications module must do, whatever its vendor and channel.

A subclass gives the fixture `vendor`: the vendor's simulator behind `NotificationsVendor`, and `port`: the provider
connected to it, which makes three attempts with short delays; `impatient_port` waits a second for each. What a vendor
can do besides, by its `Capabilities`, has suites of its own, and a subclass must take those too.
"""

import traceback

import pytest
import structlog
from prometheus_client import generate_latest

from hub.core.errors import (
    ExhaustedError,
    LeaseLostError,
    OutcomeUnknownError,
    PreconditionError,
    UnavailableError,
)
from hub.modules.notifications.port import (
    Accepted,
    Channel,
    Content,
    ContentNotCarriedError,
    Fate,
    Message,
    NotificationsPort,
    NotToldError,
    Report,
    Sought,
)
from tests.contract.notifications_vendor import OTHER_REFERENCE, REFERENCE, TEXT, NotificationsVendor, a_message
from tests.contract.provider_context import Context

MAY_HAVE_ARRIVED = ["reset", "server_error", "answer_lost", "empty", "cut_document"]


def sought(message: Message, accepted: Accepted | None = None) -> Sought:
    """How the module asks for a message: by the provider's id, or after a lost answer by ours."""
    return Sought(
        reference=message.reference, address=message.address, vendor_id=accepted.vendor_id if accepted else ""
    )


async def told(port: NotificationsPort, message: Message, accepted: Accepted) -> Report:
    """The one report of a message."""
    reports = await port.reports([sought(message, accepted)])
    assert len(reports) == 1
    return reports[0]


class NotificationsContract:
    """The suite."""

    # Sending

    async def test_a_message_arrives_once_as_it_was_written(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        message = a_message(port.channel)
        port.check(message.content, sender="")
        accepted = await port.send(message)
        taken = vendor.messages()
        assert [(one.address, one.text) for one in taken] == [(message.address.removeprefix("+"), TEXT)]
        if accepted.vendor_id:
            assert taken[0].vendor_id.startswith(accepted.vendor_id) or accepted.vendor_id in taken[0].vendor_id

    @pytest.mark.parametrize("fault", MAY_HAVE_ARRIVED)
    async def test_a_message_without_a_usable_answer_is_unknown_and_sent_once(
        self, port: NotificationsPort, vendor: NotificationsVendor, fault: str
    ) -> None:
        vendor.fail("send", fault)
        with pytest.raises(OutcomeUnknownError):
            await port.send(a_message(port.channel))
        assert vendor.calls("send") == 1
        assert len(vendor.messages()) <= 1

    async def test_a_message_whose_answer_takes_too_long_is_unknown_and_sent_once(
        self, impatient_port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        vendor.fail("send", "answer_hangs")
        with pytest.raises(OutcomeUnknownError):
            await impatient_port.send(a_message(impatient_port.channel))
        assert vendor.calls("send") == 1

    async def test_a_message_that_was_certainly_not_taken_is_sent_again(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        vendor.fail("send", "too_many_requests", seconds=0)
        await port.send(a_message(port.channel))
        assert len(vendor.messages()) == 1

    async def test_a_quota_that_is_used_up_says_that_nothing_was_sent(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        vendor.fail("send", "too_many_requests", times=3, seconds=0)
        with pytest.raises(ExhaustedError) as caught:
            await port.send(a_message(port.channel))
        assert caught.value.metadata["upstream"]
        assert not vendor.messages()

    async def test_refused_credentials_are_told_and_nothing_was_sent(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        vendor.fail("send", "access_denied")
        with pytest.raises(PreconditionError) as caught:
            await port.send(a_message(port.channel))
        assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"
        assert vendor.calls("send") == 1
        assert not vendor.messages()

    async def test_nothing_leaves_when_the_guard_says_no(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        async def lease_is_lost() -> None:
            raise LeaseLostError("another worker has it")

        with pytest.raises(LeaseLostError):
            await port.send(a_message(port.channel), guard=lease_is_lost)
        assert vendor.calls("send") == 0

    async def test_what_the_vendor_may_write_differently_is_read(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        vendor.fail("send", "unknown_element")
        await port.send(a_message(port.channel))
        assert len(vendor.messages()) == 1

    async def test_content_that_it_cant_carry_is_refused_before_anything_is_sent(self, port: NotificationsPort) -> None:
        with pytest.raises(ContentNotCarriedError) as caught:
            port.check(Content(text=""), sender="")
        assert caught.value.metadata["account"] == "main"

    async def test_a_provider_is_held_to_all_that_it_says_it_can(self, port: NotificationsPort) -> None:
        able = port.capabilities
        parts: dict[type, bool] = {
            BilledContract: port.channel is Channel.SMS,
            ReportsContract: able.reports,
            BulkReportsContract: able.reports and able.reports_at_once > 1,
            LookupContract: able.found_by_reference,
            EstimatesContract: able.estimates,
        }
        assert {part for part, is_able in parts.items() if is_able} == {
            part for part in parts if isinstance(self, part)
        }

    async def test_who_cant_be_asked_says_so(self, port: NotificationsPort) -> None:
        able = port.capabilities
        message = a_message(port.channel)
        if not able.found_by_reference:
            with pytest.raises(NotToldError):
                await port.find(sought(message))
        if not able.reports:
            with pytest.raises(NotToldError):
                await port.reports([sought(message)])
        if not able.estimates:
            with pytest.raises(NotToldError):
                await port.estimate(message)

    # All of it

    async def test_a_probe_reads_and_sends_nothing(self, port: NotificationsPort, vendor: NotificationsVendor) -> None:
        await port.probe()
        assert not vendor.messages()

    async def test_login_text_and_address_stand_in_no_span_log_metric_or_error(
        self, port: NotificationsPort, vendor: NotificationsVendor, context: Context
    ) -> None:
        message = a_message(port.channel)
        errors = []
        with structlog.testing.capture_logs() as logs:
            for fault in ("answer_lost", "server_error", "access_denied", "cut_body"):
                vendor.fail("send", fault)
                try:
                    await port.send(message)
                except (OutcomeUnknownError, PreconditionError) as error:
                    errors.append("".join(traceback.format_exception(error)))
            await port.probe()
        spans = [
            f"{span.name} {dict(span.attributes or {})} {span.events}" for span in context.spans.get_finished_spans()
        ]
        everything = "\n".join([*spans, *errors, str(logs), generate_latest(context.metrics).decode(), repr(message)])
        assert spans
        assert len(errors) == 4
        address = message.address.removeprefix("+")
        for canary in (TEXT, "канарейка", address, *vendor.secrets()):
            assert canary not in everything


class BilledContract:
    """Of those that bill by parts of an SMS."""

    @pytest.mark.parametrize("length", [70, 71, 135])
    async def test_parts_and_cost_are_told_as_they_are_billed(
        self, port: NotificationsPort, vendor: NotificationsVendor, length: int
    ) -> None:
        message = a_message(port.channel, text="Ж" * length)
        accepted = await port.send(message)
        billed = vendor.messages()[0]
        assert accepted.parts in {0, billed.parts}
        assert accepted.cost is None or accepted.cost.minor_units == billed.cost
        if port.capabilities.reports:
            vendor.advance(10)
            report = await told(port, message, accepted)
            assert report.cost is None or report.cost.minor_units == billed.cost
            assert report.parts in {0, billed.parts}


class ReportsContract:
    """Of those that may be asked what became of a message."""

    async def test_a_message_is_under_way_and_then_delivered(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        message = a_message(port.channel)
        accepted = await port.send(message)
        assert (await told(port, message, accepted)).fate is Fate.UNDER_WAY
        vendor.advance(10)
        report = await told(port, message, accepted)
        assert (report.fate, report.vendor_id) == (Fate.DELIVERED, accepted.vendor_id)

    @pytest.mark.parametrize(
        ("word", "fates"),
        [
            ("read", {Fate.DELIVERED}),
            ("expired", {Fate.EXPIRED, Fate.NOT_DELIVERED}),
            ("undeliverable", {Fate.NOT_DELIVERED}),
            ("rejected", {Fate.NOT_DELIVERED}),
            ("stuck", {Fate.UNDER_WAY}),
        ],
    )
    async def test_what_becomes_of_a_message_is_told(
        self, port: NotificationsPort, vendor: NotificationsVendor, word: str, fates: set[Fate]
    ) -> None:
        message = a_message(port.channel)
        vendor.fate(message.address, word)
        accepted = await port.send(message)
        vendor.advance(10)
        assert (await told(port, message, accepted)).fate in fates

    async def test_a_status_nobody_knows_concludes_nothing(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        message = a_message(port.channel)
        accepted = await port.send(message)
        vendor.fail("status", "unknown_status", word="99")
        assert (await told(port, message, accepted)).fate is Fate.UNDER_WAY

    @pytest.mark.parametrize("fault", ["html", "cut_document"])
    async def test_a_question_that_fails_once_is_asked_again(
        self, port: NotificationsPort, vendor: NotificationsVendor, fault: str
    ) -> None:
        message = a_message(port.channel)
        accepted = await port.send(message)
        vendor.fail("status", fault)
        assert (await told(port, message, accepted)).fate is Fate.UNDER_WAY
        assert vendor.calls("status") == 2

    async def test_a_question_that_goes_on_failing_is_unavailable(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        message = a_message(port.channel)
        accepted = await port.send(message)
        vendor.fail("status", "html", times=3)
        with pytest.raises(UnavailableError):
            await told(port, message, accepted)


class BulkReportsContract:
    """Of those that answer for several messages at once."""

    async def test_several_messages_are_asked_for_as_the_vendor_allows(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        first, second = a_message(port.channel), a_message(port.channel, reference=OTHER_REFERENCE, text="Другой")
        accepted = [await port.send(first), await port.send(second)]
        vendor.advance(10)
        asked = [sought(first, accepted[0]), sought(second, accepted[1])]
        reports = await port.reports(asked)
        assert {report.vendor_id for report in reports} == {one.vendor_id for one in accepted}
        assert {report.fate for report in reports} == {Fate.DELIVERED}


class LookupContract:
    """Of those that know our reference."""

    async def test_a_message_whose_answer_was_lost_is_found_by_our_reference(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        message = a_message(port.channel)
        vendor.fail("send", "answer_lost")
        with pytest.raises(OutcomeUnknownError):
            await port.send(message)
        found = await port.find(sought(message))
        assert found
        assert found.vendor_id == vendor.messages()[0].vendor_id
        assert await port.find(sought(a_message(port.channel, reference=OTHER_REFERENCE))) is None

    async def test_a_message_taken_or_told_of_late_is_found_within_the_window(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        late, lagging = a_message(port.channel), a_message(port.channel, reference=OTHER_REFERENCE, text="Другой")
        vendor.fail("send", "commit_late", seconds=50)
        with pytest.raises(OutcomeUnknownError):
            await port.send(late)
        vendor.fail("send", "status_lags", seconds=50)
        await port.send(lagging)
        assert await port.find(sought(late)) is await port.find(sought(lagging)) is None
        assert port.capabilities.visibility_window.total_seconds() > 50
        vendor.advance(51)
        assert await port.find(sought(late))
        assert await port.find(sought(lagging))


class EstimatesContract:
    """Of those that tell a price beforehand."""

    async def test_an_estimate_equals_the_bill_and_sends_nothing(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        message = a_message(port.channel, text="Ж" * 135)
        estimate = await port.estimate(message)
        assert not vendor.messages()
        await port.send(message)
        billed = vendor.messages()[0]
        assert (estimate.parts, estimate.cost and estimate.cost.minor_units) == (billed.parts, billed.cost)


__all__ = [
    "REFERENCE",
    "BilledContract",
    "BulkReportsContract",
    "EstimatesContract",
    "LookupContract",
    "NotificationsContract",
    "ReportsContract",
    "sought",
    "told",
]
