"""How long to go on reopening a stream that breaks: so many times in a row without anything new, ever more slowly."""

from collections.abc import Callable

from landhub_client.errors import CallCancelledError, LandhubError, UnavailableError
from landhub_client.renewal import Renewal

_FIRST_SECONDS = 0.2
_MOST_SECONDS = 5.0


class Patience:
    """Counts the breaks of one stream since something last came."""

    def __init__(self, *, breaks: int, renewing: Callable[[], bool]) -> None:
        """`breaks` in a row are borne; 20 of them take about a minute and a half. See Renewal for `renewing`."""
        self._breaks = breaks
        self._left = breaks
        self._seconds = _FIRST_SECONDS
        self._renewing = renewing
        self._renewal = Renewal(renewing=renewing)

    def came(self) -> None:
        """Something came: patience is new."""
        self._left = self._breaks
        self._renewal = Renewal(renewing=self._renewing)
        self._seconds = _FIRST_SECONDS

    def pause_after_end_seconds(self) -> float:
        """Return how long to wait after a stream that has no end of its own ended in good order: the hub stops."""
        return self._seconds

    def pause_seconds(self, error: LandhubError) -> float:
        """Return how long to wait before the stream is opened again.

        Raises:
            LandhubError: the error itself, if another attempt can't help or patience is at its end.
        """
        pause = self._renewal.pause_seconds(error, retryable=True)
        if pause is not None:
            return pause
        # What was cancelled on this side never comes here as an error: the hub did it, because it stops.
        if not isinstance(error, UnavailableError | CallCancelledError) or self._left == 0:
            raise error
        self._left -= 1
        seconds = self._seconds
        self._seconds = min(self._seconds * 2, _MOST_SECONDS)
        return max(seconds, error.retry_after.total_seconds()) if error.retry_after else seconds
