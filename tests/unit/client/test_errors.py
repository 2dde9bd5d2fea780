"""A hub's status becomes one tree of errors."""

from datetime import timedelta

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from landhub_client import (
    HubFailedError,
    InvalidArgumentError,
    LandhubError,
    NotFoundError,
    RefusedError,
    RequestInProgressError,
    UnavailableError,
    Violation,
)
from landhub_client.errors import error_from


def _error(code: grpc.StatusCode, *details: Message) -> LandhubError:
    status = status_pb2.Status()
    for detail in details:
        packed = Any()
        packed.Pack(detail)
        status.details.append(packed)
    trailing = (("content-type", "application/grpc"), ("grpc-status-details-bin", status.SerializeToString()))
    return error_from(code=code, message="what to do", trailing_metadata=trailing, method="/s/M", request_id="r-1")


def test_reason_domain_and_metadata_are_those_of_error_info() -> None:
    info = error_details_pb2.ErrorInfo(
        reason="UNSUPPORTED_BY_PROVIDER", domain="landhub.rosreestr.v1", metadata={"limit": "transferors"}
    )
    error = _error(grpc.StatusCode.FAILED_PRECONDITION, info)
    assert isinstance(error, RefusedError)
    assert (error.reason, error.domain, error.metadata) == (
        "UNSUPPORTED_BY_PROVIDER", "landhub.rosreestr.v1", {"limit": "transferors"},
    )  # fmt: skip
    assert (error.method, error.request_id, error.message) == ("/s/M", "r-1", "what to do")
    assert str(error) == "/s/M: FAILED_PRECONDITION: UNSUPPORTED_BY_PROVIDER: what to do"


def test_bad_request_and_quota_failure_become_violations() -> None:
    bad = error_details_pb2.BadRequest()
    bad.field_violations.add(field="transfer.price", description="must not be negative")
    quota = error_details_pb2.QuotaFailure()
    quota.violations.add(subject="client:backend", description="200 calls a second")
    assert _error(grpc.StatusCode.INVALID_ARGUMENT, bad).violations == (
        Violation(field="transfer.price", description="must not be negative"),
    )
    assert _error(grpc.StatusCode.RESOURCE_EXHAUSTED, quota).violations == (
        Violation(field="client:backend", description="200 calls a second"),
    )


def test_retry_info_becomes_retry_after() -> None:
    error = _error(
        grpc.StatusCode.UNAVAILABLE, error_details_pb2.RetryInfo(retry_delay=Duration(seconds=2, nanos=500_000_000))
    )
    assert isinstance(error, UnavailableError)
    assert error.retry_after == timedelta(seconds=2.5)
    assert _error(grpc.StatusCode.UNAVAILABLE).retry_after is None


@pytest.mark.parametrize(
    ("code", "kind", "may_retry"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, InvalidArgumentError, False),
        (grpc.StatusCode.NOT_FOUND, NotFoundError, False),
        (grpc.StatusCode.ABORTED, RequestInProgressError, True),
        (grpc.StatusCode.UNAVAILABLE, UnavailableError, True),
        (grpc.StatusCode.INTERNAL, HubFailedError, False),
        (grpc.StatusCode.DATA_LOSS, HubFailedError, False),
    ],
)
def test_the_status_decides_the_class_and_whether_to_try_again(
    code: grpc.StatusCode, kind: type[LandhubError], may_retry: bool
) -> None:
    error = _error(code)
    assert type(error) is kind
    assert error.may_retry is may_retry


def test_details_that_cannot_be_read_leave_the_status() -> None:
    error = error_from(
        code=grpc.StatusCode.NOT_FOUND,
        message="no such plot",
        trailing_metadata=(("grpc-status-details-bin", b"\xff\xff"),),
        method="/s/M",
        request_id="",
    )
    assert isinstance(error, NotFoundError)
    assert error.reason == ""
