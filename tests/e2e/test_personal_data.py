"""Personal data goes where it must and nowhere else: canaries in every personal field, looked for in all we write."""

import base64
import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pytest

from landhub.common.v1 import document_pb2, party_pb2
from landhub.events.v1 import events_service_pb2
from landhub.hub.v1 import hub_service_pb2
from landhub.payments.v1 import payments_pb2
from landhub.rosreestr.v1 import rosreestr_pb2, rosreestr_service_pb2
from sandbox.demo.stack import Stack
from sandbox.test_ca import Subject
from tests.support.canaries import Aviary, find, personal_fields, spellings
from tests.support.card_payments import CALLER, CardPayments, card_sandbox_options, card_settings
from tests.support.databases import server_bytes
from tests.support.examples import METHODS, examples, send
from tests.support.examples_notifications import NOTIFICATIONS, RECIPIENTS, TEMPLATES, notification
from tests.support.known import ROSREESTR, SIGNATURES, make_known
from tests.support.known_payments import PAYMENTS
from tests.support.ports import demo_ports
from tests.support.stack import channel, control, running_stack

PLOT = "77:01:0009001:777"
REFERENCE = "canary-1"
_TELLING = {
    NOTIFICATIONS: ("CreateNotification", "BatchCreateNotifications", "EstimateSms"),
    TEMPLATES: ("PreviewTemplate",),
    RECIPIENTS: ("CreateContact", "CreateOptOut"),
}
VENDOR_FAULTS = ("answer_lost", "bad_token", "html", "unknown_element", "windows_1251", "cut_document")


class Deals:
    """Sends requests full of canaries, good ones and bad ones, and keeps every error that comes back."""

    def __init__(self, stack: Stack, aviary: Aviary) -> None:
        self.stack = stack
        self.aviary = aviary
        self.errors: list[bytes] = []
        self._client = channel(stack.installation)
        self._cards = channel(stack.installation, CALLER)

    def run(self) -> None:
        self._register_an_owner()
        self._send_every_rpc()
        self._send_what_is_refused()
        self._let_the_register_fail()
        CardPayments(stack=self.stack, aviary=self.aviary, send=self._send_as_cards).run()
        self._client.close()
        self._cards.close()

    def send(self, path: str, *messages: Any) -> Any:
        """Send; an error is kept with all it says."""
        try:
            return send(self._client, path, messages)
        except grpc.RpcError as failed:
            error: Any = failed
            self.errors.append(f"{error.code()} {error.details()} {error.debug_error_string()}".encode())
            self.errors.extend(
                value if isinstance(value, bytes) else value.encode() for _, value in error.trailing_metadata()
            )
            return None

    def _send_as_cards(self, path: str, message: Any) -> Any:
        return send(self._cards, path, [message])

    def _register_an_owner(self) -> None:
        """Let the register know a person made of canaries."""
        aviary = self.aviary
        self.owner = party_pb2.Person(
            surname=aviary.text("landhub.common.v1.Person.surname"),
            given_name=aviary.text("landhub.common.v1.Person.given_name"),
            patronymic=aviary.text("landhub.common.v1.Person.patronymic"),
            inn=aviary.inn("landhub.common.v1.Person.inn"),
            snils=aviary.snils("landhub.common.v1.Person.snils"),
        )
        right = {
            "type": "Собственность",
            "owner": f"{self.owner.surname} {self.owner.given_name} {self.owner.patronymic}",
            "inn": self.owner.inn,
            "registration_date": "2021-03-15",
            "number": f"{PLOT}-77/020/2021-1",
        }
        control(self.stack, "/plots", {"cadastral_number": PLOT, "address": "Москва", "area": "600", "rights": [right]})

    def _send_every_rpc(self) -> None:
        document = self.aviary.content("landhub.signatures.v1.SignDocumentRequest.content")
        for name in (
            "landhub.signatures.v1.SignDocumentStreamRequest.chunk",
            "landhub.signatures.v1.AttachSignatureRequest.content",
            "landhub.signatures.v1.VerifySignatureRequest.content",
            "landhub.signatures.v1.VerifySignatureStreamRequest.chunk",
        ):
            self.aviary.keep(name, document)  # one document, since the signatures are over it
        authority = self.stack.installation.authority
        name = self.aviary.text("the subject of a foreign certificate")
        foreign = authority.issue("canary", Subject(common_name=name, inn=self.aviary.inn("its ИНН")))
        known = make_known(self.stack, self._client, document, foreign=foreign)
        for field in (
            "landhub.common.v1.DocumentSignature.cms",
            "landhub.signatures.v1.AttachSignatureRequest.cms",
            "landhub.signatures.v1.VerifySignatureRequest.cms",
            "landhub.signatures.v1.VerifySignatureHeader.cms",
            "landhub.signatures.v1.SignDocumentRequest.existing_cms",
            "landhub.signatures.v1.SignDocumentHeader.existing_cms",
        ):
            self.aviary.keep(field, known.foreign_cms[-64:])  # the signature's value: what makes it this one
        self.known = known
        self._good = examples(known)
        self.aviary.plant(self._good[f"{ROSREESTR}/WithdrawRegistration"][0])
        for path, messages in self._good.items():
            if path.startswith((ROSREESTR, SIGNATURES)):
                self.send(path, *messages)
        self._sign_beside_another()
        self._pay()
        self._tell()
        self._register(self.owner)
        trader = party_pb2.SoleTrader(
            person=self.owner, ogrnip=self.aviary.ogrnip("landhub.common.v1.SoleTrader.ogrnip")
        )
        self._check_owner(party_pb2.Party(sole_trader=trader))
        self._check_owner(party_pb2.Party(person=self.owner))
        assert self.errors == []  # so far all was good

    def _send_what_is_refused(self) -> None:
        stranger = party_pb2.Person(surname=self.aviary.text("a stranger"), given_name="Пётр")
        self._register(stranger)
        wrong = party_pb2.Person(
            surname="Неверная", given_name="Анна", inn=self.aviary.keep("a wrong ИНН", "770197999999")
        )
        self._check_owner(party_pb2.Party(person=wrong))
        odd = party_pb2.Person(
            surname=self.aviary.text("too long a name") * 20,
            inn=self.aviary.keep("no ИНН", "канарейка123"),
            snils=self.aviary.keep("no СНИЛС", "канарейка456"),
        )
        self._check_owner(party_pb2.Party(person=odd))
        control_character = self.aviary.text("a name that XML can't hold") + "\x01"
        self._check_owner(party_pb2.Party(person=party_pb2.Person(surname=control_character, given_name="Анна")))
        self._register(self.owner, file_name=self.aviary.text("a path for a name") + "/contract.txt")
        self._register(self.owner, signature=self.aviary.content("a signature that is none"))
        for name, part in ((SIGNATURES + "/AttachSignature", "cms"), (SIGNATURES + "/VerifySignature", "cms")):
            (request,) = self._good[name]
            setattr(request, part, self.aviary.content(f"{name}: no CMS"))
            self.send(name, request)
        assert len(self.errors) >= 6

    def _let_the_register_fail(self) -> None:
        refusal = {
            "kind": "error",
            "operation": "registration.submit",
            "code": "REFUSED",
            "message": f"Заявитель {self.aviary.text('the words of a refusal')} неизвестен",
        }
        control(self.stack, "/faults", {"faults": [refusal]})
        self._register(self.owner)
        for kind in VENDOR_FAULTS:
            control(self.stack, "/faults", {"faults": [{"kind": kind, "operation": "registration.submit"}]})
            self._register(self.owner)
        suspended = self._register(self.owner, scenario="stuck")
        reason = f"Не хватает согласия: {self.aviary.text('landhub.rosreestr.v1.Registration.status_reason')}"
        told = {"status": "SUSPENDED", "reason": reason}
        control(self.stack, f"/registrations/{suspended.vendor_registration_id}/status", told)
        watch = rosreestr_service_pb2.WatchRegistrationRequest(registration_id=suspended.registration_id)
        with suppress(StopIteration):
            while not self.send(f"{ROSREESTR}/WatchRegistration", watch).registration.status_reason:
                pass

    def _sign_beside_another(self) -> None:
        again = examples(self.known)
        (request,) = again[f"{SIGNATURES}/SignDocument"]
        request.existing_cms = self.known.foreign_cms
        header, *chunks = again[f"{SIGNATURES}/SignDocumentStream"]
        header.header.existing_cms = self.known.foreign_cms
        self.send(f"{SIGNATURES}/SignDocument", request)
        self.send(f"{SIGNATURES}/SignDocumentStream", header, *chunks)

    def _pay(self) -> None:
        (request,) = self._good[f"{PAYMENTS}/CreatePayment"]
        request.client_id = "client"
        item = payments_pb2.ReceiptItem(
            name="Аренда",
            quantity="1",
            measure="шт",
            price_minor_units=request.amount.minor_units,
            amount_minor_units=request.amount.minor_units,
            vat="none",
            payment_method="full_payment",
            payment_object=4,
        )
        request.receipt.CopyFrom(payments_pb2.Receipt(email="a@example.ru", phone="+79010000000", items=[item]))
        self.aviary.plant(request)
        self.send(f"{PAYMENTS}/CreatePayment", request)
        (refund,) = self._good[f"{PAYMENTS}/CreateRefund"]
        self.aviary.plant(refund)
        self.send(f"{PAYMENTS}/CreateRefund", refund)

    def _tell(self) -> None:
        """Send messages in full, by a template of ours and by one that a provider keeps, and name people to rules."""
        for service, names in _TELLING.items():
            for name in names:
                (request,) = self._good[f"{service}/{name}"]
                self.aviary.plant(request)
                if name in {"BatchCreateNotifications", "PreviewTemplate"}:
                    (request.template if "Batch" in name else request).values.update(
                        {"amount": 100, "reference": "Д-1"}
                    )
                self.send(f"{service}/{name}", request)
        for account in ("mail", "sms"):
            in_full = notification(account=account, now=True)
            self.aviary.plant(in_full)
            self.send(f"{NOTIFICATIONS}/CreateNotification", in_full)
        kept = notification(now=True)
        kept.vendor_template.vendor_template_id = "none"
        kept.vendor_template.values["name"] = kept.vendor_template.subject = "x"
        self.aviary.plant(kept)
        self.send(f"{NOTIFICATIONS}/CreateNotification", kept)

    def _check_owner(self, owner: party_pb2.Party) -> None:
        request = rosreestr_service_pb2.CheckOwnerRequest(cadastral_number=PLOT, owner=owner)
        self.send(f"{ROSREESTR}/CheckOwner", request)

    def _register(
        self,
        seller: party_pb2.Person,
        *,
        file_name: str = "",
        signature: bytes = b"",
        scenario: str = "straight",
    ) -> rosreestr_pb2.Registration:
        """Submit a transfer by that seller in which all else that is personal is a canary."""
        path = f"{ROSREESTR}/CreateRegistration"
        (request,) = examples(self.known)[path]
        request.business_reference = REFERENCE
        transfer = request.transfer
        transfer.contract_number = f"canary-{scenario}"
        transfer.cadastral_numbers[:] = [PLOT]
        contract, power = (
            transfer.documents[0],
            transfer.documents.add(
                kind=document_pb2.DOCUMENT_KIND_POWER_OF_ATTORNEY, file_name="power.txt", content=b"power"
            ),
        )
        contract.signatures.add(cms=signature or self.known.foreign_cms)
        buyer = transfer.transferees[0]
        buyer.party.person.MergeFrom(party_pb2.Person(patronymic="П", inn="1", snils="1"))
        buyer.representative.person.CopyFrom(buyer.party.person)
        buyer.representative.power_of_attorney_file_name = power.file_name
        self.aviary.plant(request)
        buyer.representative.power_of_attorney_file_name = power.file_name
        self.aviary.keep("landhub.rosreestr.v1.Representative.power_of_attorney_file_name", power.file_name)
        contract.content = self.known.document  # over which the signature is; a canary too
        transfer.transferors[0].party.person.CopyFrom(seller)
        if file_name:
            contract.file_name = file_name
        answer = self.send(path, request)
        return answer.registration if answer else rosreestr_pb2.Registration()


@pytest.fixture(scope="module")
def deals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deals]:
    ports = demo_ports()
    with running_stack(
        tmp_path_factory.mktemp("canaries") / "installation",
        CALLER,
        ports=ports,
        settings=card_settings(ports),
        sandbox_options=card_sandbox_options(ports),
    ) as stack:
        made = Deals(stack, Aviary())
        made.run()
        yield made


@pytest.fixture(scope="module")
def written(deals: Deals) -> Mapping[str, Sequence[tuple[str, bytes]]]:
    """All that hub and agent wrote and tell, by kind; they are stopped, so that all of it has been written."""
    stack, folder = deals.stack, deals.stack.installation.folder
    told = {
        "an error": [("error", error) for error in deals.errors],
        "a metric": [("metrics", _get(stack, "/metrics"))],
        "a trace kept in memory": [("traces", _get(stack, "/traces"))],
        "an audit record or a story": list(_administration(stack)),
        "an event": list(_events(stack)),
    }
    ahead = _files(folder, "state/*-wal")
    stack.hub.stop()
    stack.agent.stop()
    traces = control(stack, "/traces")["traces"]
    spans = [control(stack, f"/traces?trace_id={trace['traceId']}") for trace in traces]
    return told | {
        "a span": [("span", json.dumps(span, ensure_ascii=False).encode()) for span in spans],
        "a log": _files(folder, "run/hub.log", "run/agent.log"),
        "the hub's files": [*ahead, *_files(folder, "state/**/*"), ("the server", server_bytes(folder))],
        "the agent's files": _files(folder, "agent/state/**/*"),
    }


def test_every_personal_field_of_every_request_had_a_canary(deals: Deals) -> None:
    fields = {name for method in METHODS.values() for name in personal_fields(method.input_type)}
    assert fields - set(deals.aviary.planted) == set()


def test_the_canaries_reached_the_register(deals: Deals) -> None:
    sent = "".join(
        call["document"] or "" for call in control(deals.stack, "/calls?operation=registration.submit")["calls"]
    )
    assert deals.owner.surname in sent
    assert deals.owner.inn in sent
    assert base64.b64encode(deals.known.foreign_cms).decode() in sent


def test_the_canaries_reached_the_vendors_of_messages(deals: Deals) -> None:
    arrived = control(deals.stack, "/inbox.json")["messages"]
    planted = deals.aviary.planted
    for kind, address in (("email", "email"), ("sms", "phone")):
        messages = [message for message in arrived if message["channel"] == kind]
        recipients = {message["recipient"].removeprefix("+") for message in messages}
        named = planted[f"landhub.notifications.v1.Recipient.{address}"]
        assert recipients & {str(canary).removeprefix("+") for canary in named}
        texts = "".join(message["text"] for message in messages)
        assert any(str(canary) in texts for canary in planted["landhub.notifications.v1.Content.text"])


@pytest.mark.parametrize(
    "kind",
    [
        "an error", "a metric", "a trace kept in memory", "an audit record or a story", "an event", "a span", "a log",
        "the hub's files", "the agent's files",
    ],
)  # fmt: skip
def test_no_canary_is_in(kind: str, deals: Deals, written: Mapping[str, Sequence[tuple[str, bytes]]]) -> None:
    assert sum(len(content) for _, content in written[kind]) > 0
    assert find(deals.aviary.planted, written[kind]) == []


@pytest.mark.parametrize("canary", ["Канарейкина", b"\xd0\xff\x00canary"])
def test_a_canary_is_found_however_it_is_written(canary: str | bytes) -> None:
    for way, needle in spellings(canary):
        assert find({"x": [canary]}, [("here", b"before" + needle + b"after")]), way
    plain = canary.encode() if isinstance(canary, str) else canary
    for shift in range(3):
        encoded = base64.b64encode(b"x" * shift + plain + b"behind")
        assert find({"x": [canary]}, [("here", encoded)]), shift


def _administration(stack: Stack) -> Iterator[tuple[str, bytes]]:
    with channel(stack.installation, "administrator") as opened:
        audit = "/landhub.hub.v1.HubService/ListAuditRecords"
        token = ""
        while True:
            page: Any = send(opened, audit, [hub_service_pb2.ListAuditRecordsRequest(page_size=500, page_token=token)])
            yield "audit", page.SerializeToString()
            token = page.next_page_token
            if not token:
                break
        story = hub_service_pb2.GetStoryRequest(business_reference=REFERENCE)
        yield "story", send(opened, "/landhub.hub.v1.HubService/GetStory", [story]).SerializeToString()
        stuck = hub_service_pb2.ListStuckWorkRequest()
        yield "stuck", send(opened, "/landhub.hub.v1.HubService/ListStuckWork", [stuck]).SerializeToString()


def _events(stack: Stack) -> Iterator[tuple[str, bytes]]:
    with channel(stack.installation) as opened:
        request = events_service_pb2.ListEventsRequest(page_size=500)
        yield "events", send(opened, "/landhub.events.v1.EventsService/ListEvents", [request]).SerializeToString()


def _get(stack: Stack, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.installation.ports.private}{path}", timeout=10) as answer:
        content: bytes = answer.read()
    return content


def _files(folder: Path, *patterns: str) -> list[tuple[str, bytes]]:
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern)) if path.is_file()]
    return [(str(path.relative_to(folder)), path.read_bytes()) for path in found]
