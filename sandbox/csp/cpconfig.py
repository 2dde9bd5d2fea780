"""cpconfig: tells of the licence. The real one prints the serial, which must not reach a log; so does this one."""

from sandbox.csp import failure
from sandbox.csp.failure import NotEmulatedError, ToolError
from sandbox.csp.run import Run

_SERIAL = "00000-00000-00000-00000-00000"  # no licence of anybody's


def banner(_run: Run) -> str:
    """None."""
    return ""


def tail(_run: Run, _code: int) -> str:
    """None."""
    return ""


def complain(_run: Run, error: ToolError) -> str:
    """What went wrong."""
    return error.text


def work(run: Run, words: list[str]) -> None:
    """`-license -view`; the layout was not captured from a real one."""
    if words != ["-license", "-view"]:
        raise NotEmulatedError(f"cpconfig {' '.join(words)}")
    until = run.profile.licence_until
    good = f"Expires: {until}" if until else "License is permanent."
    state = {"valid": good, "expired": "License is expired.", "missing": "License is absent."}
    run.say(f"License validity:\n{_SERIAL}\n{state[run.profile.licence]}\n")
    if run.profile.licence != "valid":
        raise ToolError(failure.LICENCE_MISSING)
