"""The demo's telling of the deal: each step under one root span, said with its time; what came of it all."""

import asyncio
import contextlib
import dataclasses
import time
import uuid
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from landhub.events.v1 import events_pb2
from landhub.payments.v1 import deals_pb2
from landhub.rosreestr.v1 import rosreestr_pb2, rosreestr_service_pb2
from landhub.signatures.v1 import signatures_pb2
from landhub_client import Client
from sandbox.demo import papers
from sandbox.demo.deal import Deal, DealFailedError, Names
from sandbox.demo.installation import Installation
from sandbox.demo.ports import HOST
from sandbox.demo.telling import Telling, first_line, request_ids
from sandbox.demo.tracing import tracer_provider

_SUBSCRIBER_SECONDS = 10.0  # for the last event to arrive after the last state was seen


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Prints each step with the seconds since the demo began."""

    began: float

    def say(self, step: str, result: str) -> None:
        """Print one step."""
        print(f"{time.monotonic() - self.began:7.2f} s  {step:28}  {result}", flush=True)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of the deal: the agent's signature (DER) and what stands in `summary.json`."""

    cms: bytes
    summary: dict[str, Any]


async def run_deal(installation: Installation, steps: Steps, *, seed: uuid.UUID) -> Outcome:
    """Run the deal in one trace.

    Raises:
        LandhubError: a call failed.
        DealFailedError: it took another turn than expected.
    """
    provider = tracer_provider(f"{installation.control_url}/v1/traces")
    trace.set_tracer_provider(provider)
    try:
        return await _traced(provider, installation, steps, seed)
    finally:
        await asyncio.to_thread(provider.shutdown)


async def _traced(provider: TracerProvider, installation: Installation, steps: Steps, seed: uuid.UUID) -> Outcome:
    pki = installation.pki
    connected = Client.connect(
        f"{HOST}:{installation.ports.hub}", ca=pki / "ca.crt", certificate=pki / "client.crt", key=pki / "client.key"
    )
    tracer = provider.get_tracer("sandbox.demo")
    async with connected as client:
        with tracer.start_as_current_span(
            "land deal", attributes={"landhub.reference": papers.BUSINESS_REFERENCE}
        ) as root:
            deal = Deal(client=client, installation=installation, names=Names(seed=seed))
            telling = Telling(client=client, installation=installation, request_id=request_ids(seed))
            await telling.set_up()
            steps.say("who is told", "seller and buyer, by rules: submitted, registered, paid")
            seen: list[events_pb2.Event] = []
            subscriber = asyncio.create_task(_subscribe(deal, seen, steps))
            try:
                outcome = await _steps(deal, steps)
                await asyncio.wait_for(subscriber, _SUBSCRIBER_SECONDS)
                told = await telling.arrived()
            finally:
                subscriber.cancel()
    for message in told:
        steps.say(f"  {message['channel']} arrived", f"{message['recipient']}: {first_line(message)}")
    steps.say("all of it can be read", f"{installation.control_url}/inbox")
    trace_id = trace.format_trace_id(root.get_span_context().trace_id)
    events = [{"type": event.type, "subject": event.subject, "data": dict(event.data)} for event in seen]
    return dataclasses.replace(
        outcome, summary=outcome.summary | {"trace_id": trace_id, "events": events, "told": told}
    )


async def _subscribe(deal: Deal, seen: list[events_pb2.Event], steps: Steps) -> None:
    """Hear of the deal until the right is registered."""
    async with contextlib.aclosing(deal.events()) as events:
        async for event in events:
            seen.append(event)
            state = event.data.get("state") or event.data.get("documents_state", "")
            steps.say("  event", f"{event.type} {state}")
            if state == "REGISTERED":
                return


async def _steps(deal: Deal, steps: Steps) -> Outcome:
    plot = await deal.get_plot()
    steps.say("plot", f"{plot.cadastral_number}, {plot.area_square_meters} m², {plot.address}")
    owner = await deal.check_owner()
    result = rosreestr_pb2.OwnerCheckResult.Name(owner.result).removeprefix("OWNER_CHECK_RESULT_")
    steps.say("owner", f"{result}: {owner.explanation}")
    refusal = await deal.try_two_sellers()
    steps.say("two sellers are refused", f"{refusal.reason} {dict(refusal.metadata)}: {refusal.message}")
    signature = await _sign(deal, steps)
    attached = await deal.attach_foreign()
    buyer = attached.signature.certificate
    steps.say("buyer's signature attached", f"passed; signed by {buyer.owner.common_name}")
    paid = await _take_payment(deal, steps)
    registration = await deal.submit([signature.cms, attached.signature.cms])
    steps.say("submitted", f"{_state(registration)}, at the register {registration.vendor_registration_id}")
    suspended = await deal.reach(registration.registration_id, rosreestr_pb2.REGISTRATION_STATE_SUSPENDED)
    steps.say("suspended", suspended.status_reason)
    added = await deal.add_consent(registration.registration_id)
    documents_state = rosreestr_service_pb2.DocumentsState.Name(added.documents_state)
    steps.say("document added", f"{documents_state.removeprefix('DOCUMENTS_STATE_')}, the spouse's consent")
    registered = await deal.reach(registration.registration_id, rosreestr_pb2.REGISTRATION_STATE_REGISTERED)
    steps.say("registered", registered.registration_number)
    summary = {
        "business_reference": papers.BUSINESS_REFERENCE,
        "cadastral_number": papers.PLOT,
        "refused_first": {"reason": refusal.reason, "metadata": dict(refusal.metadata), "message": refusal.message},
        "signature_id": signature.signature_id,
        "certificate_thumbprint": signature.certificate_thumbprint,
        "attached_signature_id": attached.signature.signature_id,
        "deal_id": paid.deal_id,
        "deal_state": deals_pb2.DealState.Name(paid.state).removeprefix("DEAL_STATE_"),
        "paid_kopecks": paid.captured_amount.minor_units,
        "registration_id": registered.registration_id,
        "vendor_registration_id": registered.vendor_registration_id,
        "state": _state(registered),
        "registration_number": registered.registration_number,
        "document_count": registered.document_count,
    }
    return Outcome(cms=signature.cms, summary=summary)


async def _take_payment(deal: Deal, steps: Steps) -> deals_pb2.Deal:
    """Have the price paid in two instalments, and go on when the hub says that the money is there."""
    asked = await deal.ask_for_money()
    steps.say("money asked for", f"{_roubles(asked.amount.minor_units)} in all")
    instalments = {
        "Задаток": papers.ADVANCE_KOPECKS,
        "Остаток": papers.PRICE_KOPECKS - papers.ADVANCE_KOPECKS,
    }
    for what, kopecks in instalments.items():
        payment = await deal.create_payment(what, kopecks)
        await deal.pay(payment)
        steps.say("paid on the bank's page", f"{_roubles(kopecks)}, order {payment.vendor_payment_id}")
    paid = await deal.money_there(asked.deal_id)
    steps.say("the money is there", f"{_roubles(paid.captured_amount.minor_units)}: now it may be registered")
    return paid


def _roubles(kopecks: int) -> str:
    return f"{kopecks / 100:,.2f} ₽".replace(",", " ")


async def _sign(deal: Deal, steps: Steps) -> signatures_pb2.Signature:
    certificates = await deal.list_certificates()
    (certificate,) = (found for found in certificates if found.has_private_key)
    steps.say("certificate", f"{certificate.thumbprint}, {certificate.owner.common_name}")
    signature = await deal.sign(certificate.thumbprint)
    if signature.state != signatures_pb2.SIGNATURE_STATE_SIGNED:
        state = signatures_pb2.SignatureState.Name(signature.state)
        raise DealFailedError(f"the contract was not signed: {state} {signature.failure_reason}")
    steps.say("contract signed", f"CAdES-BES, {len(signature.cms)} bytes, attested by the backend's own key")
    return signature


def _state(registration: rosreestr_pb2.Registration) -> str:
    return rosreestr_pb2.RegistrationState.Name(registration.state).removeprefix("REGISTRATION_STATE_")
