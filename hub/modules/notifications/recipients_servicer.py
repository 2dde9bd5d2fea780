"""RecipientsService: contract in, service, contract out."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from hub.core.call import Call
from hub.modules.notifications.addresses import FIELDS, Recipient
from hub.modules.notifications.recipient_store import Contact, OptOut
from hub.modules.notifications.recipients_service import NewContact, RecipientsService
from hub.rpc.pages import PageTokens, page_size
from landhub.notifications.v1 import notifications_pb2
from landhub.notifications.v1 import recipients_service_pb2 as pb


class RecipientsServicer:
    """Serves landhub.notifications.v1.RecipientsService."""

    def __init__(self, *, service: RecipientsService, pages: PageTokens) -> None:
        self._service = service
        self._pages = pages

    async def create_contact(self, request: pb.CreateContactRequest, call: Call) -> pb.CreateContactResponse:
        """Name somebody whom rules tell of a business reference."""
        new = NewContact(
            role=request.role,
            recipient=_recipient(request.recipient),
            name=request.full_name,
            values=dict(request.values),
        )
        return pb.CreateContactResponse(contact=_contact(await self._service.create_contact(call, new)))

    async def list_contacts(self, request: pb.ListContactsRequest, call: Call) -> pb.ListContactsResponse:
        """List contacts."""
        size = page_size(request)
        found = await self._service.list_contacts(
            call,
            business_reference=request.business_reference,
            before=_position(self._pages.position(call, request)),
            limit=size + 1,
        )
        page = found[:size]
        more = len(found) > size
        return pb.ListContactsResponse(
            contacts=[_contact(contact) for contact in page],
            next_page_token=self._pages.make(call, request, _mark(page[-1].create_time, page[-1].id)) if more else "",
        )

    async def delete_contact(self, request: pb.DeleteContactRequest, call: Call) -> pb.DeleteContactResponse:
        """Remove a contact."""
        await self._service.delete_contact(call, request.contact_id)
        return pb.DeleteContactResponse()

    async def create_opt_out(self, request: pb.CreateOptOutRequest, call: Call) -> pb.CreateOptOutResponse:
        """Note that nothing (more) is to go to an address."""
        scope = pb.OptOutScope.Name(request.scope).removeprefix("OPT_OUT_SCOPE_")
        opt_out = await self._service.create_opt_out(call, _recipient(request.recipient), scope)
        return pb.CreateOptOutResponse(opt_out=_opt_out(opt_out))

    async def list_opt_outs(self, request: pb.ListOptOutsRequest, call: Call) -> pb.ListOptOutsResponse:
        """List opt-outs."""
        size = page_size(request)
        found = await self._service.list_opt_outs(
            call,
            recipient=_recipient(request.recipient) if request.HasField("recipient") else None,
            before=_position(self._pages.position(call, request)),
            limit=size + 1,
        )
        page = found[:size]
        more = len(found) > size
        return pb.ListOptOutsResponse(
            opt_outs=[_opt_out(opt_out) for opt_out in page],
            next_page_token=self._pages.make(call, request, _mark(page[-1].create_time, page[-1].id)) if more else "",
        )

    async def delete_opt_out(self, request: pb.DeleteOptOutRequest, call: Call) -> pb.DeleteOptOutResponse:
        """Note that an address may be written to again."""
        await self._service.delete_opt_out(call, request.opt_out_id)
        return pb.DeleteOptOutResponse()


def _recipient(message: notifications_pb2.Recipient) -> Recipient:
    raw = {channel: getattr(message, name) for channel, name in FIELDS.items()}
    return Recipient(raw={channel: address for channel, address in raw.items() if address}, time_zone=message.time_zone)


def _contact(contact: Contact) -> pb.Contact:
    channels = contact.channels.split() if contact.card is not None else []
    return pb.Contact(
        contact_id=contact.id,
        business_reference=contact.business_reference,
        role=contact.role,
        channels=[notifications_pb2.Channel.Value(f"CHANNEL_{channel}") for channel in channels],
        create_time=_timestamp(contact.create_time),
    )


def _opt_out(opt_out: OptOut) -> pb.OptOut:
    return pb.OptOut(
        opt_out_id=opt_out.id,
        channel=notifications_pb2.Channel.Value(f"CHANNEL_{opt_out.channel}"),
        scope=pb.OptOutScope.Value(f"OPT_OUT_SCOPE_{opt_out.scope}"),
        create_time=_timestamp(opt_out.create_time),
    )


def _timestamp(time: datetime) -> Timestamp:
    message = Timestamp()
    message.FromDatetime(time)
    return message


def _mark(time: datetime, row_id: str) -> str:
    return f"{time.isoformat()} {row_id}"


def _position(mark: str) -> tuple[datetime, str] | None:
    if not mark:
        return None
    time, _, row_id = mark.partition(" ")
    return datetime.fromisoformat(time), row_id
