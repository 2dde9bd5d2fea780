"""The short form of the campaign's 100,000 signatures: once what is kept by design is full, memory stays as it is."""

from tests.e2e.agent.support import Installation
from tests.support.agent_memory import REMEMBERED, grown_by, remember_little


async def test_many_signatures_leave_the_agents_memory_as_it_was(installation: Installation) -> None:
    grown = await grown_by(remember_little(installation), warm=2 * REMEMBERED, signatures=2 * REMEMBERED)

    assert grown.share < 0.05, grown
