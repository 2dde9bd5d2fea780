"""Page tokens: good for their caller and their request, and for nothing else."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from hub.core.call import Call
from hub.core.crypto import KeyedHash
from hub.core.errors import InvalidRequestError
from hub.core.secrets import Secret
from hub.rpc.pages import PageTokens, page_size
from landhub.hub.v1 import hub_service_pb2 as pb

CALL = Call(caller="crm", group="sales", method="/landhub.hub.v1.HubService/ListAuditRecords", deadline=1.0)
REQUEST = pb.ListAuditRecordsRequest(page_size=10, business_reference="ДКП-7")


@pytest.fixture
def pages() -> PageTokens:
    return PageTokens(hashes=KeyedHash(key=Secret(b"k" * 32), key_id="1"))


def asking(token: str, request: pb.ListAuditRecordsRequest = REQUEST) -> pb.ListAuditRecordsRequest:
    asked = pb.ListAuditRecordsRequest()
    asked.CopyFrom(request)
    asked.page_token = token
    return asked


def test_a_token_brings_back_its_position_also_on_a_page_of_another_size(pages: PageTokens) -> None:
    token = pages.make(CALL, REQUEST, "место №7")
    assert pages.position(CALL, asking(token)) == "место №7"
    other_size = asking(token)
    other_size.page_size = 500
    assert pages.position(replace(CALL, request_id="x", deadline=9.0), other_size) == "место №7"


def test_no_token_is_the_first_page(pages: PageTokens) -> None:
    assert pages.position(CALL, REQUEST) == ""


def _other_filter(token: str) -> tuple[Call, pb.ListAuditRecordsRequest]:
    return CALL, asking(token, pb.ListAuditRecordsRequest(business_reference="ДКП-8"))


@pytest.mark.parametrize(
    "used",
    [
        _other_filter,
        lambda token: (replace(CALL, group="archive"), asking(token)),
        lambda token: (replace(CALL, method="/landhub.hub.v1.HubService/ListStuckWork"), asking(token)),
        lambda token: (CALL, asking(token[:-1])),
        lambda token: (CALL, asking(token[:4])),
        lambda token: (CALL, asking("не наш")),
        lambda token: (CALL, asking("A")),
    ],
    ids=["other filter", "other owner", "other method", "cut", "too short", "not base64", "one letter"],
)
def test_a_token_that_is_used_for_anything_else_is_refused(
    pages: PageTokens, used: Callable[[str], tuple[Call, pb.ListAuditRecordsRequest]]
) -> None:
    call, request = used(pages.make(CALL, REQUEST, "7"))
    with pytest.raises(InvalidRequestError) as caught:
        pages.position(call, request)
    assert caught.value.reason == "PAGE_TOKEN_INVALID"
    assert caught.value.violations[0].field == "page_token"


def test_no_letter_of_a_token_can_be_changed(pages: PageTokens) -> None:
    token, rng = pages.make(CALL, REQUEST, "7"), random.Random(1)
    for index in range(len(token) - 1):  # the last letter has spare bits
        letter = rng.choice([c for c in "ABCDEFGHIJKLMNOPabcdefghijklmnop" if c != token[index]])
        with pytest.raises(InvalidRequestError):
            pages.position(CALL, asking(token[:index] + letter + token[index + 1 :]))


def test_a_token_of_another_key_is_refused(pages: PageTokens) -> None:
    other = PageTokens(hashes=KeyedHash(key=Secret(b"o" * 32), key_id="1"))
    with pytest.raises(InvalidRequestError):
        pages.position(CALL, asking(other.make(CALL, REQUEST, "7")))


@pytest.mark.parametrize(("asked", "given"), [(0, 50), (7, 7), (500, 500)])
def test_a_page_has_the_size_asked_for_or_fifty(asked: int, given: int) -> None:
    assert page_size(pb.ListAuditRecordsRequest(page_size=asked)) == given
