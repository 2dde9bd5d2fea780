"""A provider that tells little: what its vendor can't be asked, it says so."""

from collections.abc import Sequence

from hub.modules.notifications.port import (
    Balance,
    Callback,
    CallbackRead,
    Estimate,
    Message,
    NotificationsPort,
    NotToldError,
    Report,
    Sought,
)


class SilentPort(NotificationsPort):
    """The port of a vendor that tells nothing after it took a message; subclasses override what theirs does tell."""

    def __init__(self, *, account: str) -> None:
        self._account = account

    async def find(self, sought: Sought) -> Report | None:  # noqa: ARG002 - nobody can be asked
        """See the port."""
        raise NotToldError(account=self._account)

    async def reports(self, sought: Sequence[Sought]) -> Sequence[Report]:  # noqa: ARG002 - same
        """See the port."""
        raise NotToldError(account=self._account)

    def read_callback(self, callback: Callback) -> CallbackRead | None:  # noqa: ARG002 - there are none
        """See the port."""
        return None

    async def balance(self) -> Balance:
        """See the port."""
        raise NotToldError(account=self._account)

    async def estimate(self, message: Message) -> Estimate:  # noqa: ARG002 - same
        """See the port."""
        raise NotToldError(account=self._account)
