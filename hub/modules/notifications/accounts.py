"""The accounts that messages go by: which provider serves each, and which callers may use it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.core.call import Call
from hub.core.errors import PreconditionError
from hub.modules.notifications.port import DOMAIN, NotificationsPort
from hub.modules.notifications.settings import AccountSettings
from hub.resilience.policy import Rate

SEND = "notifications.send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One contract with one provider, for one channel."""

    name: str
    port: NotificationsPort
    settings: AccountSettings

    @property
    def recipient_rates(self) -> tuple[Rate, ...]:
        """How many messages one recipient gets by it in which time: the vendor's figures, or the settings' own."""
        own = self.settings.recipient_rates
        return self.port.capabilities.recipient_rates if own is None else own

    @property
    def job_kind(self) -> str:
        """The kind of its sending jobs: a kind of its own has a concurrency of its own."""
        return job_kind(self.name)

    def is_open_to(self, call: Call) -> bool:
        """Whether the caller may use it."""
        return bool({call.caller, call.group} & set(self.settings.callers))


class Accounts:
    """All accounts of the settings."""

    def __init__(self, accounts: Mapping[str, Account], *, routes: Mapping[str, tuple[str, ...]]) -> None:
        self._accounts = dict(accounts)
        self._routes = dict(routes)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def get(self, name: str) -> Account | None:
        """Return an account; None if the settings no longer have it."""
        return self._accounts.get(name)

    def allowed(self, call: Call, name: str) -> Account:
        """Return an account that the caller may use.

        Raises:
            PreconditionError: no such account, or not this caller's: which, it isn't told.
        """
        account = self._accounts.get(name)
        if account is None or not account.is_open_to(call):
            raise PreconditionError(
                "Name an account that this caller may use; the hub's settings say which.",
                reason="ACCOUNT_NOT_ALLOWED",
                domain=DOMAIN,
                metadata={"account": name},
            )
        return account

    def default_route(self, call: Call) -> tuple[str, ...]:
        """Return the accounts the settings name for the caller, or its group; empty if there is no such route."""
        return self._routes.get(call.caller) or self._routes.get(call.group, ())


def job_kind(account: str) -> str:
    """Return the kind of the jobs that send by an account."""
    return f"{SEND}.{account}"
