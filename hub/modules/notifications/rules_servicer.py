"""RulesService: contract in, service, contract out."""

from datetime import datetime

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from hub.core.call import Call
from hub.core.events import Event
from hub.modules.notifications.rule_preview import PreviewedMessage, RulePreview, RulePreviews
from hub.modules.notifications.rule_store import Firing, RouteStep, Rule
from hub.modules.notifications.rules_service import NewRule, RulesService
from hub.rpc.pages import PageTokens, page_size
from landhub.notifications.v1 import notifications_pb2
from landhub.notifications.v1 import rules_service_pb2 as pb


class RulesServicer:
    """Serves landhub.notifications.v1.RulesService."""

    def __init__(self, *, service: RulesService, previews: RulePreviews, pages: PageTokens) -> None:
        self._service = service
        self._previews = previews
        self._pages = pages

    async def create_rule(self, request: pb.CreateRuleRequest, call: Call) -> pb.CreateRuleResponse:
        """Make a rule."""
        new = NewRule(
            event_type=request.event_type,
            states=tuple(request.states),
            delay=request.delay.ToTimedelta(),
            late_after=request.late_after.ToTimedelta() if request.HasField("late_after") else None,
            template=request.template,
            template_version=request.template_version,
            route=tuple(RouteStep(account=step.account, sender=step.sender) for step in request.route),
            roles=tuple(request.roles),
        )
        return pb.CreateRuleResponse(rule=_rule(await self._service.create_rule(call, new)))

    async def get_rule(self, request: pb.GetRuleRequest, call: Call) -> pb.GetRuleResponse:
        """Get a rule."""
        return pb.GetRuleResponse(rule=_rule(await self._service.get_rule(call, request.rule_id)))

    async def list_rules(self, request: pb.ListRulesRequest, call: Call) -> pb.ListRulesResponse:
        """List rules."""
        size = page_size(request)
        before = _position(self._pages.position(call, request))
        found = await self._service.list_rules(call, before=before, limit=size + 1)
        page = found[:size]
        more = len(found) > size
        return pb.ListRulesResponse(
            rules=[_rule(rule) for rule in page],
            next_page_token=self._pages.make(call, request, _mark(page[-1].create_time, page[-1].id)) if more else "",
        )

    async def delete_rule(self, request: pb.DeleteRuleRequest, call: Call) -> pb.DeleteRuleResponse:
        """Have a rule act no more."""
        await self._service.delete_rule(call, request.rule_id)
        return pb.DeleteRuleResponse()

    async def list_firings(self, request: pb.ListFiringsRequest, call: Call) -> pb.ListFiringsResponse:
        """List what rules made of what happened."""
        size = page_size(request)
        found = await self._service.list_firings(
            call,
            business_reference=request.business_reference,
            before=_position(self._pages.position(call, request)),
            limit=size + 1,
        )
        page = found[:size]
        more = len(found) > size
        return pb.ListFiringsResponse(
            firings=[_firing(firing) for firing in page],
            next_page_token=self._pages.make(call, request, _mark(page[-1].create_time, page[-1].id)) if more else "",
        )

    async def preview_rules(self, request: pb.PreviewRulesRequest, call: Call) -> pb.PreviewRulesResponse:
        """Say what the rules would make of something."""
        if request.WhichOneof("what") == "event_id":
            previews = await self._previews.of_event(call, request.event_id)
        else:
            supposed = request.supposed
            event = Event(
                type=supposed.event_type,
                subject="",
                owner=call.group,
                business_reference=supposed.business_reference,
                data=dict(supposed.data),
            )
            previews = await self._previews.of_supposed(call, event)
        return pb.PreviewRulesResponse(rules=[_preview(preview) for preview in previews])


def _rule(rule: Rule) -> pb.Rule:
    delay, late_after = Duration(), Duration()
    delay.FromTimedelta(rule.delay)
    late_after.FromTimedelta(rule.late_after)
    return pb.Rule(
        rule_id=rule.id,
        event_type=rule.event_type,
        states=rule.states,
        delay=delay,
        late_after=late_after,
        template=rule.template,
        template_version=rule.template_version,
        route=[notifications_pb2.RouteStep(account=step.account, sender=step.sender) for step in rule.route],
        roles=rule.roles,
        create_time=_timestamp(rule.create_time),
    )


def _firing(firing: Firing) -> pb.Firing:
    return pb.Firing(
        firing_id=firing.id,
        rule_id=firing.rule_id,
        event_id=firing.event_id,
        event_type=firing.event_type,
        subject=firing.subject,
        business_reference=firing.business_reference,
        state=pb.FiringState.Value(f"FIRING_STATE_{firing.state}"),
        reason=firing.reason,
        notification_ids=firing.notification_ids,
        event_time=_timestamp(firing.event_time),
        due_time=_timestamp(firing.due_time),
        update_time=_timestamp(firing.update_time),
    )


def _preview(preview: RulePreview) -> pb.RulePreview:
    return pb.RulePreview(
        rule_id=preview.rule.id,
        verdict=pb.RuleVerdict.Value(f"RULE_VERDICT_{preview.verdict}"),
        due_time=None if preview.due_time is None else _timestamp(preview.due_time),
        firing=None if preview.firing is None else _firing(preview.firing),
        messages=[_message(message) for message in preview.messages],
    )


def _message(message: PreviewedMessage) -> pb.PreviewedMessage:
    return pb.PreviewedMessage(
        contact_id=message.contact_id,
        channel=notifications_pb2.Channel.Value(f"CHANNEL_{message.channel or 'UNSPECIFIED'}"),
        subject=message.content.subject,
        text=message.content.text,
        opted_out=message.opted_out,
        quiet_until_time=None if message.quiet_until is None else _timestamp(message.quiet_until),
        problem=message.problem,
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
