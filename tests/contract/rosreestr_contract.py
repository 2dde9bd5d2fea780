"""What every provider of the rosreestr module must do, whatever its vendor.

A subclass gives the fixture `vendor`: the provider's simulator behind `RosreestrVendor`, and `port`: the provider
connected to it, which makes three attempts with short delays; `impatient_port` waits a second for each.
"""

import hashlib
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from hub.core.errors import (
    HubError,
    LeaseLostError,
    OutcomeUnknownError,
    PreconditionError,
)
from hub.core.money import Money
from hub.modules.rosreestr.port import (
    Document,
    DocumentKind,
    LandPlotNotFoundError,
    Person,
    ReferenceTakenError,
    RegistrationNotFoundError,
    RegistrationState,
    RosreestrPort,
    Transfer,
    TransferParty,
    UnsupportedTextError,
)
from tests.contract.rosreestr_reads import UNREADABLE, RosreestrReads
from tests.contract.rosreestr_vendor import CONSENT, CONTRACT, RosreestrVendor, a_transfer
from tests.contract.rosreestr_withdrawals import RosreestrWithdrawals


class RosreestrContract(RosreestrReads, RosreestrWithdrawals):
    """The suite."""

    # Submissions

    async def test_a_transfer_is_submitted_and_found_by_our_reference(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        submission = await port.submit("REF1", a_transfer(vendor))
        assert vendor.registrations() == [submission.vendor_id]
        assert submission.document_count == 1
        found = await port.find("REF1")
        assert found
        assert found == await port.get_status(submission.vendor_id)
        assert (found.vendor_id, found.state) == (submission.vendor_id, RegistrationState.SUBMITTED)
        assert found.status_time.tzinfo

    async def test_documents_arrive_as_they_are_with_their_signatures(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        submission = await port.submit("REF1", a_transfer(vendor, documents=(CONTRACT, CONSENT)))
        assert vendor.document_digests(submission.vendor_id) == [_digest(CONTRACT), _digest(CONSENT)]
        assert await port.add_documents("REF2", submission.vendor_id, (CONSENT,)) == 1
        assert await port.add_documents("REF2", submission.vendor_id, (CONSENT,)) == 1, "the same reference again"
        assert len(vendor.document_digests(submission.vendor_id)) == 3

    async def test_only_the_fields_that_the_vendor_needs_are_sent(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        seller = Person("Тестов", "Иван", "Образцович", inn="502099000124", snils="11223344595")
        transfer = a_transfer(vendor)
        transfer = Transfer(
            transfer.contract_number,
            transfer.contract_date,
            transfer.price,
            (TransferParty(seller),),
            transfer.transferees,
            transfer.cadastral_numbers,
            transfer.documents,
        )
        await port.submit("REF1", transfer)
        sent = vendor.sent_texts()
        assert "Тестов Иван Образцович" in sent
        assert "1500000.50" in sent
        assert "11223344595" not in sent

    async def test_nothing_is_found_under_a_reference_never_sent(self, port: RosreestrPort) -> None:
        assert await port.find("NEVER") is None
        with pytest.raises(RegistrationNotFoundError):
            await port.get_status("R2026-99999999")

    @pytest.mark.parametrize(
        "fault", ["answer_lost", "cut_body", *(fault for fault in UNREADABLE if fault != "wrong_charset")]
    )
    async def test_a_submission_without_a_usable_answer_is_unknown_sent_once_and_found_by_asking(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor.fail("submit", fault)
        with pytest.raises(OutcomeUnknownError):
            await port.submit("REF1", a_transfer(vendor))
        assert vendor.calls("submit") == 1
        found = await port.find("REF1")
        if fault == "html":  # that page stood before the register: nothing was done, but who could know
            assert found is None
        else:
            assert found
            assert [found.vendor_id] == vendor.registrations()

    @pytest.mark.parametrize("fault", ["answer_hangs", "hang"])
    async def test_a_submission_whose_answer_takes_too_long_is_unknown_and_sent_once(
        self, impatient_port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor.fail("submit", fault)
        with pytest.raises(OutcomeUnknownError):
            await impatient_port.submit("REF1", a_transfer(vendor))
        assert vendor.calls("submit") == 1
        assert bool(await impatient_port.find("REF1")) is bool(vendor.registrations())

    @pytest.mark.parametrize("fault", ["reset", "server_error"])
    async def test_a_submission_that_may_have_arrived_is_not_repeated(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor.fail("submit", fault)
        with pytest.raises(OutcomeUnknownError):
            await port.submit("REF1", a_transfer(vendor))
        assert vendor.calls("submit") == 1

    @pytest.mark.parametrize("fault", ["too_many_requests", "maintenance"])
    async def test_a_submission_that_was_certainly_not_taken_is_repeated(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor.fail("submit", fault, seconds=0)
        submission = await port.submit("REF1", a_transfer(vendor))
        assert vendor.registrations() == [submission.vendor_id]

    async def test_a_registration_committed_late_is_found_when_it_is_there(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor.fail("submit", "commit_late", seconds=60)
        with pytest.raises(OutcomeUnknownError):
            await port.submit("REF1", a_transfer(vendor))
        assert await port.find("REF1") is None
        vendor.advance(61)
        found = await port.find("REF1")
        assert found
        assert [found.vendor_id] == vendor.registrations()

    async def test_a_registration_told_of_late_is_found_when_it_shows(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor.fail("submit", "status_lags", seconds=60)
        submission = await port.submit("REF1", a_transfer(vendor))
        assert await port.find("REF1") is None
        with pytest.raises(RegistrationNotFoundError):
            await port.get_status(submission.vendor_id)
        assert timedelta(seconds=60) < port.visibility_window
        vendor.advance(61)
        found = await port.find("REF1")
        assert found
        assert found.vendor_id == submission.vendor_id

    async def test_the_same_submission_again_makes_no_second_registration(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        first = await port.submit("REF1", a_transfer(vendor))
        assert (await port.submit("REF1", a_transfer(vendor))).vendor_id == first.vendor_id
        assert len(vendor.registrations()) == 1

    async def test_a_reference_with_other_content_is_told_with_what_is_there(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        first = await port.submit("REF1", a_transfer(vendor))
        with pytest.raises(ReferenceTakenError) as caught:
            await port.submit("REF1", a_transfer(vendor, number="2026/18"))
        assert caught.value.vendor_id == first.vendor_id
        assert caught.value.metadata["vendor_reference"] == "REF1"
        assert len(vendor.registrations()) == 1

    async def test_a_duplicate_is_never_taken_for_a_refusal(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        vendor.fail("submit", "duplicate")
        with pytest.raises(OutcomeUnknownError):
            await port.submit("REF1", a_transfer(vendor))
        assert await port.find("REF1")

    async def test_a_business_refusal_is_told_by_code_and_its_words_kept_apart(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor.fail("submit", "refused", word="Тестов Иван не явился")
        with pytest.raises(PreconditionError) as caught:
            await port.submit("REF1", a_transfer(vendor))
        assert caught.value.reason == "REFUSED_BY_PROVIDER"
        assert "Тестов" not in f"{caught.value} {caught.value.metadata}"
        assert getattr(caught.value, "vendor_message", "") == "Тестов Иван не явился"
        assert vendor.registrations() == []

    async def test_refusals_never_open_the_breaker(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        for _ in range(6):
            with pytest.raises(LandPlotNotFoundError):
                await port.get_land_plot(vendor.unknown_plot)
        await port.get_land_plot(vendor.single_owner)

    async def test_nothing_leaves_when_the_guard_says_no(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        async def lease_is_lost() -> None:
            raise LeaseLostError("another worker has it")

        with pytest.raises(LeaseLostError):
            await port.submit("REF1", a_transfer(vendor), guard=lease_is_lost)
        with pytest.raises(LeaseLostError):
            await port.add_documents("REF2", "R1", (CONSENT,), guard=lease_is_lost)
        assert vendor.calls("submit") == vendor.calls("documents") == 0

    async def test_a_text_the_wire_cannot_hold_is_refused_before_anything_is_sent(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        document = Document(DocumentKind.CONTRACT, "contract\x01.pdf", b"content")
        with pytest.raises(UnsupportedTextError):
            await port.submit("REF1", a_transfer(vendor, documents=(document,)))
        with pytest.raises(UnsupportedTextError):
            await port.submit("REF1", a_transfer(vendor, number="2026/\x02"))
        with pytest.raises(UnsupportedTextError):
            await port.add_documents("REF2", "R1", (document,))
        assert vendor.calls("submit") == vendor.calls("documents") == 0

    async def test_texts_with_markup_arrive_as_text(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        number = "</Number><Price>1</Price>&<![CDATA["
        await port.submit("REF1", a_transfer(vendor, number=number))
        assert len(vendor.registrations()) == 1

    # Following

    async def test_a_registration_is_followed_through_suspension_to_the_register(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor.choose("suspended")
        vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
        vendor.advance(1.5)
        assert (await port.get_status(vendor_id)).state is RegistrationState.IN_REVIEW
        vendor.advance(1)
        suspended = await port.get_status(vendor_id)
        assert suspended.state is RegistrationState.SUSPENDED
        assert "согласие супруга" in suspended.reason
        assert suspended.until
        assert suspended.until > datetime(2026, 1, 1, tzinfo=UTC)
        assert await port.add_documents("REF2", vendor_id, (CONSENT,)) == 1
        vendor.advance(5)
        registered = await port.get_status(vendor_id)
        assert registered.state is RegistrationState.REGISTERED
        assert registered.registration_number.startswith(vendor.single_owner)
        assert registered.completion_date

    async def test_a_duty_is_told_with_its_number_and_sum(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        vendor.choose("duty")
        vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
        vendor.advance(1.5)
        due = await port.get_status(vendor_id)
        assert due.state is RegistrationState.DUTY_DUE
        assert due.amount == Money(400_000, "RUB")
        assert len(due.uin) == 20

    async def test_an_unknown_word_stays_in_review_and_is_kept(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
        vendor.fail("status", "unknown_status", word="На Правовой Экспертизе")
        status = await port.get_status(vendor_id)
        assert status.state is RegistrationState.IN_REVIEW
        assert status.vendor_status == "На Правовой Экспертизе"

    async def test_documents_whose_answer_is_lost_are_added_once(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
        vendor.fail("documents", "answer_lost")
        assert await port.add_documents("REF2", vendor_id, (CONSENT,)) == 1
        assert vendor.document_digests(vendor_id) == [_digest(CONTRACT), _digest(CONSENT)]

    async def test_documents_for_a_final_registration_are_refused(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
        vendor.advance(10)
        with pytest.raises(PreconditionError) as caught:
            await port.add_documents("REF2", vendor_id, (CONSENT,))
        assert caught.value.reason == "REFUSED_BY_PROVIDER"

    @pytest.mark.parametrize("fault", ["refused", "answer_lost", "bad_token", "cut_document", "twice"])
    async def test_no_error_of_a_submission_holds_personal_data(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor.fail("submit", fault, word="Тестов 502099000124")
        with pytest.raises(HubError) as caught:
            await port.submit("REF1", a_transfer(vendor))
        _assert_impersonal(caught.value)

    @pytest.mark.parametrize("fault", ["wrong_charset", "cut_document", "twice", "dtd"])
    async def test_no_error_of_a_read_holds_personal_data(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor.fail("read_rights", fault, times=3)
        with pytest.raises(HubError) as caught:
            await port.list_rights(vendor.single_owner)
        _assert_impersonal(caught.value)


def _assert_impersonal(error: HubError) -> None:
    shown = "".join(traceback.format_exception(error)) + f"{error!r}{error.metadata}"
    assert "Тестов" not in shown
    assert "502099000124" not in shown


def _digest(document: Document) -> tuple[str, str, int]:
    return document.kind.value, hashlib.sha256(document.content).hexdigest(), len(document.signatures)
