"""Servicers of the real contract that do what a test tells them."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from google.protobuf.message import Message

from hub.core.call import Call
from hub.rpc.binding import ServiceBinding
from hub.rpc.contract import Contract
from tests.support.rpc_fixtures import ROSREESTR

Behaviour = Callable[[Any, Call], Any]


class Told:
    """Serves every method of a service by one function; keeps the calls it was given."""

    def __init__(self, service: str, behaviour: Behaviour) -> None:
        self.calls: list[Call] = []
        self.requests: list[Any] = []
        for method in Contract.committed().services[service].methods.values():
            handler = self._stream if method.streams_responses else self._answer
            setattr(self, method.function, self._bound(handler, behaviour, method.response_class))

    def _bound(self, handler: Any, behaviour: Behaviour, response_class: type[Message]) -> Any:
        return lambda request, call: handler(request, call, behaviour, response_class)

    async def _answer(self, request: Any, call: Call, behaviour: Behaviour, response_class: type[Message]) -> Message:
        self.calls.append(call)
        self.requests.append(request)
        answer = await behaviour(request, call)
        return response_class() if answer is None else answer

    async def _stream(
        self, request: Any, call: Call, behaviour: Behaviour, response_class: type[Message]
    ) -> AsyncIterator[Message]:
        self.calls.append(call)
        self.requests.append(request)
        async for answer in behaviour(request, call):
            yield answer


async def nothing(request: Any, call: Call) -> None:
    """Answer with an empty message."""


def raising(error: BaseException) -> Behaviour:
    """Answer with an error."""

    async def behaviour(request: Any, call: Call) -> None:
        raise error

    return behaviour


def bound(servicer: object, service: str = ROSREESTR, **changes: Any) -> ServiceBinding:
    """Return a binding of a module that is on."""
    return ServiceBinding(service=service, servicer=servicer, module=service.split(".")[1], **changes)
