"""Says in how many parts a text would be billed, and asks the account's provider for the price. Sends nothing."""

from dataclasses import dataclass

from hub.core.call import Call
from hub.core.ids import Ids
from hub.core.money import Money
from hub.modules.notifications.accounts import Accounts
from hub.modules.notifications.addresses import Recipient, addresses_of
from hub.modules.notifications.ledger import derived
from hub.modules.notifications.message import Channel, Content, Message
from hub.modules.notifications.planning import no_way
from hub.modules.notifications.port import NotToldError
from hub.modules.notifications.segments import Segments, count_segments
from hub.modules.notifications.settings import NotificationsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsEstimate:
    """How a text is split, and what it would cost; None: nobody was asked."""

    segments: Segments
    cost: Money | None


class Estimating:
    """Estimates short messages."""

    def __init__(self, *, accounts: Accounts, ids: Ids, settings: NotificationsSettings) -> None:
        self._accounts = accounts
        self._ids = ids
        self._settings = settings

    async def estimate(self, call: Call, text: str, account_name: str, phone: str) -> SmsEstimate:
        """Count, and ask for the price if an account is named.

        Raises:
            PreconditionError: the account isn't the caller's, or its provider tells no price.
            InvalidRequestError: there is no phone, or none that can exist.
        """
        segments = count_segments(text)
        if not account_name:
            return SmsEstimate(segments=segments, cost=None)
        account = self._accounts.allowed(call, account_name)
        if not account.port.capabilities.estimates or account.port.channel is not Channel.SMS:
            raise NotToldError(account=account_name)
        raw = {Channel.SMS: phone} if phone else {}
        region = self._settings.default_region
        address = addresses_of(Recipient(raw=raw), region=region, field_path="request").get(Channel.SMS)
        if address is None:
            raise no_way("phone", "is needed: prices differ by operator")
        reference = derived(self._ids.token(16), "estimate")
        message = Message(reference=reference, address=address, content=Content(text=text))
        told = await account.port.estimate(message)
        return SmsEstimate(segments=segments, cost=told.cost)
