"""TemplatesService: contract in, service, contract out."""

from google.protobuf.timestamp_pb2 import Timestamp

from hub.core.call import Call
from hub.modules.notifications.templates import Category, Parts
from hub.modules.notifications.templates_service import Shown, TemplatesService
from hub.modules.notifications.wire import read_values
from hub.rpc.pages import PageTokens, page_size
from landhub.notifications.v1 import templates_service_pb2 as pb


class TemplatesServicer:
    """Serves landhub.notifications.v1.TemplatesService."""

    def __init__(self, *, service: TemplatesService, pages: PageTokens) -> None:
        self._service = service
        self._pages = pages

    async def create_template(self, request: pb.CreateTemplateRequest, call: Call) -> pb.CreateTemplateResponse:
        """Make a template."""
        shown = await self._service.create_template(
            call, request.name, _category(request.category), _parts(request.parts)
        )
        return pb.CreateTemplateResponse(template=_template(shown))

    async def get_template(self, request: pb.GetTemplateRequest, call: Call) -> pb.GetTemplateResponse:
        """Get a template."""
        shown = await self._service.get_template(call, request.name, request.version)
        return pb.GetTemplateResponse(template=_template(shown))

    async def list_templates(self, request: pb.ListTemplatesRequest, call: Call) -> pb.ListTemplatesResponse:
        """List templates."""
        size = page_size(request)
        after = self._pages.position(call, request)
        found = await self._service.list_templates(call, after=after, limit=size + 1)
        page = found[:size]
        more = len(found) > size
        return pb.ListTemplatesResponse(
            templates=[_template(shown) for shown in page],
            next_page_token=self._pages.make(call, request, page[-1].template.name) if more else "",
        )

    async def preview_template(self, request: pb.PreviewTemplateRequest, call: Call) -> pb.PreviewTemplateResponse:
        """Fill a template in."""
        values = read_values(request.values)
        if request.WhichOneof("what") == "parts":
            filled = self._service.preview_parts(_parts(request.parts), values, request.time_zone)
        else:
            filled = await self._service.preview_kept(call, request.name, request.version, values, request.time_zone)
        return pb.PreviewTemplateResponse(filled_in=_parts_message(filled))


def _category(value: pb.MessageCategory.ValueType) -> Category:
    return Category.MARKETING if value == pb.MESSAGE_CATEGORY_MARKETING else Category.SERVICE


def _parts(message: pb.TemplateParts) -> Parts:
    return Parts(subject=message.subject, text=message.text, html=message.html, sms=message.sms)


def _parts_message(parts: Parts) -> pb.TemplateParts:
    return pb.TemplateParts(subject=parts.subject, text=parts.text, html=parts.html, sms=parts.sms)


def _template(shown: Shown) -> pb.Template:
    template = shown.template
    create_time = None
    if template.owner:
        create_time = Timestamp()
        create_time.FromDatetime(template.create_time)
    return pb.Template(
        name=template.name,
        version=template.version,
        category=pb.MessageCategory.Value(f"MESSAGE_CATEGORY_{template.category}"),
        parts=_parts_message(template.parts),
        value_names=shown.value_names,
        shipped=not template.owner,
        create_time=create_time,
    )
