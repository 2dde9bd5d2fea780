"""Bugs put into the hub on purpose, each of which the campaign must find: a check that can't fail proves nothing."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, text

import hub.core.audit
import hub.core.outbox
from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.lease import HeldLease
from hub.modules.rosreestr.providers.xml_gateway import XmlGateway
from hub.modules.rosreestr.work import RegistrationWork
from hub.modules.signatures.service import SignaturesService
from hub.storage.outbox_store import SqlOutboxStore
from tests.campaign.canaries import WORD
from tests.campaign.planted_payments import PLANTED_IN_PAYMENTS
from tests.campaign.planted_tbank import PLANTED_IN_TBANK
from tests.campaign.planted_yookassa import PLANTED_IN_YOOKASSA


def _skip_lease_check() -> None:
    async def check(_lease: HeldLease, _change: object = None) -> None:
        """Send whoever holds the job, and leave no mark that it was sent."""

    HeldLease.check = check  # type: ignore[method-assign,assignment]


def _resend_after_lost_answer() -> None:
    async def ask(_work: RegistrationWork, _row: object, _lease: object) -> None:
        """Don't ask the vendor what became of it."""

    RegistrationWork._ask = ask  # type: ignore[method-assign,assignment]


def _settle_without_fence() -> None:
    """As if the fence were not looked at: whoever ends a job is taken for its holder."""
    finish = SqlOutboxStore.finish
    take = text("update outbox_jobs set state = 'leased', holder = :holder, fence = :fence where id = :job")

    def finish_anyway(
        store: SqlOutboxStore, conn: Connection, job_id: str, *, holder: str, fence: int, **ending: Any
    ) -> bool:
        conn.execute(take, {"holder": holder, "fence": fence, "job": job_id})
        return finish(store, conn, job_id, holder=holder, fence=fence, **ending)

    SqlOutboxStore.finish = finish_anyway  # type: ignore[method-assign,assignment]


def _not_found_is_proof() -> None:
    XmlGateway.visibility_window = property(lambda _gateway: timedelta())  # type: ignore[assignment,method-assign]


def _leave_intent_out() -> None:
    append = Audit.append

    def all_but_intents(audit: Audit, conn: Connection, record: AuditRecord) -> None:
        if record.phase is not Phase.INTENT:
            append(audit, conn, record)

    Audit.append = all_but_intents  # type: ignore[method-assign,assignment]


def _sign_anew_each_time() -> None:
    """As if the agent could not know that it is asked again."""
    import hub.modules.signatures.work as work  # noqa: PLC0415 - its function is what is replaced

    order = work._order
    asked: list[None] = []

    def anew(row: Any) -> Any:
        asked.append(None)
        made = order(row)
        return type(made)(**{name: getattr(made, name) for name in made.__slots__} | {"request_id": _other(len(asked))})

    work._order = anew


def _other(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def _log_a_name() -> None:
    hashing = SignaturesService.hash_document

    async def talkative(*arguments: Any, **named: Any) -> Any:
        hub.core.outbox.log.warning("signing", who=WORD)
        return await hashing(*arguments, **named)

    SignaturesService.hash_document = talkative  # type: ignore[method-assign]


def theme_of(plant: str) -> str:
    """What a run must be about to find a planted bug."""
    families = {"sberbank": PLANTED_IN_PAYMENTS, "tbank": PLANTED_IN_TBANK, "yookassa": PLANTED_IN_YOOKASSA}
    return next((family for family, planted in families.items() if plant in planted), "land")


PLANTED: Final[Mapping[str, Callable[[], None]]] = {
    "skip-lease-check": _skip_lease_check,
    "resend-after-lost-answer": _resend_after_lost_answer,
    "settle-without-fence": _settle_without_fence,
    "not-found-is-proof": _not_found_is_proof,
    "intent-left-out": _leave_intent_out,
    "sign-anew-each-time": _sign_anew_each_time,
    "name-in-the-log": _log_a_name,
    **PLANTED_IN_PAYMENTS,
    **PLANTED_IN_TBANK,
    **PLANTED_IN_YOOKASSA,
}
