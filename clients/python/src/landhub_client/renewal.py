"""When a call is made again because the client's certificates are being replaced."""

from collections.abc import Callable

from landhub_client.errors import LandhubError, UnauthenticatedError, UnavailableError

CONNECT_SECONDS = 10.0  # for the channel with the new certificate
RENEWED_SECONDS = 5.0  # so long after it took over, what failed before is made again over it
_PAUSE_SECONDS = 0.1
_MOST = 60
_REASON = "CERTIFICATE_REFUSED"


class Renewal:
    """Counts how often one call was made again for that reason."""

    def __init__(self, *, renewing: Callable[[], bool]) -> None:
        """Ask `renewing` whether a channel with new certificates is about to take over, or has just done so."""
        self._renewing = renewing
        self._left = _MOST

    def pause_seconds(self, failure: LandhubError, *, retryable: bool) -> float | None:
        """Return how long to wait before the call is made again, or None if it need not be for this.

        A certificate is refused before anything of a call is looked at; a hub that can't be reached may have been.
        """
        refused = isinstance(failure, UnauthenticatedError) and failure.reason == _REASON
        unreachable = isinstance(failure, UnavailableError) and retryable
        if not (refused or unreachable) or self._left == 0 or not self._renewing():
            return None
        self._left -= 1
        return _PAUSE_SECONDS
