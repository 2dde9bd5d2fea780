"""The load of each theme."""

from random import Random

from tests.campaign.loads.deals import Deals
from tests.campaign.loads.payments import FamilyPayments
from tests.campaign.loads.port import Load
from tests.campaign.themes import Theme

PATIENCE_SECONDS = 300.0  # for what is begun, which outlives several kills, beside a pause
PACE = 1 / 6  # so that a vendor's visibility window lasts 10 s


def make_load(theme: Theme, *, random: Random, pause_seconds: float) -> Load:
    """Make what goes on under kills that are about a theme; `pause_seconds`: how long a hub may be stopped."""
    patience_seconds = PATIENCE_SECONDS + pause_seconds
    if theme.acquirer is None:
        return Deals(random=random, patience_seconds=patience_seconds)
    return FamilyPayments(acquirer=theme.acquirer, random=random, pace=PACE, patience_seconds=patience_seconds)
