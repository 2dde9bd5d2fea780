"""Whether the service asked for can take this call now: its module may be off, read-only or not started."""

from datetime import timedelta

from hub.core.errors import ModuleDisabledError, PreconditionError, UnavailableError
from hub.core.mode import Mode
from hub.rpc.contract import Safety
from hub.rpc.passage import Passage

_RETRY_AFTER = timedelta(seconds=5)  # a module that can't start is tried again at about this pace


def check_availability(passage: Passage) -> None:
    """Let the call pass if its service takes it, and set passage.function.

    Raises:
        ModuleDisabledError: there is no such method here, or its module is off.
        UnavailableError: the module is on and can't work yet (MODULE_NOT_READY).
        PreconditionError: the module is read-only and the method would change something.
    """
    service = passage.service
    if service is None:
        raise ModuleDisabledError("this server has no such method; see the contract, and the address you call")
    binding = service.binding
    module = service.service.module if binding is None else binding.module or service.service.module
    mode = Mode.OFF if binding is None else binding.mode()
    if mode is Mode.OFF or binding is None:
        raise ModuleDisabledError(f"module {module} is off on this hub", metadata={"module": module})
    passage.function = service.function(passage.method)
    if passage.function is None or not binding.ready():
        raise UnavailableError(
            f"module {module} can't work yet; the hub's health says why",
            reason="MODULE_NOT_READY",
            metadata={"module": module},
            retry_after=_RETRY_AFTER,
        )
    if mode is Mode.READ_ONLY and passage.method.safety is Safety.KEYED:
        raise PreconditionError(
            f"module {module} is read-only on this hub and sends nothing",
            reason="MODULE_READ_ONLY",
            metadata={"module": module},
        )
