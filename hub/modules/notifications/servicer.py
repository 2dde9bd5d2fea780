"""Serves landhub.notifications.v1: turns messages into the domain's values and back, and nothing else."""

from datetime import datetime

from hub.core.call import Call
from hub.modules.notifications import wire
from hub.modules.notifications.campaigns import Campaigns
from hub.modules.notifications.estimating import Estimating
from hub.modules.notifications.service import NotificationsService
from hub.modules.notifications.settlement import Settlement
from hub.modules.notifications.store import NotificationRow
from hub.rpc.pages import PageTokens, page_size
from landhub.notifications.v1 import notifications_service_pb2 as service_pb


class NotificationsServicer:
    """One method for each RPC."""

    def __init__(
        self,
        *,
        service: NotificationsService,
        campaigns: Campaigns,
        settlement: Settlement,
        estimating: Estimating,
        pages: PageTokens,
    ) -> None:
        self._service = service
        self._campaigns = campaigns
        self._settlement = settlement
        self._estimating = estimating
        self._pages = pages

    async def create_notification(
        self, request: service_pb.CreateNotificationRequest, call: Call
    ) -> service_pb.CreateNotificationResponse:
        """Create a notification."""
        row = await self._service.create(
            call, wire.recipient(request.recipient), wire.what(request), wire.handling(request.handling)
        )
        return service_pb.CreateNotificationResponse(notification=wire.notification(row))

    async def batch_create_notifications(
        self, request: service_pb.BatchCreateNotificationsRequest, call: Call
    ) -> service_pb.BatchCreateNotificationsResponse:
        """Create a campaign."""
        members = [wire.member(message) for message in request.recipients]
        shown = await self._campaigns.create(call, members, wire.what(request), wire.handling(request.handling))
        return service_pb.BatchCreateNotificationsResponse(campaign=wire.campaign(shown))

    async def get_notification(
        self, request: service_pb.GetNotificationRequest, call: Call
    ) -> service_pb.GetNotificationResponse:
        """Get a notification."""
        row = await self._service.get(call, request.notification_id)
        return service_pb.GetNotificationResponse(notification=wire.notification(row, with_attempts=True))

    async def list_notifications(
        self, request: service_pb.ListNotificationsRequest, call: Call
    ) -> service_pb.ListNotificationsResponse:
        """List notifications."""
        size = page_size(request)
        found = await self._service.list_notifications(
            call,
            business_reference=request.business_reference,
            campaign_id=request.campaign_id,
            states=wire.states(request.states),
            before=_position(self._pages.position(call, request)),
            limit=size + 1,
        )
        page = found[:size]
        return service_pb.ListNotificationsResponse(
            notifications=[wire.notification(row) for row in page],
            next_page_token=self._pages.make(call, request, _mark(page[-1])) if len(found) > size else "",
        )

    async def cancel_notification(
        self, request: service_pb.CancelNotificationRequest, call: Call
    ) -> service_pb.CancelNotificationResponse:
        """Cancel a notification."""
        row = await self._service.cancel(call, request.notification_id)
        return service_pb.CancelNotificationResponse(notification=wire.notification(row))

    async def resolve_notification(
        self, request: service_pb.ResolveNotificationRequest, call: Call
    ) -> service_pb.ResolveNotificationResponse:
        """Settle a notification."""
        row = await self._settlement.resolve(call, request.notification_id, wire.finding(request))
        return service_pb.ResolveNotificationResponse(notification=wire.notification(row))

    async def get_campaign(self, request: service_pb.GetCampaignRequest, call: Call) -> service_pb.GetCampaignResponse:
        """Get a campaign."""
        shown = await self._campaigns.get(call, request.campaign_id)
        return service_pb.GetCampaignResponse(campaign=wire.campaign(shown))

    async def cancel_campaign(
        self, request: service_pb.CancelCampaignRequest, call: Call
    ) -> service_pb.CancelCampaignResponse:
        """Cancel a campaign."""
        shown = await self._campaigns.cancel(call, request.campaign_id)
        return service_pb.CancelCampaignResponse(campaign=wire.campaign(shown))

    async def estimate_sms(self, request: service_pb.EstimateSmsRequest, call: Call) -> service_pb.EstimateSmsResponse:
        """Estimate a short message."""
        told = await self._estimating.estimate(call, request.text, request.account, request.phone)
        return service_pb.EstimateSmsResponse(
            encoding=service_pb.SmsEncoding.Value(f"SMS_ENCODING_{told.segments.encoding.replace('_', '').upper()}"),
            units=told.segments.units,
            parts=told.segments.parts,
            cost=None if told.cost is None else wire.write_money(told.cost),
        )


def _mark(row: NotificationRow) -> str:
    return f"{row.create_time.isoformat()} {row.id}"


def _position(mark: str) -> tuple[datetime, str] | None:
    if not mark:
        return None
    time, _, row_id = mark.partition(" ")
    return datetime.fromisoformat(time), row_id
