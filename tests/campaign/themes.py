"""What a run is about: which modules take part, how they are set up, and what goes wrong at their vendors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from sandbox.faults import Fault
from tests.campaign.acquirers.callbacks import draw_callback_fault
from tests.campaign.acquirers.port import Acquirer
from tests.campaign.acquirers.sberbank import Sberbank
from tests.campaign.acquirers.tbank import TBank
from tests.campaign.acquirers.yookassa import Yookassa
from tests.campaign.operations.payments import Payments
from tests.campaign.operations.port import ModuleCampaign
from tests.campaign.operations.rosreestr import VISIBILITY_SECONDS, Rosreestr
from tests.campaign.operations.signatures import Signatures
from tests.campaign.peers import GATEWAY_PORT
from tests.campaign.plan import draw_register_fault

CALLBACK_FAULTS = 0.3
"""The share of an acquirer's faults that strike its callbacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One of them. `modules`: each module's part; `tables`: their settings; `rpc_paths`: whose calls get lost."""

    name: str
    modules: tuple[ModuleCampaign, ...]
    tables: Mapping[str, Mapping[str, Any]]
    rpc_paths: Sequence[str]
    acquirer: type[Acquirer] | None = None
    signs: bool = False
    """Whether there is a signer agent: a theme that never signs goes without, and runs twice as many seeds."""

    def draw_fault(self, random: Random) -> Fault:
        """Draw what a vendor does to a call."""
        if self.acquirer is None:
            return draw_register_fault(random)
        if random.random() < CALLBACK_FAULTS:
            return draw_callback_fault(random, self.acquirer.family)
        return self.acquirer.draw_fault(random)

    def draw_modules(self, random: Random) -> Sequence[ModuleCampaign]:
        """Draw which of the modules take part in a flow."""
        every = self.modules
        return every if len(every) == 1 else random.choice((every, every, every[:1], every[1:]))


def _land() -> Theme:
    gateway = {
        "api_url": f"https://127.0.0.1:{GATEWAY_PORT}",
        "client_certificate": "gateway/client.crt",
        "client_key": "gateway/client.key",
        "ca_bundle": "gateway/ca.crt",
        "fernet_keys": ["file:gateway/fernet.key"],
        "visibility_window_seconds": VISIBILITY_SECONDS,
        "policy": {"recovery_timeout": 20.0},
    }
    trust = {"anchors": ["gost/root.crt"], "intermediates": ["gost/issuing.crt"], "crls": ["gost/*.crl"]}
    return Theme(
        name="land",
        modules=(Rosreestr(), Signatures()),
        tables={
            "rosreestr": {"providers": {"xml_gateway": gateway}, "status_poll_initial": 4.0, "status_poll_max": 15.0},
            "signatures": {"trust": trust},
        },
        rpc_paths=("SignerService/Sign", "SignerService", "CreateRegistration", "SignDocument", "Service/"),
        signs=True,
    )


def _payments(acquirer: type[Acquirer]) -> Theme:
    accounts = {
        name: {"provider": acquirer.provider, "callers": ["crm", "office"], "settings": settings}
        for name, settings in acquirer.accounts().items()
    }
    return Theme(
        name=acquirer.family,
        modules=(Payments(acquirer),),
        tables={
            "payments": {
                "accounts": accounts,
                "return_hosts": {"crm": ["shop.example"], "office": ["shop.example"]},
                "poll_initial": 4.0,
                "poll_max": 90.0,
                "watch_ended_hours": 0.1,
            }
        },
        rpc_paths=("CreatePayment", "CreateRefund", "CapturePayment", "CancelPayment", "Service/"),
        acquirer=acquirer,
    )


THEMES: Final = {theme.name: theme for theme in (_land(), _payments(Sberbank), _payments(TBank), _payments(Yookassa))}
