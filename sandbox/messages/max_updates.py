"""What MAX tells a bot's webhook: who started the bot, under the subscription's secret."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.callbacks import Callback, CallbackSender
from sandbox.clock import SandboxClock
from sandbox.faults import FaultBoard
from sandbox.messages.max import NAME, SECRET_HEADER, Max

_ATTEMPTS = 11
_PAUSE_SECONDS = 60.0  # the first one; the vendor lets them grow


class MaxUpdates:
    """Tells those who subscribed."""

    def __init__(self, *, bot: Max, clock: SandboxClock, faults: FaultBoard) -> None:
        self.bot = bot
        self._clock = clock
        self._sender = CallbackSender(
            name=NAME, clock=clock, faults=faults, attempts=_ATTEMPTS, pause_seconds=_PAUSE_SECONDS
        )

    def start(self) -> None:
        """Be able to tell."""
        self._sender.start()

    async def stop(self) -> None:
        """Tell nothing more."""
        await self._sender.stop()

    def start_bot(self, user_id: int) -> None:
        """A person starts the bot."""
        for subscription in self.bot.subscriptions.values():
            self._sender.send(_bot_started(subscription, user_id, self._clock.now()), about="bot_started")


def _bot_started(subscription: Mapping[str, Any], user_id: int, time: datetime) -> Callback:
    told = {
        "update_type": "bot_started",
        "timestamp": int(time.timestamp() * 1000),
        "chat_id": user_id,
        "user": {"user_id": user_id, "first_name": "Иван", "is_bot": False},
    }
    headers = {"Content-Type": "application/json"}
    if secret := subscription.get("secret"):
        headers[SECRET_HEADER] = str(secret)
    return Callback(url=str(subscription["url"]), headers=headers, body=json.dumps(told, ensure_ascii=False).encode())
