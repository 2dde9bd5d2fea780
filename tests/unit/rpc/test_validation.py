"""Requests are held against the contract's rules before a servicer sees them."""

import uuid
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from hub.rpc.contract import Contract, Safety
from hub.rpc.times import impossible_times
from hub.rpc.validating import Rules
from landhub.common.v1 import document_pb2, money_pb2
from landhub.notifications.v1 import notifications_service_pb2
from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2 as pb
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from landhub.signatures.v1 import signatures_pb2
from landhub.signatures.v1.signatures_pb2 import SignerReport
from tests.support.rpc_fixtures import ROSREESTR, Failure, Site, failure_of
from tests.unit.rpc.servicers import Told, bound, nothing

DOCUMENT = document_pb2.Document(kind=document_pb2.DOCUMENT_KIND_OTHER, file_name="a.pdf", content=b"x")
ADD = f"/{ROSREESTR}/AddRegistrationDocuments"


async def raw_failure(site: Site, path: str, body: bytes) -> Failure:
    call: Any = site.channel().unary_unary(path)
    return await failure_of(call(body, timeout=10))


@pytest.mark.parametrize(
    "body", [b"\xff\xff\xff", b"\x0a\x05abc", b"\x0a\x02\xff\xfe"], ids=["junk", "cut", "not UTF-8"]
)
async def test_bytes_that_are_no_message_are_refused_and_audited(site: Site, body: bytes) -> None:
    servicer = Told(ROSREESTR, nothing)
    site.server.bind(bound(servicer))
    failure = await raw_failure(site, f"/{ROSREESTR}/GetLandPlot", body)
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST")
    assert dict(failure.info.metadata) == {"method": f"/{ROSREESTR}/GetLandPlot"}
    assert (site.audit.last.phase, site.audit.last.reason) == ("refused", "MALFORMED_REQUEST")
    assert servicer.calls == []


async def test_each_broken_rule_names_its_field_by_a_dotted_path(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, nothing)))
    request = pb.CreateRegistrationRequest(
        request_id=str(uuid.uuid4()),
        transfer=rosreestr_pb2.Transfer(
            contract_number="1",
            contract_date="2026-01-01",
            price=money_pb2.Money(minor_units=-1, currency_code="RUB"),
            transferors=[rosreestr_pb2.TransferParty(share=rosreestr_pb2.Share(numerator=1, denominator=1))],
        ),
    )
    stub = RosreestrServiceStub(site.channel())
    failure = await failure_of(stub.CreateRegistration(request, timeout=10))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    assert failure.fields["transfer.transferors[0].party"] == "required"
    assert {"transfer.price", "transfer.transferees", "transfer.cadastral_numbers"} <= set(failure.fields)


@pytest.mark.parametrize(
    "age",
    [
        Duration(seconds=2**63 - 1),
        Duration(seconds=315_576_000_001),
        Duration(nanos=10**9),
        Duration(seconds=1, nanos=-1),
    ],
    ids=str,
)
async def test_a_duration_that_no_calendar_has_is_refused(site: Site, age: Duration) -> None:
    site.server.bind(bound(Told(ROSREESTR, nothing)))
    request = pb.GetLandPlotRequest(cadastral_number="50:20:0010101:101", max_age=age)
    failure = await failure_of(RosreestrServiceStub(site.channel()).GetLandPlot(request, timeout=10))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    assert failure.fields == {"max_age": "time.range"}


@pytest.mark.parametrize(
    "time", [Timestamp(seconds=253_402_300_800), Timestamp(seconds=-(2**63)), Timestamp(nanos=-1)], ids=str
)
def test_a_time_is_found_however_deep_it_stands(time: Timestamp) -> None:
    report = signatures_pb2.VerificationReport(signers=[SignerReport(), SignerReport(signing_time_claimed=time)])
    assert [found.field for found in impossible_times(report)] == ["signers[1].signing_time_claimed"]


def test_the_first_and_the_last_moment_are_times() -> None:
    first, last = Timestamp(seconds=-62_135_596_800), Timestamp(seconds=253_402_300_799, nanos=999_999_999)
    for time in (first, last):
        assert list(impossible_times(signatures_pb2.VerificationReport(verification_time=time))) == []


async def test_a_refused_request_is_audited_with_the_keys_that_are_well_formed_and_no_others(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, nothing)))
    stub, request_id = RosreestrServiceStub(site.channel()), str(uuid.uuid4())
    request = pb.CreateRegistrationRequest(request_id=request_id, business_reference="Иванов Иван 7707083893")
    failure = await failure_of(stub.CreateRegistration(request, timeout=10))
    assert "business_reference" in failure.fields
    assert "Иванов" not in str(failure)
    assert (site.audit.last.request_id, site.audit.last.business_reference) == (request_id, "")
    await failure_of(stub.CreateRegistration(pb.CreateRegistrationRequest(business_reference="ДКП-7/26"), timeout=10))
    assert (site.audit.last.request_id, site.audit.last.business_reference) == ("", "ДКП-7/26")


async def test_the_servicer_gets_the_keys_and_the_deterministic_bytes_of_a_mutating_request(site: Site) -> None:
    servicer = Told(ROSREESTR, nothing)
    site.server.bind(bound(servicer))
    request = pb.AddRegistrationDocumentsRequest(
        request_id=str(uuid.uuid4()),
        business_reference="ДКП-7",
        registration_id="r-1",
        documents=[DOCUMENT],
    )
    await RosreestrServiceStub(site.channel()).AddRegistrationDocuments(request, timeout=10)
    (call,) = servicer.calls
    assert (call.request_id, call.business_reference) == (request.request_id, "ДКП-7")
    assert call.fingerprint == request.SerializeToString(deterministic=True)
    assert call.method == ADD
    assert site.audit.last.resource == "rosreestr.Registration/r-1"


async def test_the_fingerprint_is_the_same_however_a_client_orders_its_fields(site: Site) -> None:
    servicer = Told(ROSREESTR, nothing)
    site.server.bind(bound(servicer))
    one = pb.AddRegistrationDocumentsRequest(request_id=str(uuid.uuid4()))
    rest = pb.AddRegistrationDocumentsRequest(registration_id="r-1", documents=[DOCUMENT])
    parts = one.SerializeToString(), rest.SerializeToString()
    call: Any = site.channel().unary_unary(ADD)
    await call(parts[0] + parts[1], timeout=10)
    await call(parts[1] + parts[0], timeout=10)
    first, second = servicer.calls
    assert first.fingerprint == second.fingerprint != b""


def test_the_rules_are_those_of_the_image_whichever_copy_of_a_message_was_seen_before() -> None:
    contract = Contract.committed()
    methods = list(contract.services[ROSREESTR].methods.values())
    rules = Rules(pool=contract.pool, methods=methods)
    plot = next(method for method in methods if method.function == "get_land_plot")
    good = pb.GetLandPlotRequest(cadastral_number="77:01:0001001:1234")
    assert rules.violations(plot, good.SerializeToString()) == ()
    (violation,) = rules.violations(plot, b"")
    assert (violation.field, violation.rule_id) == ("cadastral_number", "string.pattern")


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("77:01:0001001:1234", True),
        ("16:50:110108:2815", True),
        ("71:00:000000:1", True),
        ("77:01:0001001:1234567890", True),
        ("77:01:0001001:12345678901", False),
        ("77:1:0001001:1", False),
        ("77:001:0001001:1", False),
        ("50:20:00101:1", False),
        ("7:01:0001001:1234", False),
        ("77:01:0001001", False),
        ("77:01:0001001:", False),
        ("77:01:0001001:1234 ", False),
        ("77:01:00010011:1", False),
        ("٧٧:01:0001001:1", False),
    ],
)
def test_a_cadastral_number_has_its_digits_or_goes_no_further(number: str, fits: bool) -> None:
    contract = Contract.committed()
    plot = next(
        method for method in contract.services[ROSREESTR].methods.values() if method.function == "get_land_plot"
    )
    request = pb.GetLandPlotRequest(cadastral_number=number)
    violations = Rules(pool=contract.pool, methods=[plot]).violations(plot, request.SerializeToString())
    assert (not violations) is fits


@pytest.mark.parametrize(
    ("function", "request_"),
    [
        ("get_land_plot", pb.GetLandPlotRequest(cadastral_number="77:01:0001001")),
        ("batch_get_land_plots", pb.BatchGetLandPlotsRequest(cadastral_numbers=["77:01:0001001"])),
        ("list_rights", pb.ListRightsRequest(cadastral_number="77:01:0001001")),
        ("check_owner", pb.CheckOwnerRequest(cadastral_number="77:01:0001001")),
        (
            "create_registration",
            pb.CreateRegistrationRequest(transfer=rosreestr_pb2.Transfer(cadastral_numbers=["77:01:0001001"])),
        ),
    ],
)
def test_half_a_cadastral_number_is_refused_wherever_one_is_given(function: str, request_: Message) -> None:
    contract = Contract.committed()
    method = next(one for one in contract.services[ROSREESTR].methods.values() if one.function == function)
    found = Rules(pool=contract.pool, methods=[method]).violations(method, request_.SerializePartialToString())
    patterns = [violation.field for violation in found if violation.rule_id == "string.pattern"]
    assert any("cadastral_number" in field for field in patterns)


def test_every_mutating_method_of_the_hub_takes_a_request_id_and_refuses_to_go_without() -> None:
    contract = Contract.committed()
    for service in contract.services.values():
        if service.module == "signer":
            continue  # served by the agent
        methods = list(service.methods.values())
        rules = Rules(pool=contract.pool, methods=methods)
        for method in (method for method in methods if method.safety is Safety.KEYED):
            request = method.request_class()
            if method.key_holder:
                getattr(request, method.key_holder).SetInParent()
            broken = {violation.field for violation in rules.violations(method, request.SerializePartialToString())}
            assert {"request_id", f"{method.key_holder}.request_id"} & broken, method.path


def test_times_are_looked_for_in_maps_and_structures_too() -> None:
    request = notifications_service_pb2.CreateNotificationRequest()
    request.template.values.update({"name": "Иван", "list": [1, {"a": "b"}]})
    request.vendor_template.values["name"] = "Иван"
    request.handling.send_time.seconds = 1 << 60
    assert [found.field for found in impossible_times(request)] == ["handling.send_time"]
