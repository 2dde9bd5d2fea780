"""RosreestrService: contract in, service, contract out."""

from collections.abc import AsyncIterator
from datetime import datetime

from hub.core.call import Call
from hub.modules.rosreestr import wire
from hub.modules.rosreestr.service import RosreestrService
from hub.modules.rosreestr.store import RegistrationRow
from hub.rpc.pages import PageTokens, page_size
from landhub.rosreestr.v1 import rosreestr_service_pb2 as service_pb


class RosreestrServicer:
    """Serves landhub.rosreestr.v1.RosreestrService."""

    def __init__(self, *, service: RosreestrService, pages: PageTokens) -> None:
        self._service = service
        self._pages = pages

    async def get_land_plot(
        self, request: service_pb.GetLandPlotRequest, _call: Call
    ) -> service_pb.GetLandPlotResponse:
        """Look one plot up."""
        plot = await self._service.get_land_plot(request.cadastral_number, wire.max_age(request))
        return service_pb.GetLandPlotResponse(land_plot=wire.land_plot(plot))

    async def batch_get_land_plots(
        self, request: service_pb.BatchGetLandPlotsRequest, call: Call
    ) -> service_pb.BatchGetLandPlotsResponse:
        """Look several plots up."""
        found = await self._service.get_land_plots(call, request.cadastral_numbers, wire.max_age(request))
        return service_pb.BatchGetLandPlotsResponse(
            results=map(wire.land_plot_result, request.cadastral_numbers, found)
        )

    async def list_rights(self, request: service_pb.ListRightsRequest, _call: Call) -> service_pb.ListRightsResponse:
        """List the rights to a plot."""
        rights = await self._service.list_rights(request.cadastral_number, wire.max_age(request))
        return service_pb.ListRightsResponse(
            rights=[wire.right(right) for right in rights.value], observe_time=wire.timestamp(rights.observe_time)
        )

    async def check_owner(self, request: service_pb.CheckOwnerRequest, _call: Call) -> service_pb.CheckOwnerResponse:
        """Say whether a party owns a plot."""
        check, observe_time = await self._service.check_owner(
            request.cadastral_number, wire.party(request.owner), wire.max_age(request)
        )
        return service_pb.CheckOwnerResponse(
            result=wire.owner_check_result(check.result),
            explanation=check.explanation,
            restrictions=[wire.restriction(item) for item in check.restrictions],
            observe_time=wire.timestamp(observe_time),
        )

    async def create_registration(
        self, request: service_pb.CreateRegistrationRequest, call: Call
    ) -> service_pb.CreateRegistrationResponse:
        """Submit a transfer."""
        row = await self._service.create_registration(call, wire.transfer(request.transfer))
        return service_pb.CreateRegistrationResponse(registration=wire.registration(row))

    async def get_registration(
        self, request: service_pb.GetRegistrationRequest, call: Call
    ) -> service_pb.GetRegistrationResponse:
        """Get a registration."""
        row = await self._service.get_registration(call, request.registration_id)
        return service_pb.GetRegistrationResponse(registration=wire.registration(row))

    async def list_registrations(
        self, request: service_pb.ListRegistrationsRequest, call: Call
    ) -> service_pb.ListRegistrationsResponse:
        """List registrations."""
        size = page_size(request)
        rows = await self._service.list_registrations(
            call,
            business_reference=request.business_reference,
            states=wire.states(request.states),
            before=_position(self._pages.position(call, request)),
            limit=size + 1,
        )
        page = rows[:size]
        return service_pb.ListRegistrationsResponse(
            registrations=[wire.registration(row) for row in page],
            next_page_token=self._pages.make(call, request, _mark(page[-1])) if len(rows) > size else "",
        )

    async def watch_registration(
        self, request: service_pb.WatchRegistrationRequest, call: Call
    ) -> AsyncIterator[service_pb.WatchRegistrationResponse]:
        """Watch a registration."""
        async for row in self._service.watch_registration(call, request.registration_id):
            yield service_pb.WatchRegistrationResponse(registration=wire.registration(row))

    async def add_registration_documents(
        self, request: service_pb.AddRegistrationDocumentsRequest, call: Call
    ) -> service_pb.AddRegistrationDocumentsResponse:
        """Add documents."""
        added = await self._service.add_documents(call, request.registration_id, wire.documents(request.documents))
        return service_pb.AddRegistrationDocumentsResponse(
            registration=wire.registration(added.registration), documents_state=wire.documents_state(added.state)
        )

    async def withdraw_registration(
        self, request: service_pb.WithdrawRegistrationRequest, call: Call
    ) -> service_pb.WithdrawRegistrationResponse:
        """Withdraw a registration."""
        withdrawn = await self._service.withdraw_registration(call, request.registration_id, request.reason)
        return service_pb.WithdrawRegistrationResponse(
            registration=wire.registration(withdrawn.registration),
            withdrawal_state=wire.withdrawal_state(withdrawn.state),
        )


def _mark(row: RegistrationRow) -> str:
    return f"{row.create_time.isoformat()} {row.id}"


def _position(mark: str) -> tuple[datetime, str] | None:
    if not mark:
        return None
    time, _, row_id = mark.partition(" ")
    return datetime.fromisoformat(time), row_id
