"""Ties a service of the contract to the object that serves it, checked when it is bound and not when it is called."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub.core.mode import Mode
from hub.rpc.contract import Method, Service

ServicerFunction = Callable[..., Any]
"""`(request, call) -> awaitable response`, or an asynchronous generator of responses; a client stream's `request` is an
asynchronous iterator of requests."""


def _on() -> Mode:
    return Mode.ON


def _ready() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBinding:
    """Who serves a service.

    Attributes:
        service: Its full name, "landhub.rosreestr.v1.RosreestrService".
        servicer: An object with `async def get_land_plot(self, request, call) -> response` for each RPC; None while the
            module is on and could not start (its RPCs answer MODULE_NOT_READY).
        module: The module's name; empty for services of the hub itself.
        mode: Asked at each call: OFF answers MODULE_DISABLED, READ_ONLY refuses KEYED methods.
        ready: Asked at each call: False answers MODULE_NOT_READY.
    """

    service: str
    servicer: object | None
    module: str = ""
    mode: Callable[[], Mode] = _on
    ready: Callable[[], bool] = _ready


class BindingError(Exception):
    """A servicer doesn't fit its service, or the service is not one of this server's. Stops the start-up."""


class BoundService:
    """A service of this server and who serves it now: nobody, until `bind`. Bound again when a module restarts."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.binding: ServiceBinding | None = None
        self._functions: dict[str, ServicerFunction] = {}

    def bind(self, binding: ServiceBinding) -> None:
        """Let the binding's servicer take calls from now on.

        Raises:
            BindingError: the servicer has no method for an RPC.
        """
        functions = {}
        if binding.servicer is not None:
            functions = {path: _function(binding, method) for path, method in self.service.methods.items()}
        self._functions = functions
        self.binding = binding

    def function(self, method: Method) -> ServicerFunction | None:
        """Return what serves the method now, or None."""
        return self._functions.get(method.path)


def _function(binding: ServiceBinding, method: Method) -> ServicerFunction:
    function = getattr(binding.servicer, method.function, None)
    if not callable(function):
        raise BindingError(f"{type(binding.servicer).__name__} has no method {method.function!r} for {method.path}")
    return function  # type: ignore[no-any-return]  # its signature is the servicer's own; see ServicerFunction
