"""A good request for every RPC of the notifications' services, and in a running landhub what they refer to."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from landhub.notifications.v1 import notifications_pb2 as pb
from landhub.notifications.v1 import notifications_service_pb2 as notifications
from landhub.notifications.v1 import recipients_service_pb2 as recipients
from landhub.notifications.v1 import rules_service_pb2 as rules
from landhub.notifications.v1 import templates_service_pb2 as templates

NOTIFICATIONS = "/landhub.notifications.v1.NotificationsService"
TEMPLATES = "/landhub.notifications.v1.TemplatesService"
RECIPIENTS = "/landhub.notifications.v1.RecipientsService"
RULES = "/landhub.notifications.v1.RulesService"
REFERENCE = "e2e-1"
LATER = timedelta(days=2)  # so that it waits, and may be cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTelling:
    """What requests refer to.

    Attributes:
        notification_id, campaign_id: Not sent yet.
        doubtful_id: A notification whose answer was lost, and whose provider can't be asked.
        contact_id, opt_out_id, rule_id: The caller's.
        spent_contact_id, spent_opt_out_id, spent_rule_id: The caller's, to be removed.
    """

    notification_id: str = ""
    campaign_id: str = ""
    doubtful_id: str = ""
    contact_id: str = ""
    opt_out_id: str = ""
    rule_id: str = ""
    spent_contact_id: str = ""
    spent_opt_out_id: str = ""
    spent_rule_id: str = ""

    def ids(self) -> tuple[str, ...]:
        """Return all of them."""
        return (
            self.notification_id,
            self.campaign_id,
            self.doubtful_id,
            self.contact_id,
            self.opt_out_id,
            self.rule_id,
            self.spent_contact_id,
            self.spent_opt_out_id,
            self.spent_rule_id,
        )


def notification_examples(known: KnownTelling) -> Mapping[str, Mapping[str, Any]]:
    """Return a request by service and name; each with a new request id."""
    return {
        "notifications.v1.NotificationsService": _notifications(known),
        "notifications.v1.TemplatesService": _templates(),
        "notifications.v1.RecipientsService": _recipients(known),
        "notifications.v1.RulesService": _rules(known),
    }


def notification(*, account: str = "mail", now: bool = False) -> notifications.CreateNotificationRequest:
    """Return a notification in full; it waits for days unless it is to go now."""
    return notifications.CreateNotificationRequest(
        request_id=_id(),
        business_reference=REFERENCE,
        recipient=pb.Recipient(phone="+79990000201", email="e2e@example.ru", telegram_chat="7", max_user="8"),
        content=pb.Content(
            text="Договор готов",
            subject="Договор",
            html="<p>Договор готов</p>",
            attachments=[pb.Attachment(file_name="a.txt", content_type="text/plain", content=b"text")],
        ),
        handling=_handling(account, now=now),
    )


def _notifications(known: KnownTelling) -> dict[str, Any]:
    by_template = pb.TemplateContent(template="landhub-payment-received")
    by_template.values.update({"reference": "Д-1", "amount": 19900, "name": "Иван"})
    campaign = notifications.BatchCreateNotificationsRequest(
        request_id=_id(),
        business_reference=REFERENCE,
        template=by_template,
        recipients=[notifications.CampaignRecipient(recipient=pb.Recipient(phone="+79990000202"))],
        handling=_handling("sms"),
    )
    campaign.recipients[0].values.update({"name": "Иван"})
    finding = notifications.WasNotSent()
    return {
        "CreateNotification": notification(),
        "BatchCreateNotifications": campaign,
        "GetNotification": notifications.GetNotificationRequest(notification_id=known.notification_id),
        "ListNotifications": notifications.ListNotificationsRequest(page_size=500),
        "CancelNotification": notifications.CancelNotificationRequest(
            request_id=_id(), business_reference=REFERENCE, notification_id=known.notification_id
        ),
        "ResolveNotification": notifications.ResolveNotificationRequest(
            request_id=_id(),
            business_reference=REFERENCE,
            notification_id=known.doubtful_id,
            was_not_sent=finding,
            reason="an example",
        ),
        "GetCampaign": notifications.GetCampaignRequest(campaign_id=known.campaign_id),
        "CancelCampaign": notifications.CancelCampaignRequest(
            request_id=_id(), business_reference=REFERENCE, campaign_id=known.campaign_id
        ),
        "EstimateSms": notifications.EstimateSmsRequest(text="Договор готов", account="sms", phone="+79990000203"),
    }


def _templates() -> dict[str, Any]:
    preview = templates.PreviewTemplateRequest(name="landhub-payment-received")
    preview.values.update({"reference": "Д-1", "amount": 19900, "name": "Иван"})
    return {
        "CreateTemplate": templates.CreateTemplateRequest(
            request_id=_id(),
            business_reference=REFERENCE,
            name="example",
            parts=templates.TemplateParts(sms="Привет, {{ name }}"),
        ),
        "GetTemplate": templates.GetTemplateRequest(name="landhub-payment-received"),
        "ListTemplates": templates.ListTemplatesRequest(),
        "PreviewTemplate": preview,
    }


def _recipients(known: KnownTelling) -> dict[str, Any]:
    return {
        "CreateContact": recipients.CreateContactRequest(
            request_id=_id(),
            business_reference=f"contact-{uuid.uuid4().hex[:12]}",
            role="buyer",
            recipient=pb.Recipient(phone="+79990000204"),
            full_name="Иван",
            values={"plot": "участок"},
        ),
        "ListContacts": recipients.ListContactsRequest(),
        "DeleteContact": recipients.DeleteContactRequest(
            request_id=_id(), business_reference=REFERENCE, contact_id=known.spent_contact_id
        ),
        "CreateOptOut": recipients.CreateOptOutRequest(
            request_id=_id(),
            business_reference=REFERENCE,
            recipient=pb.Recipient(phone=f"+7999{uuid.uuid4().int % 10**7:07}"),
            scope=recipients.OPT_OUT_SCOPE_MARKETING,
        ),
        "ListOptOuts": recipients.ListOptOutsRequest(),
        "DeleteOptOut": recipients.DeleteOptOutRequest(
            request_id=_id(), business_reference=REFERENCE, opt_out_id=known.spent_opt_out_id
        ),
    }


def _rules(known: KnownTelling) -> dict[str, Any]:
    return {
        "CreateRule": rules.CreateRuleRequest(
            request_id=_id(),
            business_reference=REFERENCE,
            event_type="contributions.debt.overdue",
            template="landhub-debt-overdue",
            route=[pb.RouteStep(account="sms")],
        ),
        "GetRule": rules.GetRuleRequest(rule_id=known.rule_id),
        "ListRules": rules.ListRulesRequest(),
        "DeleteRule": rules.DeleteRuleRequest(
            request_id=_id(), business_reference=REFERENCE, rule_id=known.spent_rule_id
        ),
        "ListFirings": rules.ListFiringsRequest(),
        "PreviewRules": rules.PreviewRulesRequest(
            supposed=rules.SupposedEvent(event_type="contributions.debt.overdue", business_reference=REFERENCE)
        ),
    }


def _handling(account: str, *, now: bool = False) -> pb.Handling:
    send, expire = Timestamp(), Timestamp()
    send.FromDatetime(datetime.now(UTC) + (timedelta() if now else LATER))
    expire.FromDatetime(datetime.now(UTC) + 2 * LATER)
    return pb.Handling(route=[pb.RouteStep(account=account)], send_time=None if now else send, expire_time=expire)


def _id() -> str:
    return str(uuid.uuid4())
