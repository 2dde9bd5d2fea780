"""What the client reads from the contract, and what it shows of itself."""

import json

import landhub_client
from landhub_client.contract import RequestIdPlace, read_methods, service_config


def test_public_names_stay() -> None:
    assert sorted(landhub_client.__all__) == [
        "CallCancelledError", "Client", "DeadlineError", "ExhaustedError", "HubFailedError", "InvalidArgumentError",
        "LandhubError", "NotAllowedError", "NotFoundError", "NotServedError", "OutOfRangeError", "RefusedError",
        "RequestIdReusedError", "RequestInProgressError", "SyncClient", "UnauthenticatedError", "UnavailableError",
        "Violation", "attest",
    ]  # fmt: skip
    assert all(hasattr(landhub_client, name) for name in landhub_client.__all__)


def test_every_method_of_the_contract_is_known_and_says_how_safely_it_is_called_again() -> None:
    methods = read_methods()
    assert "/landhub.rosreestr.v1.RosreestrService/CreateRegistration" in methods
    assert "/landhub.hub.v1.HubService/ResolveOutcome" in methods
    assert all(method.retryable for method in methods.values())


def test_the_request_id_is_found_where_the_method_carries_it() -> None:
    methods = read_methods()
    places = {method.name: method.request_id for method in methods.values()}
    assert places["GetLandPlot"] is RequestIdPlace.NOWHERE
    assert places["CreateRegistration"] is RequestIdPlace.REQUEST
    assert places["SignDocumentStream"] is RequestIdPlace.HEADER
    assert places["VerifySignatureStream"] is RequestIdPlace.NOWHERE


def test_the_service_config_retries_each_method_after_unavailable_and_nothing_else() -> None:
    methods = read_methods()
    config = json.loads(service_config(methods))
    (entry,) = config["methodConfig"]
    assert {f"/{name['service']}/{name['method']}" for name in entry["name"]} == set(methods)
    assert entry["retryPolicy"]["retryableStatusCodes"] == ["UNAVAILABLE"]
    assert 2 <= entry["retryPolicy"]["maxAttempts"] <= 5  # gRPC takes 5 at most
