"""Between the contract's messages and the module's values: only renaming, no rules."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from hub.core.errors import COMMON_DOMAIN, FieldViolation, InvalidRequestError
from hub.core.money import Money
from hub.modules.notifications.addresses import Recipient
from hub.modules.notifications.campaigns import Member, ShownCampaign
from hub.modules.notifications.message import Attachment, Channel, Content, VendorTemplate
from hub.modules.notifications.planning import Handling, What
from hub.modules.notifications.settlement import Finding
from hub.modules.notifications.states import NotificationState, Policy, Priority
from hub.modules.notifications.store import NotificationRow
from hub.modules.notifications.wording import TemplateUse
from landhub.common.v1 import money_pb2
from landhub.notifications.v1 import notifications_pb2 as pb
from landhub.notifications.v1 import notifications_service_pb2 as service_pb

_PRIORITIES = {
    pb.PRIORITY_LOW: Priority.LOW,
    pb.PRIORITY_NORMAL: Priority.NORMAL,
    pb.PRIORITY_HIGH: Priority.HIGH,
}


def recipient(message: pb.Recipient) -> Recipient:
    """Read a recipient."""
    raw = {
        Channel.SMS: message.phone,
        Channel.EMAIL: message.email,
        Channel.TELEGRAM: message.telegram_chat,
        Channel.MAX: message.max_user,
    }
    return Recipient(raw={channel: value for channel, value in raw.items() if value}, time_zone=message.time_zone)


def member(message: service_pb.CampaignRecipient) -> Member:
    """Read one of a campaign's recipients."""
    return Member(
        recipient=recipient(message.recipient),
        values=read_values(message.values),
        business_reference=message.business_reference,
    )


def what(message: service_pb.CreateNotificationRequest | service_pb.BatchCreateNotificationsRequest) -> What:
    """Read what is said."""
    match message.WhichOneof("what"):
        case "template":
            return TemplateUse(
                template=message.template.template,
                version=message.template.version,
                values=read_values(message.template.values),
                attachments=_attachments(message.template.attachments),
            )
        case "vendor_template":
            kept = message.vendor_template
            template = VendorTemplate(template_id=kept.vendor_template_id, values=dict(kept.values))
            return Content(subject=kept.subject, vendor_template=template)
    content = message.content
    return Content(
        text=content.text,
        subject=content.subject,
        html=content.html,
        attachments=_attachments(content.attachments),
    )


def handling(message: pb.Handling) -> Handling:
    """Read how it is to be treated."""
    twice = message.unknown_policy == pb.UNKNOWN_POLICY_RATHER_TWICE
    return Handling(
        route=tuple((step.account, step.sender) for step in message.route),
        priority=_PRIORITIES.get(message.priority),
        send_time=_time(message.send_time) if message.HasField("send_time") else None,
        expire_time=_time(message.expire_time) if message.HasField("expire_time") else None,
        unknown_policy=Policy.RATHER_TWICE if twice else Policy.NEVER_TWICE,
    )


def finding(message: service_pb.ResolveNotificationRequest) -> Finding:
    """Read what a person found out."""
    return Finding(
        was_sent=message.WhichOneof("finding") == "was_sent",
        vendor_id=message.was_sent.vendor_message_id,
        send_again=message.was_not_sent.send_again,
    )


def states(values: Iterable[pb.NotificationState.ValueType]) -> list[str]:
    """Read a filter of states."""
    return [pb.NotificationState.Name(value).removeprefix("NOTIFICATION_STATE_") for value in values]


def notification(row: NotificationRow, *, with_attempts: bool = False) -> pb.Notification:
    """Write a notification, with all that was tried if asked for."""
    ended = row.state in {NotificationState.FAILED, NotificationState.EXPIRED}
    return pb.Notification(
        notification_id=row.id,
        business_reference=row.business_reference,
        campaign_id=row.campaign_id,
        state=_state(row.state),
        failure_reason=_failure(row.failure_reason if ended else ""),
        unknown_reason=pb.UnknownReason.Value(f"UNKNOWN_REASON_{row.unknown_reason or 'UNSPECIFIED'}"),
        needs_person=row.needs_person,
        account=row.account,
        provider=row.provider,
        channel=pb.Channel.Value(f"CHANNEL_{row.channel}"),
        vendor_code=row.vendor_code,
        vendor_message_id=row.vendor_id,
        cost=None if row.cost_minor_units is None else _money(row.cost_minor_units, row.cost_currency),
        parts=row.parts,
        priority=pb.Priority.Value(f"PRIORITY_{row.priority}"),
        template=row.template,
        template_version=row.template_version,
        attempts=_attempts(row) if with_attempts else (),
        schedule_time=_timestamp(row.schedule_time),
        expire_time=_timestamp(row.expire_time),
        send_time=_timestamp(row.send_time),
        deliver_time=_timestamp(row.deliver_time),
        create_time=_timestamp(row.create_time),
        update_time=_timestamp(row.update_time),
    )


def campaign(shown: ShownCampaign) -> pb.Campaign:
    """Write a campaign; providers that bill in several currencies are told of by the first."""
    row = shown.row
    return pb.Campaign(
        campaign_id=row.id,
        business_reference=row.business_reference,
        size=row.size,
        totals=[
            pb.CampaignTotal(state=_state(state), count=count) for state, count in sorted(shown.totals.items()) if count
        ],
        cost=write_money(shown.costs[0]) if shown.costs else None,
        finished=shown.is_finished,
        cancelled=row.state == "CANCELLED",
        create_time=_timestamp(row.create_time),
    )


def write_money(amount: Money) -> money_pb2.Money:
    """Write an amount."""
    return _money(amount.minor_units, amount.currency)


def _attempts(row: NotificationRow) -> list[pb.NotificationAttempt]:
    attempts = [_attempt(stored) for stored in json.loads(row.attempts)]
    if row.send_time is None:
        return attempts
    present = pb.NotificationAttempt(
        account=row.account,
        channel=pb.Channel.Value(f"CHANNEL_{row.channel}"),
        state=_state(row.state),
        failure_reason=_failure(row.failure_reason if row.state == NotificationState.FAILED else ""),
        vendor_code=row.vendor_code,
        vendor_reference=row.vendor_reference,
        vendor_message_id=row.vendor_id,
        send_time=_timestamp(row.send_time),
    )
    return [*attempts, present]


def _attempt(stored: Mapping[str, Any]) -> pb.NotificationAttempt:
    sent = stored["send_time"]
    return pb.NotificationAttempt(
        account=stored["account"],
        channel=pb.Channel.Value(f"CHANNEL_{stored['channel']}"),
        state=_state(stored["state"]),
        failure_reason=_failure(stored["failure_reason"]),
        vendor_code=stored["vendor_code"],
        vendor_reference=stored["vendor_reference"],
        vendor_message_id=stored["vendor_id"],
        send_time=_timestamp(None if sent is None else datetime.fromisoformat(sent)),
    )


def _attachments(messages: Iterable[pb.Attachment]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(file_name=item.file_name, content_type=item.content_type, content=item.content) for item in messages
    )


def read_values(message: Struct) -> Mapping[str, Any]:
    """The values of a template as JSON has them.

    Raises:
        InvalidRequestError: VALIDATION_FAILED, a number is none that JSON has.
    """
    try:
        return MessageToDict(message)
    except ValueError as error:  # it names the value's type and not the value
        raise InvalidRequestError(
            "values holds a number that is not finite: give a whole one, or a text.",
            reason="VALIDATION_FAILED",
            domain=COMMON_DOMAIN,
            violations=(FieldViolation("values", "must hold finite numbers", "values"),),
        ) from error


def _state(state: str) -> pb.NotificationState.ValueType:
    return pb.NotificationState.Value(f"NOTIFICATION_STATE_{state}")


def _failure(reason: str) -> pb.FailureReason.ValueType:
    return pb.FailureReason.Value(f"FAILURE_REASON_{reason or 'UNSPECIFIED'}")


def _time(message: Timestamp) -> datetime:
    return message.ToDatetime(tzinfo=UTC)


def _timestamp(time: datetime | None) -> Timestamp | None:
    if time is None:
        return None
    message = Timestamp()
    message.FromDatetime(time)
    return message


def _money(minor_units: int, currency: str) -> money_pb2.Money:
    return money_pb2.Money(minor_units=minor_units, currency_code=currency)
