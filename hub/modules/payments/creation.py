"""Brings an order to its acquirer, once; an answer that was lost is found out by asking for our number.

An order whose answer is lost is there without the address to pay it at. It is declined first, so that nobody can pay
it any more, and only then opened anew under the number of the next attempt.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError, OutcomeUnknownError, PreconditionError
from hub.core.jobs import Again, Done, Job, JobKind, Lease, Next
from hub.modules.payments.accounts import Accounts
from hub.modules.payments.codec import decode_order
from hub.modules.payments.ledger import CREATE, Ledger, amount_of, observed
from hub.modules.payments.observation import Observation, Standing
from hub.modules.payments.port import Opened, PaymentsPort, ReferenceTakenError, credentials_refused
from hub.modules.payments.settings import PaymentsSettings
from hub.modules.payments.states import PaymentState, ReviewReason
from hub.modules.payments.store import PaymentRow, PaymentsStore, StaleVersionError

ACCOUNT_MISSING = "ACCOUNT_MISSING"
LEASE = timedelta(seconds=90)  # longer than any one attempt at an acquirer (Policy.attempt_timeout)
ASK_AGAIN = timedelta(seconds=5)  # a lost answer is looked up soon, then by the visibility window
LONGEST_SENT_AGAIN = timedelta(hours=1)  # by then no payer waits for the page; a person may settle what is let be
NEVER_GIVE_UP = 1_000_000  # failures: a payment is not dropped because the acquirer was away for long

_ENDED = {Standing.DECLINED, Standing.EXPIRED}


@dataclass(slots=True)
class Handed:
    """A new payment on its way through one call, so that what this process has just written isn't read again.

    `begun` is what was written before anything is sent, `settled` the payment with its order; None: it has to be read.
    """

    begun: PaymentRow | None = None
    settled: PaymentRow | None = None


class Creation:
    """The handler of new payments. It may run again after a crash at any point; it asks before it sends again."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        store: PaymentsStore,
        ledger: Ledger,
        database: Database,
        clock: Clock,
        settings: PaymentsSettings,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._ledger = ledger
        self._database = database
        self._clock = clock
        self._settings = settings

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (JobKind(name=CREATE, handler=self.create, lease=LEASE, max_failures=NEVER_GIVE_UP),)

    async def create(self, job: Job, lease: Lease) -> Next:
        """Bring an order to its acquirer, once."""
        handed = job.handed if isinstance(job.handed, Handed) else Handed()
        row = handed.begun or await self._ledger.payment(job.resource_id)
        if row is None or row.state not in {PaymentState.PENDING, PaymentState.OUTCOME_UNKNOWN}:
            return Done()
        port = self._accounts.port(row.account)
        if port is None:
            return Again(reason=ACCOUNT_MISSING)
        try:
            if row.sent_time is not None:
                is_late = self._clock.now() >= job.created_at + LONGEST_SENT_AGAIN
                return await self._find_out(port, row, lease, is_late=is_late)
            return await self._open(port, row, lease, handed)
        except StaleVersionError:
            return Again(delay=timedelta(), reason="CHANGED_MEANWHILE")
        except HubError as error:
            if row.sent_time is None and nothing_sent(error):
                return await self._settle_unsent(row, lease, error)
            return Again(delay=error.retry_after, reason=error.reason, error=error)

    async def _open(self, port: PaymentsPort, row: PaymentRow, lease: Lease, handed: Handed | None = None) -> Next:
        order = decode_order(row.order_json or b"{}")

        async def guard() -> None:
            await lease.check(lambda conn: self._store.mark_payment_sent(conn, row, now=self._database.now(conn)))

        try:
            opened = await port.create(row.vendor_reference, order, guard=guard)
        except ReferenceTakenError:
            return await self._find_out(port, _sent(row, lease), lease, taken=True)
        except OutcomeUnknownError:
            return await self._settle_unknown(_sent(row, lease), lease, Again(delay=ASK_AGAIN, reason="ANSWER_LOST"))
        except PreconditionError as error:
            if credentials_refused(error):
                raise
            code = error.metadata.get("vendor_code", error.reason)
            refused = replace(_sent(row, lease), state=PaymentState.REFUSED, refusal_code=code[:64])
            return await self._settle(row, refused, lease, code="FAILED_PRECONDITION", reason=error.reason)
        expires = order.expire_after or port.capabilities.expires_after
        after = self._opened(_sent(row, lease), opened, expires)
        return await self._settle(row, after, lease, follow=True, handed=handed)

    def _opened(self, row: PaymentRow, opened: Opened, expires: timedelta) -> PaymentRow:
        return replace(
            row,
            state=PaymentState.AWAITING_PAYER,
            vendor_id=opened.vendor_id,
            payment_url=opened.payment_url,
            sbp_payload=opened.sbp_payload,
            expire_time=self._clock.now() + expires,
        )

    async def _find_out(
        self, port: PaymentsPort, row: PaymentRow, lease: Lease, *, taken: bool = False, is_late: bool = False
    ) -> Next:
        """Look for the order that may have been opened.

        Args:
            port: The acquirer's.
            row: The payment.
            lease: The worker's.
            taken: The acquirer has just said that it has one.
            is_late: One that isn't there is not sent any more.
        """
        ask_time = self._clock.now()
        found = await port.find(row.vendor_reference, since=row.sent_time or row.create_time)
        if found is None:
            return await self._not_found(port, row, lease, ask_time, taken=taken, is_late=is_late)
        if not _is_ours(found, row):
            return await self._settle_review(row, lease, ReviewReason.ORDER_DIFFERS)
        if found.standing in _ENDED:
            return await self._ended(port, row, lease, found, ask_time)
        if found.standing is Standing.UNPAID and not found.payment_url:
            return await self._seal(port, row, lease, found)
        if found.standing in {Standing.UNREADABLE, Standing.CHANGING}:
            return await self._settle_unknown(row, lease, Again(delay=ASK_AGAIN, reason=f"STATUS_{found.standing}"))
        return await self._adopt(port, row, lease, found, ask_time)

    async def _not_found(
        self, port: PaymentsPort, row: PaymentRow, lease: Lease, ask_time: datetime, *, taken: bool, is_late: bool
    ) -> Next:
        sent_time = row.sent_time or row.create_time
        visible_at = sent_time + port.capabilities.visibility_window
        if taken or ask_time < visible_at:  # an answer is as old as its question, however late it is read
            wait = max(min(visible_at - ask_time, max(ASK_AGAIN, ask_time - sent_time)), ASK_AGAIN)
            return await self._settle_unknown(row, lease, Again(delay=wait, reason="NOT_VISIBLE_YET"))
        if is_late:  # as long as it is sent again, nobody could say that it did not happen
            return await self._settle_review(row, lease, ReviewReason.TOO_MANY_ATTEMPTS)
        return await self._open(port, row, lease)  # the same number: were it there after all, it would be told

    async def _ended(
        self, port: PaymentsPort, row: PaymentRow, lease: Lease, found: Observation, ask_time: datetime
    ) -> Next:
        """Go on with the next attempt if this one was sealed: by us now, or before a restore forgot of it."""
        following = _next_attempt(row)
        if row.is_sealing:
            if following is None:
                return await self._settle_review(row, lease, ReviewReason.TOO_MANY_ATTEMPTS)
            return await self._open(port, following, lease)
        since = row.sent_time or row.create_time
        if following is not None and await port.find(following.vendor_reference, since=since) is not None:
            return await self._find_out(port, replace(following, sent_time=row.sent_time), lease)
        return await self._adopt(port, row, lease, found, ask_time)

    async def _seal(self, port: PaymentsPort, row: PaymentRow, lease: Lease, found: Observation) -> Next:
        """Decline an order that nobody knows where to pay, and see that it is declined."""
        sealing = replace(row, is_sealing=True)

        async def guard() -> None:
            sent_time = row.sent_time or row.create_time
            await lease.check(lambda conn: self._store.mark_payment_sent(conn, sealing, now=sent_time))

        try:
            await port.decline(found.vendor_id, guard=guard)
        except (OutcomeUnknownError, PreconditionError) as error:
            if credentials_refused(error):
                raise
        ask_time = self._clock.now()
        seen = await port.get(found.vendor_id)
        if seen.standing in _ENDED:
            return await self._ended(port, sealing, lease, seen, ask_time)
        if seen.standing in {Standing.UNPAID, Standing.UNREADABLE}:
            return await self._settle_unknown(sealing, lease, Again(delay=ASK_AGAIN, reason="NOT_SEALED_YET"))
        return await self._adopt(port, sealing, lease, seen, ask_time)

    async def _adopt(
        self, port: PaymentsPort, row: PaymentRow, lease: Lease, found: Observation, ask_time: datetime
    ) -> Next:
        after = observed(row, found, ask_time=ask_time, hold_lasts=port.capabilities.hold_lasts)
        opened = replace(after, expire_time=self._clock.now() + port.capabilities.expires_after)
        return await self._settle(row, opened, lease, follow=True, reason="FOUND_BY_REFERENCE")

    async def _settle_unsent(self, row: PaymentRow, lease: Lease, error: HubError) -> Next:
        """Nothing was sent: the caller is told so, and nothing goes on behind his back."""
        unsent = replace(row, unsent_reason=error.reason)
        return await self._settle(row, unsent, lease, code="UNAVAILABLE", reason=error.reason)

    async def _settle_unknown(self, row: PaymentRow, lease: Lease, then: Again) -> Next:
        unknown = replace(row, state=PaymentState.OUTCOME_UNKNOWN)
        return await self._settle(row, unknown, lease, then=then, code="UNKNOWN", reason=then.reason)

    async def _settle_review(self, row: PaymentRow, lease: Lease, reason: ReviewReason) -> Next:
        review = replace(row, state=PaymentState.NEEDS_REVIEW, review_reason=reason)
        return await self._settle(row, review, lease, code="UNKNOWN", reason=reason)

    async def _settle(
        self,
        before: PaymentRow,
        after: PaymentRow,
        lease: Lease,
        *,
        then: Next | None = None,
        follow: bool = False,
        code: str = "OK",
        reason: str = "",
        handed: Handed | None = None,
    ) -> Next:
        written = after

        def change(conn: Connection) -> None:
            nonlocal written
            written = self._ledger.write(conn, before, after)
            if follow:
                self._ledger.follow(conn, after, after=timedelta(seconds=self._settings.poll_initial))

        try:
            end = await lease.settle(change, then=then, code=code, reason=reason or after.state)
        except StaleVersionError:
            return Again(delay=timedelta(), reason="CHANGED_MEANWHILE")
        if handed is not None:
            handed.settled = written
        return end


def nothing_sent(error: HubError) -> bool:
    """Whether an error proves that not a byte of a request has left: then it is the upstream's.

    The database's refusal to take an outcome comes after the bytes have left, and names no upstream.
    """
    return "upstream" in error.metadata and not isinstance(error, OutcomeUnknownError)


def _sent(row: PaymentRow, lease: Lease) -> PaymentRow:
    return replace(row, sent_time=lease.sent_at)


def _is_ours(found: Observation, row: PaymentRow) -> bool:
    """Whether an order is the one asked for: number, amount, currency and, where they are told, our marker."""
    same_amount = found.amount is None or found.amount == amount_of(row)
    same_marker = found.marker is None or found.marker == row.marker
    return found.reference == row.vendor_reference and same_amount and same_marker


def _next_attempt(row: PaymentRow) -> PaymentRow | None:
    references = row.vendor_references.split()
    if row.attempt >= len(references):
        return None
    reference = references[row.attempt]
    return replace(row, attempt=row.attempt + 1, vendor_reference=reference, is_sealing=False, sent_time=None)
