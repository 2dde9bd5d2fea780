"""The worker process: `python -m signer_agent.keys.worker` loads one native library and does one thing at a time.

It speaks frames on its standard streams, which the library can't touch: what that prints goes nowhere. First it is told
its place and answers how it began. Then it answers each request twice: `begun` before the library is called, so that
the agent knows whether anything can have been signed, and what came of it, with the memory it holds. It ends when its
input does.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Final

from signer_agent.keys.frames import Frame, FrameError, packed, read_frame, unpacked, write_frame
from signer_agent.keys.native import FoundCertificate, NativeKeys
from signer_agent.keys.port import KeyBackendError, KeyFailedError, PinRefusedError

CLOSE: Final = "close"


def main() -> int:
    """Serve until the agent closes the pipe."""
    requests, answers = _own_streams()
    _leave_no_core()
    try:
        keys = _opened(read_frame(requests))
    except FrameError:
        return 1
    except KeyBackendError as error:
        write_frame(answers, _failure(error))
        return 1
    write_frame(answers, {"ready": True})
    try:
        while True:
            request = read_frame(requests)
            write_frame(answers, {"begun": True})
            answer = _answer(keys, request)
            write_frame(answers, {**answer, "resident_bytes": resident_bytes()})
            if request.get("do") == CLOSE:
                return 0
    except FrameError:
        keys.close()  # the agent is gone
        return 0


def _opened(place: Frame) -> NativeKeys:
    kinds: Mapping[str, Callable[[Frame], NativeKeys]] = {"pkcs11": _pkcs11, "pycades": _pycades}
    try:
        return kinds[str(place.get("kind"))](place)
    except (ImportError, OSError) as error:
        raise KeyFailedError(f"the library can't be loaded: {error}", cause="LIBRARY_MISSING") from error


def _pkcs11(place: Frame) -> NativeKeys:
    from signer_agent.keys.pkcs11_library import Pkcs11Keys  # noqa: PLC0415 - each worker loads one library

    return Pkcs11Keys(module=place["module"], token_label=place["token_label"])


def _pycades(place: Frame) -> NativeKeys:
    from signer_agent.keys.pycades_library import PycadesKeys  # noqa: PLC0415 - see above

    return PycadesKeys(python_path=place["python_path"], libraries=place["libraries"], store=place["store"])


def _answer(keys: NativeKeys, request: Frame) -> dict[str, Any]:
    try:
        return _done(keys, request)
    except KeyBackendError as error:
        return _failure(error)
    except Exception as error:  # noqa: BLE001 - a library of others may raise anything; its text may hold anything
        return _failure(KeyFailedError(f"the library failed ({type(error).__name__})", cause="LIBRARY_FAILED"))


def _done(keys: NativeKeys, request: Frame) -> dict[str, Any]:
    pin = None if request.get("pin") is None else unpacked(request["pin"])
    key = unpacked(request.get("key", ""))
    match request.get("do"):
        case "found":
            return {"found": [_packed_certificate(item) for item in keys.found(pin)]}
        case "try_pin":
            assert pin is not None
            keys.try_pin(key, request["algorithm"], pin)
        case "sign":
            return {"signature": packed(keys.sign(key, request["algorithm"], unpacked(request["to_be_signed"]), pin))}
        case "close":
            keys.close()
        case _:
            raise KeyFailedError("the worker is of another release", cause="LIBRARY_FAILED")
    return {}


def _packed_certificate(item: FoundCertificate) -> dict[str, Any]:
    return {"der": packed(item.der), "key": packed(item.key), "has_key": item.has_key, "place": item.place}


def _failure(error: KeyBackendError) -> dict[str, Any]:
    tries = error.tries_left if isinstance(error, PinRefusedError) else None
    return {
        "error": type(error).__name__,
        "message": str(error),
        "cause": error.cause,
        "code": error.code,
        "tries_left": tries,
    }


def resident_bytes() -> int:
    """The memory this process holds; 0 where the system doesn't say."""
    if sys.platform == "win32":
        return 0
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _own_streams() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the agent, away from the numbers that a library knows; those lead nowhere now."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for known in (0, 1, 2):
        os.dup2(nowhere, known)
    os.close(nowhere)
    return requests, answers


def _leave_no_core() -> None:
    """A crash of the library must not write its memory, and the PIN in it, to the disk."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
