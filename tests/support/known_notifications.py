"""Makes, in a running landhub, the notifications, contacts and rules that the examples refer to."""

import time
from typing import Any

import grpc

from landhub.notifications.v1 import notifications_pb2, notifications_service_pb2
from sandbox.demo.stack import Stack
from tests.support.examples import send
from tests.support.examples_notifications import (
    NOTIFICATIONS,
    RECIPIENTS,
    RULES,
    KnownTelling,
    notification,
    notification_examples,
)
from tests.support.stack import control

_SECONDS = 30


def make_telling(stack: Stack, client: grpc.Channel) -> KnownTelling:
    """Make all of it, as the caller of that channel."""
    return KnownTelling(
        notification_id=make_notification(client),
        campaign_id=make_campaign(client),
        doubtful_id=make_doubtful_notification(stack, client),
        contact_id=make_contact(client),
        opt_out_id=make_opt_out(client),
        rule_id=make_rule(client),
        spent_contact_id=make_contact(client),
        spent_opt_out_id=make_opt_out(client),
        spent_rule_id=make_rule(client),
    )


def make_notification(client: grpc.Channel) -> str:
    """Make a notification that waits."""
    answer: Any = send(client, f"{NOTIFICATIONS}/CreateNotification", [notification()])
    return str(answer.notification.notification_id)


def make_campaign(client: grpc.Channel) -> str:
    """Make a campaign that waits."""
    return str(_made(client, NOTIFICATIONS, "BatchCreateNotifications").campaign.campaign_id)


def make_contact(client: grpc.Channel) -> str:
    """Make a contact."""
    return str(_made(client, RECIPIENTS, "CreateContact").contact.contact_id)


def make_opt_out(client: grpc.Channel) -> str:
    """Make an opt-out."""
    return str(_made(client, RECIPIENTS, "CreateOptOut").opt_out.opt_out_id)


def make_rule(client: grpc.Channel) -> str:
    """Make a rule."""
    return str(_made(client, RULES, "CreateRule").rule.rule_id)


def make_doubtful_notification(stack: Stack, client: grpc.Channel) -> str:
    """Make a notification that was sent and not answered, by a provider that can't be asked."""
    fault = {"kind": "answer_lost", "operation": "unisender_go.send"}
    control(stack, "/faults", {"faults": [fault]})
    made: Any = send(client, f"{NOTIFICATIONS}/CreateNotification", [notification(now=True)])
    request = notifications_service_pb2.GetNotificationRequest(notification_id=made.notification.notification_id)
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        answer: Any = send(client, f"{NOTIFICATIONS}/GetNotification", [request])
        if answer.notification.state == notifications_pb2.NOTIFICATION_STATE_OUTCOME_UNKNOWN:
            return str(request.notification_id)
        time.sleep(0.1)
    raise AssertionError("the notification never became doubtful")


def _made(client: grpc.Channel, service: str, name: str) -> Any:
    requests = notification_examples(KnownTelling())[service.removeprefix("/landhub.")]
    return send(client, f"{service}/{name}", [requests[name]])
