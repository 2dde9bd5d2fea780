"""Each situation of the contract's error table, as a caller sees it."""

from datetime import timedelta
from typing import Any

import grpc
import pytest

from hub.core import errors
from hub.core.errors import FieldViolation, HubError, QuotaViolation
from hub.core.mode import Mode
from hub.rpc.errors import CODES, trailing_of
from landhub.rosreestr.v1 import rosreestr_service_pb2 as pb
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from tests.support.rpc_fixtures import ROSREESTR, Failure, Site, failure_of
from tests.unit.rpc.servicers import Told, bound, nothing, raising

PLOT = pb.GetLandPlotRequest(cadastral_number="77:01:0001001:1234")


async def plot_failure(site: Site, caller: str = "crm") -> Failure:
    return await failure_of(RosreestrServiceStub(site.channel(caller)).GetLandPlot(PLOT, timeout=10))


def raw(site: Site, caller: str, path: str) -> Any:
    """Call a method by its path alone."""
    call: Any = site.channel(caller).unary_unary(path)
    return call(b"", timeout=10)


SECOND = timedelta(seconds=1)
TABLE: list[tuple[HubError, grpc.StatusCode, str, float | None]] = [
    (errors.InvalidRequestError("x"), grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED", None),
    (errors.NotFoundError("x"), grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND", None),
    (errors.AlreadyExistsError("x"), grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED", None),
    (errors.InProgressError("x", retry_after=2 * SECOND), grpc.StatusCode.ABORTED, "REQUEST_IN_PROGRESS", 2.0),
    (errors.PreconditionError("x"), grpc.StatusCode.FAILED_PRECONDITION, "STATE_NOT_ALLOWED", None),
    (errors.UnavailableError("x", retry_after=3 * SECOND), grpc.StatusCode.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", 3.0),
    (errors.UnavailableError("x"), grpc.StatusCode.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", 1.0),
    (errors.ExhaustedError("x", retry_after=0.25 * SECOND), grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", 0.25),
    (errors.DeadlineExceededError("x"), grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", None),
    (errors.UnauthenticatedError("x"), grpc.StatusCode.UNAUTHENTICATED, "CALLER_UNKNOWN", None),
    (errors.PermissionDeniedError("x"), grpc.StatusCode.PERMISSION_DENIED, "CALLER_NOT_ALLOWED", None),
    (errors.ModuleDisabledError("x"), grpc.StatusCode.UNIMPLEMENTED, "MODULE_DISABLED", None),
    (errors.UnavailableError("x", reason="SHUTTING_DOWN"), grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN", None),
]


@pytest.mark.parametrize(("error", "code", "reason", "retry"), TABLE, ids=lambda value: getattr(value, "reason", None))
async def test_an_error_of_the_tree_is_answered_with_its_row_of_the_table(
    site: Site, error: HubError, code: grpc.StatusCode, reason: str, retry: float | None
) -> None:
    site.server.bind(bound(Told(ROSREESTR, raising(error))))
    failure = await plot_failure(site)
    assert (failure.code, failure.info.reason, failure.retry_after_seconds) == (code, reason, retry)
    assert failure.pushback_milliseconds == (None if retry is None else str(round(retry * 1000)))
    assert site.audit.last.code == code.name
    assert site.audit.last.reason == reason


async def test_details_carry_domain_metadata_fields_and_quotas(site: Site) -> None:
    class ShareError(errors.InvalidRequestError):
        default_reason = "SHARES_NOT_ONE"
        default_domain = "landhub.rosreestr.v1"

    error = ShareError(
        "shares of a side sum to one",
        metadata={"side": "transferors"},
        violations=(FieldViolation("transfer.transferors", "shares must sum to one", "shares"),),
        quota=(QuotaViolation("caller:crm", "10 a second"),),
    )
    site.server.bind(bound(Told(ROSREESTR, raising(error))))
    failure = await plot_failure(site)
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert (failure.info.reason, failure.info.domain) == ("SHARES_NOT_ONE", "landhub.rosreestr.v1")
    assert dict(failure.info.metadata) == {"side": "transferors"}
    assert failure.fields == {"transfer.transferors": "shares"}
    assert failure.quotas == ("caller:crm",)
    assert failure.message == "shares of a side sum to one"


@pytest.mark.parametrize(
    "error",
    [RuntimeError("canary 7707083893"), KeyError("canary"), errors.OutcomeUnknownError("canary")],
    ids=lambda error: type(error).__name__,
)
async def test_our_own_bug_tells_the_caller_a_trace_id_and_nothing_else(
    site: Site, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    site.server.bind(bound(Told(ROSREESTR, raising(error))))
    failure = await plot_failure(site)
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert dict(failure.info.metadata) == {"trace_id": site.audit.last.trace_id}
    assert "canary" not in str(failure)
    logged = "".join(capsys.readouterr())
    assert type(error).__name__ in logged
    assert "canary" not in logged


async def test_an_answer_of_another_type_is_our_bug(site: Site) -> None:
    async def wrong(request: Any, call: Any) -> Any:
        return pb.ListRightsResponse()

    site.server.bind(bound(Told(ROSREESTR, wrong)))
    assert (await plot_failure(site)).code is grpc.StatusCode.INTERNAL


async def test_details_stay_below_what_a_client_takes(site: Site) -> None:
    violations = tuple(FieldViolation(f"documents[{n}].file_name", "слишком длинно " * 100, "r") for n in range(500))
    site.server.bind(bound(Told(ROSREESTR, raising(errors.InvalidRequestError("ш" * 5000, violations=violations)))))
    failure = await plot_failure(site)
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert failure.info.reason == "VALIDATION_FAILED"


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
def test_every_status_that_promises_a_retry_says_when(kind: type[HubError]) -> None:
    keys = {key for key, _ in trailing_of(kind("x"))}
    code = CODES[kind]
    promised = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED, grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert ("grpc-retry-pushback-ms" in keys) is (code in promised)


async def test_a_module_that_is_off_answers_unimplemented_with_its_name(site: Site) -> None:
    failure = await plot_failure(site)
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.UNIMPLEMENTED, "MODULE_DISABLED")
    assert dict(failure.info.metadata) == {"module": "rosreestr"}
    site.server.bind(bound(Told(ROSREESTR, nothing), mode=lambda: Mode.OFF))
    assert (await plot_failure(site)).info.reason == "MODULE_DISABLED"
    assert site.audit.last.reason == "MODULE_DISABLED"


async def test_a_module_that_has_not_started_is_asked_again_later(site: Site) -> None:
    for binding in (bound(None), bound(Told(ROSREESTR, nothing), ready=lambda: False)):
        site.server.bind(binding)
        failure = await plot_failure(site)
        assert (failure.code, failure.info.reason) == (grpc.StatusCode.UNAVAILABLE, "MODULE_NOT_READY")
        assert failure.retry_after_seconds == 5.0


async def test_a_read_only_module_reads_and_changes_nothing(site: Site) -> None:
    servicer = Told(ROSREESTR, nothing)
    site.server.bind(bound(servicer, mode=lambda: Mode.READ_ONLY))
    stub = RosreestrServiceStub(site.channel())
    await stub.GetLandPlot(PLOT, timeout=10)
    failure = await failure_of(stub.CreateRegistration(pb.CreateRegistrationRequest(), timeout=10))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "MODULE_READ_ONLY")
    assert len(servicer.calls) == 1


@pytest.mark.parametrize("path", ["/landhub.rosreestr.v1.RosreestrService/NoSuch", "/no.Such/Thing", "/ю/<script>"])
async def test_a_method_that_does_not_exist_is_refused_with_a_reason_and_audited(site: Site, path: str) -> None:
    failure = await failure_of(raw(site, "archive", path))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.UNIMPLEMENTED, "MODULE_DISABLED")
    assert site.audit.last.details["asked"].startswith("/")
    assert "<" not in site.audit.last.details["asked"]


async def test_a_caller_without_the_role_is_refused_and_audited(site: Site) -> None:
    servicer = Told(ROSREESTR, nothing)
    site.server.bind(bound(servicer))
    stub = RosreestrServiceStub(site.channel("archive"))
    await stub.GetLandPlot(PLOT, timeout=10)
    failure = await failure_of(stub.ListRegistrations(pb.ListRegistrationsRequest(), timeout=10))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.PERMISSION_DENIED, "CALLER_NOT_ALLOWED")
    assert dict(failure.info.metadata) == {"method": f"/{ROSREESTR}/ListRegistrations"}
    assert (site.audit.last.caller, site.audit.last.phase) == ("archive", "refused")
    assert len(servicer.calls) == 1


async def test_a_service_of_another_server_is_not_here(site: Site) -> None:
    path = "/landhub.hub.v1.HubService/ListModules"
    failure = await failure_of(raw(site, "crm", path))
    assert failure.code is grpc.StatusCode.UNIMPLEMENTED
