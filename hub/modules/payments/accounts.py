"""The accounts that money is paid into: which provider serves each, and which callers may use it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.core.call import Call
from hub.core.errors import PreconditionError
from hub.modules.payments.port import DOMAIN, PaymentsPort


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One contract with one acquirer.

    Attributes:
        callers: Names of callers, or of their groups.
        is_shared: Others than this hub open orders in it, too.
    """

    name: str
    port: PaymentsPort
    callers: frozenset[str]
    is_shared: bool = False

    def is_open_to(self, call: Call) -> bool:
        """Whether the caller may pay into it."""
        return bool({call.caller, call.group} & self.callers)


class Accounts:
    """All accounts of the settings."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = dict(accounts)

    def choose(self, call: Call, name: str) -> Account:
        """Return the account that the caller names, or has just one of.

        Raises:
            PreconditionError: no such account, not this caller's, or none of several was named: which, it isn't told.
        """
        theirs = self.open_to(call)
        chosen = [account for account in theirs if account.name == name] if name else theirs
        if len(chosen) != 1:
            raise PreconditionError(
                "Name an account that this caller may use; the hub's settings say which.",
                reason="ACCOUNT_NOT_ALLOWED",
                domain=DOMAIN,
                metadata={"account": name},
            )
        return chosen[0]

    def open_to(self, call: Call) -> Sequence[Account]:
        """Return the accounts that the caller may use."""
        return [account for account in self._accounts.values() if account.is_open_to(call)]

    def all(self) -> Sequence[Account]:
        """Return every account, by name."""
        return sorted(self._accounts.values(), key=lambda account: account.name)

    def find(self, name: str) -> Account | None:
        """Return an account; None if the settings have none of the name (any more)."""
        return self._accounts.get(name)

    def port(self, name: str) -> PaymentsPort | None:
        """Return what serves an account; None if the settings no longer have it."""
        account = self._accounts.get(name)
        return None if account is None else account.port
