"""Page tokens: opaque, and good only for the caller and the very request they were made for."""

import base64
import binascii
import hmac

from google.protobuf.message import Message

from hub.core.call import Call
from hub.core.crypto import KeyedHash
from hub.core.errors import FieldViolation, InvalidRequestError

DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 500  # as the contract says of page_size

_MAC_BYTES = 16
_PURPOSE = "page_token"


class PageTokens:
    """Makes and opens page tokens for servicers: unpadded base64url of a MAC and the position.

    The MAC binds the position to the caller's group, the method and every field of the request but page_size and
    page_token, so that a token can neither be made up nor used with another filter.
    """

    def __init__(self, *, hashes: KeyedHash) -> None:
        self._hashes = hashes

    def make(self, call: Call, request: Message, position: str) -> str:
        """Return the token of the page after a position: an id, a cursor, a sort key. Not personal: it is readable."""
        raw = position.encode()
        return base64.urlsafe_b64encode(self._mac(call, request, raw) + raw).rstrip(b"=").decode()

    def position(self, call: Call, request: Message) -> str:
        """Return the position in request.page_token; empty for the first page.

        Raises:
            InvalidRequestError: the token is none of ours or belongs to another request (PAGE_TOKEN_INVALID).
        """
        token: str = getattr(request, "page_token", "")
        if not token:
            return ""
        raw = _decode(token)
        mac, position = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(call, request, position)):
            raise _invalid()
        return position.decode()

    def _mac(self, call: Call, request: Message, position: bytes) -> bytes:
        bare = type(request)()
        bare.CopyFrom(request)
        bare.ClearField("page_size")
        bare.ClearField("page_token")
        parts = (call.group.encode(), call.method.encode(), bare.SerializeToString(deterministic=True), position)
        return self._hashes.digest(_PURPOSE, *parts)[:_MAC_BYTES]


def page_size(request: Message) -> int:
    """Return how many to answer at most: request.page_size, 50 if unset, 500 at most."""
    asked: int = getattr(request, "page_size", 0)
    return min(asked or DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)


def _decode(token: str) -> bytes:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _invalid() from error


def _invalid() -> InvalidRequestError:
    text = "use next_page_token of the previous page with the same request, or begin without page_token"
    return InvalidRequestError(
        f"page_token does not belong to this request: {text}",
        reason="PAGE_TOKEN_INVALID",
        violations=(FieldViolation(field="page_token", description=text, rule_id="page_token"),),
    )
