"""What a provider says of its acquirer's callbacks: how they come, how they are proven, what they are answered.

A callback is a hint to look at one payment, and nothing of it is believed: a reader returns which one, no amount and
no state. It is called before anything else is done, so it sends nothing, waits for nothing and keeps nothing.
"""

import abc
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequest:
    """A callback as it came. Its content may hold card numbers and names, so none of it goes into a log or an error.

    Attributes:
        method: "GET" or "POST".
        query: The URL's parameters in their order, decoded.
        content_type: Without its parameters, in small letters; empty if none was told.
        body: At most 64 KiB.
        peer: Who sent it, by the word of listed proxies; None if that can't be said.
    """

    method: str
    query: Sequence[tuple[str, str]] = field(default=(), repr=False)
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    peer: IPv4Address | IPv6Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Which order a callback is about: the acquirer's id, our number, or both; an empty one isn't told."""

    vendor_id: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAnswer:
    """What the acquirer is to be told, to the byte, so that it doesn't come again."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


class CallbackProblem(StrEnum):
    """Why a callback isn't heeded; the words are those of metrics and audit."""

    UNREADABLE = "UNREADABLE"
    """It isn't such as the acquirer sends."""
    UNSIGNED = "UNSIGNED"
    SIGNATURE_WRONG = "SIGNATURE_WRONG"
    SOURCE_NOT_ALLOWED = "SOURCE_NOT_ALLOWED"
    """It comes from outside of the acquirer's networks."""


class CallbackRefusedError(Exception):
    """A callback that proves nothing. `status`: what its sender is told, with no word beside."""

    def __init__(self, problem: CallbackProblem, *, status: int = 400) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.status = status


class CallbackReader(abc.ABC):
    """How the callbacks of one account are read."""

    @property
    @abc.abstractmethod
    def methods(self) -> frozenset[str]:
        """The HTTP methods they come by; others are answered 404. The same for an account's whole life."""

    @property
    @abc.abstractmethod
    def answer(self) -> CallbackAnswer:
        """What a callback that was read is answered, whether its order is known or not."""

    @abc.abstractmethod
    def read(self, request: CallbackRequest) -> Notice:
        """Prove who sent a callback and return which order it is about.

        Raises:
            CallbackRefusedError: it isn't the acquirer's, or can't be read.
        """
