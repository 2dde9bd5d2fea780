"""The modules that take part in the campaigns."""

from typing import Final

from tests.campaign.operations.port import ModuleCampaign
from tests.campaign.operations.rosreestr import Rosreestr
from tests.campaign.operations.signatures import Signatures

EVERY: Final[tuple[ModuleCampaign, ...]] = (Rosreestr(), Signatures())
