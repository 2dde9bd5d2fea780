"""One file of evidence a session; what is done to it is done to copies."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_agent.attestation import AttestationKey
from tests.unit.agent.support import Bench, Keys, SetClock, attested, caller_rule, make_keys, request
from tests.unit.evidence.support import Made, made_file


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("evidence-keys"))


@pytest.fixture(scope="session")
def moment(keys: Keys) -> datetime:
    """When all is signed: after the CA was made."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)


@pytest.fixture(scope="session")
def crls(keys: Keys, moment: datetime) -> list[bytes]:
    issued = moment - timedelta(hours=1)
    return [keys.authority.crl(last_update=issued), keys.authority.root_crl(last_update=issued)]


@pytest.fixture(scope="session")
def pair(
    keys: Keys, crls: list[bytes], moment: datetime, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Made, Made]:
    """Two files of one agent: documents of the crm's, attested by its own key."""
    caller = Ed25519PrivateKey.generate()

    async def make() -> tuple[Made, Made]:
        bench = Bench(
            folder=tmp_path_factory.mktemp("evidence") / "state",
            keys=keys,
            rules=[caller_rule()],
            clock=SetClock(moment),
            attestation_keys={"crm-key": AttestationKey(key=caller.public_key(), caller="crm")},
        )
        first, second = request(keys), request(keys)
        for number, asked in enumerate((first, second)):
            await bench.signed(attested(asked, caller, nonce=bytes([number]) * 16, expires=moment + timedelta(hours=1)))
        made = [await made_file(bench, keys, asked.request_id, crls=crls) for asked in (first, second)]
        bench.workers.shutdown()
        return made[0], made[1]

    return asyncio.run(make())


@pytest.fixture(scope="session")
def made(pair: tuple[Made, Made]) -> Made:
    return pair[0]
