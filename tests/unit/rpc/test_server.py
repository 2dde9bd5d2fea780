"""What a server is before and between its calls: its files, its bindings, its spans and metrics."""

import asyncio
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from hub.core.errors import PreconditionError, UnavailableError
from hub.rpc.authorize import unknown_methods
from hub.rpc.binding import BindingError
from hub.rpc.contract import Contract, snake_case
from hub.rpc.options import AccessRules, TlsFiles
from hub.rpc.tls import server_credentials
from landhub.rosreestr.v1 import rosreestr_service_pb2 as pb
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from tests.support.pki import Authority
from tests.support.rpc_fixtures import ROLES, ROSREESTR, Site, failure_of, serving
from tests.unit.rpc.servicers import Told, bound, nothing, raising

PLOT = pb.GetLandPlotRequest(cadastral_number="77:01:0001001:1234")


def test_a_method_is_called_in_snake_case() -> None:
    assert [snake_case(name) for name in ("GetLandPlot", "BatchGetLandPlots", "EstimateSms", "Sign")] == [
        "get_land_plot",
        "batch_get_land_plots",
        "estimate_sms",
        "sign",
    ]


async def test_a_servicer_without_one_of_its_methods_stops_the_start(site: Site) -> None:
    servicer = Told(ROSREESTR, nothing)
    del servicer.__dict__["list_rights"]
    with pytest.raises(BindingError, match="no method 'list_rights'"):
        site.server.bind(bound(servicer))


async def test_a_service_of_another_server_can_not_be_bound(site: Site) -> None:
    with pytest.raises(BindingError, match="not a service of this server"):
        site.server.bind(bound(object(), "landhub.hub.v1.HubService"))


async def test_a_module_that_is_built_anew_takes_the_next_calls(site: Site) -> None:
    old, new = Told(ROSREESTR, nothing), Told(ROSREESTR, nothing)
    stub = RosreestrServiceStub(site.channel())
    for servicer in (old, new):
        site.server.bind(bound(servicer))
        await stub.GetLandPlot(PLOT, timeout=10)
    assert (len(old.calls), len(new.calls)) == (1, 1)


async def test_two_servers_can_not_share_a_port(site: Site, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    address = f"127.0.0.1:{site.port}"
    with pytest.raises(OSError, match="can't listen on"):
        async with serving(tmp_path / "second", change=lambda options: replace(options, address=address)):
            pass


async def presented(site: Site) -> x509.Certificate:
    """Return the certificate that a new handshake gets."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    certificate, key = site.authority.issue("crm").write(site.folder, "prober")
    context.load_cert_chain(certificate, key)
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port, ssl=context)
    del reader
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return x509.load_der_x509_certificate(der)


async def test_a_new_certificate_is_taken_at_the_next_handshake_and_open_connections_go_on(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, nothing)))
    stub = RosreestrServiceStub(site.channel())
    await stub.GetLandPlot(PLOT, timeout=10)
    before = await presented(site)
    renewed = Authority("test servers CA").issue_server()
    (site.folder / "server.crt").write_bytes(renewed.pem)
    assert await presented(site) == before  # the key isn't there yet: half a renewal is none
    (site.folder / "server.key").write_bytes(renewed.key_pem)
    assert await presented(site) == renewed.certificate
    await stub.GetLandPlot(PLOT, timeout=10)


def test_a_key_is_opened_once_and_not_at_each_handshake(tmp_path: Path) -> None:
    opened: list[bytes] = []

    def open_key(content: bytes) -> bytes:
        opened.append(content)
        return content

    certificate, key = Authority().issue_server().write(tmp_path, "server")
    (tmp_path / "ca.crt").write_bytes(certificate.read_bytes())
    files = TlsFiles(certificate=certificate, key=key, client_ca=tmp_path / "ca.crt", open_key=open_key)
    server_credentials(files)
    assert len(opened) == 1


def test_a_key_of_another_certificate_stops_the_start(tmp_path: Path) -> None:
    certificate, _ = Authority().issue_server().write(tmp_path, "server")
    _, key = Authority().issue_server().write(tmp_path, "other")
    with pytest.raises(ValueError, match="does not belong to its certificate"):
        server_credentials(TlsFiles(certificate=certificate, key=key, client_ca=certificate))


async def test_the_server_span_continues_the_callers_trace_and_tells_what_was_answered(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, raising(UnavailableError("x")))))
    trace = "0af7651916cd43dd8448eb211c80319c"
    metadata = (("traceparent", f"00-{trace}-b7ad6b7169203331-01"),)
    await failure_of(RosreestrServiceStub(site.channel()).GetLandPlot(PLOT, timeout=10, metadata=metadata))
    (span,) = site.spans.get_finished_spans()
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == site.audit.last.trace_id == trace
    assert span.name == f"{ROSREESTR}/GetLandPlot"
    assert dict(span.attributes or {}) == {
        "rpc.system": "grpc",
        "rpc.service": ROSREESTR,
        "rpc.method": "GetLandPlot",
        "rpc.grpc.status_code": 14,
        "landhub.caller": "crm",
        "landhub.reason": "UPSTREAM_UNAVAILABLE",
        "error.type": "UPSTREAM_UNAVAILABLE",
    }
    assert span.status.status_code.name == "ERROR"


async def test_a_callers_own_fault_leaves_the_spans_status_unset(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, raising(PreconditionError("x")))))
    await failure_of(RosreestrServiceStub(site.channel()).GetLandPlot(PLOT, timeout=10))
    (span,) = site.spans.get_finished_spans()
    assert span.status.status_code.name == "UNSET"
    assert (span.attributes or {})["rpc.grpc.status_code"] == 9


async def test_a_broken_traceparent_begins_a_trace_of_our_own(site: Site) -> None:
    servicer = Told(ROSREESTR, nothing)
    site.server.bind(bound(servicer))
    metadata = (("traceparent", "00-zz-<script>-01"),)
    await RosreestrServiceStub(site.channel()).GetLandPlot(PLOT, timeout=10, metadata=metadata)
    assert len(servicer.calls[0].trace_id) == 32


async def test_calls_are_counted_by_method_and_status_and_timed(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, nothing)))
    stub = RosreestrServiceStub(site.channel())
    await stub.GetLandPlot(PLOT, timeout=10)
    await failure_of(stub.GetLandPlot(pb.GetLandPlotRequest(), timeout=10))
    strange: Any = site.channel().unary_unary("/made/up")
    await failure_of(strange(b"", timeout=10))

    def count(method: str, code: str) -> float | None:
        return site.registry.get_sample_value("landhub_rpc_requests_total", {"method": method, "code": code})

    assert count(f"/{ROSREESTR}/GetLandPlot", "OK") == 1
    assert count(f"/{ROSREESTR}/GetLandPlot", "INVALID_ARGUMENT") == 1
    assert count("/unknown", "UNIMPLEMENTED") == 1
    assert site.registry.get_sample_value("landhub_rpc_in_flight") == 0
    observed = site.registry.get_sample_value(
        "landhub_rpc_duration_seconds_count", {"method": f"/{ROSREESTR}/GetLandPlot"}
    )
    assert observed == 2


def test_a_pattern_that_fits_no_method_is_named() -> None:
    methods = [method for service in Contract.committed().services.values() for method in service.methods.values()]
    rules = AccessRules(callers={}, roles={**ROLES, "typo": ("landhub.rosrestr.v1.*",)})
    assert unknown_methods(rules, methods) == ["landhub.rosrestr.v1.*"]
