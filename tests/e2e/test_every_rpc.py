"""What the contract promises of every RPC, tried on every RPC of its descriptors."""

import copy
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from landhub.events.v1 import events_service_pb2
from sandbox.demo.stack import Stack
from tests.support.examples import (
    ADMINISTRATION,
    KEYED,
    METHODS,
    Known,
    answers,
    examples,
    keyed_part,
    resource_fields,
    send,
)
from tests.support.known import make_idle_job, make_known, make_unknown_outcome, make_withdrawable
from tests.support.known_notifications import (
    make_campaign,
    make_contact,
    make_doubtful_notification,
    make_notification,
    make_opt_out,
    make_rule,
)
from tests.support.known_payments import make_doubtful, make_held, make_unpaid
from tests.support.stack import channel

DOCUMENT = "Договор для примера".encode()
OWNED = sorted((path, field) for path, method in METHODS.items() for field in resource_fields(method.input_type))
LISTS = sorted(
    path for path, method in METHODS.items() if method.name.startswith("List") and not path.startswith(ADMINISTRATION)
)


class Hub:
    """Channels of two callers who must not see each other's things, and of the administrator."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.client = channel(stack.installation)
        self.other = channel(stack.installation, "other")
        self.administrator = channel(stack.installation, "administrator")
        self.known = make_known(stack, self.client, DOCUMENT)

    def send(self, path: str, messages: Sequence[Any]) -> Any:
        """Send as the client, or as the administrator what only he may."""
        return send(self.administrator if path.startswith(ADMINISTRATION) else self.client, path, messages)

    def examples(self) -> Mapping[str, Sequence[Any]]:
        return examples(self.known)

    def close(self) -> None:
        for opened in (self.client, self.other, self.administrator):
            opened.close()


@pytest.fixture(scope="module")
def hub(stack: Stack) -> Iterator[Hub]:
    opened = Hub(stack)
    yield opened
    opened.close()


def test_there_is_an_example_of_every_rpc(hub: Hub) -> None:
    assert sorted(hub.examples()) == sorted(METHODS)


@pytest.mark.parametrize("path", sorted(METHODS))
def test_a_good_request_is_answered(hub: Hub, path: str) -> None:
    hub.send(path, hub.examples()[path])


@pytest.mark.parametrize(("path", "field"), OWNED)
def test_another_owners_resource_is_not_found(hub: Hub, path: str, field: str) -> None:
    messages = hub.examples()[path]
    known = hub.known
    assert getattr(messages[0], field) in {
        known.registration_id,
        known.withdrawable_id,
        known.signature_id,
        known.payment_id,
        known.refund_id,
        known.held_id,
        known.unpaid_id,
        known.doubtful_id,
        known.deal_id,
        known.reconciliation_id,
        *known.telling.ids(),
    }
    with pytest.raises(grpc.RpcError) as caught:
        send(hub.other, path, messages)
    assert _told(caught.value) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")


@pytest.mark.parametrize(("path", "field"), OWNED)
def test_a_resource_that_never_was_is_told_in_the_same_words(hub: Hub, path: str, field: str) -> None:
    theirs = hub.examples()[path]
    nobodys = copy.deepcopy(theirs)
    setattr(nobodys[0], field, str(uuid.uuid4()))
    told = []
    for messages in (theirs, nobodys):
        with pytest.raises(grpc.RpcError) as caught:
            send(hub.other, path, messages)
        status: Any = caught.value
        told.append((status.code(), status.details()))
    assert told[0] == told[1]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_nothing_of_another_owner(hub: Hub, path: str) -> None:
    assert (
        _ids(hub.known, hub.send(path, hub.examples()[path]))
        or "List" not in path
        or path.endswith(("ListCertificates", "ListRights", "ListTemplates", "ListFirings"))
    )
    assert not _ids(hub.known, send(hub.other, path, hub.examples()[path]))


def test_a_subscription_tells_nothing_of_another_owner(hub: Hub) -> None:
    attach = "/landhub.signatures.v1.SignaturesService/AttachSignature"
    subscribe = "/landhub.events.v1.EventsService/Subscribe"
    own = send(hub.other, attach, hub.examples()[attach])
    request = events_service_pb2.SubscribeRequest(after_cursor="0")
    seen = []
    for answer in answers(hub.other, subscribe, [request], most=1000):
        message: Any = answer
        seen.append(message.event.subject)
        if message.event.subject == own.signature.signature_id:  # type: ignore[attr-defined]
            break
    assert not {hub.known.registration_id, hub.known.signature_id} & set(seen)


@pytest.mark.parametrize("path", KEYED)
def test_a_change_without_a_request_id_is_refused(hub: Hub, path: str) -> None:
    messages = copy.deepcopy(hub.examples()[path])
    keyed_part(messages).request_id = ""
    with pytest.raises(grpc.RpcError) as caught:
        hub.send(path, messages)
    assert _told(caught.value) == ("INVALID_ARGUMENT", "VALIDATION_FAILED")
    assert any(field.endswith("request_id") for field in _violations(caught.value))


@pytest.mark.parametrize("path", KEYED)
def test_the_same_request_id_with_other_content_is_refused(hub: Hub, path: str) -> None:
    messages = _fresh(hub, path)
    hub.send(path, messages)
    hub.send(path, messages)  # the same again is answered
    changed = copy.deepcopy(messages)
    keyed_part(changed).business_reference = "another-story"
    with pytest.raises(grpc.RpcError) as caught:
        hub.send(path, changed)
    assert _told(caught.value) == ("ALREADY_EXISTS", "REQUEST_ID_REUSED")


# What an example uses up, and what makes another one.
_SPENT: Mapping[str, tuple[str, Callable[[grpc.Channel], str]]] = {
    "CancelNotification": ("notification_id", make_notification),
    "CancelCampaign": ("campaign_id", make_campaign),
    "DeleteContact": ("contact_id", make_contact),
    "DeleteOptOut": ("opt_out_id", make_opt_out),
    "DeleteRule": ("rule_id", make_rule),
}


def _fresh(hub: Hub, path: str) -> Sequence[Any]:
    """An example that finds the world as it needs it: what can be settled, withdrawn or discarded once, wasn't yet."""
    messages = hub.examples()[path]
    if path.endswith("/ResolveOutcome"):
        messages[0].resource = make_unknown_outcome(hub.stack, hub.client, hub.known)
    if path.endswith(("/RetryOutboxJob", "/DiscardOutboxJob")):
        messages[0].job_id = make_idle_job(hub.stack, hub.client, hub.known)
    if path.endswith("/WithdrawRegistration"):
        messages[0].registration_id = make_withdrawable(hub.client, hub.known)
    if path.endswith("/CapturePayment"):
        messages[0].payment_id = make_held(hub.stack, hub.client)
    if path.endswith("/CancelPayment"):
        messages[0].payment_id = make_unpaid(hub.client)
    if (make := _SPENT.get(path.rpartition("/")[2])) is not None:
        name, again = make
        setattr(messages[0], name, again(hub.client))
    if path.endswith("/ResolveNotification"):
        messages[0].notification_id = make_doubtful_notification(hub.stack, hub.client)
    if path.endswith("/ResolvePayment"):
        messages[0].payment_id = make_doubtful(hub.stack, hub.client)
    return messages


def _ids(known: Known, message: Any) -> list[str]:
    text = str(message)
    theirs = (known.registration_id, known.signature_id, known.payment_id, known.deal_id, known.reconciliation_id)
    return [name for name in (*theirs, *known.telling.ids()) if name in text]


def _told(error: Any) -> tuple[str, str]:
    """The status's name and the reason."""
    info = error_details_pb2.ErrorInfo()
    _unpack(error, info)
    return error.code().name, info.reason


def _violations(error: Any) -> list[str]:
    request = error_details_pb2.BadRequest()
    _unpack(error, request)
    return [violation.field for violation in request.field_violations]


def _unpack(error: Any, wanted: Any) -> None:
    status: Any = rpc_status.from_call(error)
    for detail in status.details:
        detail.Unpack(wanted)
