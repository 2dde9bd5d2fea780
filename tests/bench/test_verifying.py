"""What verifying a signature costs, chain and revocation lists included, beside a process for each verification."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from gost.certificate import read_certificates
from gost.digest import DigestAlgorithm, digest
from gost.verify import VerificationPolicy, verify_detached
from sandbox import foreign_signer
from sandbox.demo.installation import SELLER
from sandbox.test_ca import TestAuthority
from tests.bench.rig.cpu import median_cpu_seconds
from tests.bench.rig.figures import Figures
from tests.bench.rig.signing import DOCUMENT

pytestmark = pytest.mark.bench

_ROUNDS = 13  # short ones in turns: what disturbs the machine disturbs all of a round
_SIGNERS = 24  # of a round, each new to the policy and to whatever else remembers certificates
_PROCESSES = 30  # of a round
_CACHED = 100  # of a round


def test_a_signature_verified_with_chain_and_lists_beside_a_process(tmp_path: Path, figures: Figures) -> None:
    authority = TestAuthority.create(tmp_path / "gost")
    lists = (authority.crl(), authority.root_crl())
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(authority.chain_path.read_bytes() + b"".join(lists))
    policy = VerificationPolicy(
        anchors=read_certificates(authority.root_path.read_bytes()),
        intermediates=read_certificates(authority.issuing_path.read_bytes()),
        crls=lists,
    )
    known = _signed(authority, "known")
    _verify(known, policy)  # which asks the lists for their own signatures: that is once a list, not once a signer

    def by_process() -> None:
        foreign_signer.verify_detached(DOCUMENT, known, bundle, check_crl=True)

    rounds = [[_signed(authority, f"signer-{turn}-{each}") for each in range(_SIGNERS)] for turn in range(_ROUNDS)]
    first, again, processes = [], [], []
    for signed in rounds:
        processes.append(median_cpu_seconds([by_process] * _PROCESSES))
        again.append(processes[-1] / median_cpu_seconds([lambda: _verify(known, policy)] * _CACHED))
        first.append(processes[-1] / median_cpu_seconds([partial(_verify, each, policy) for each in signed]))

    beside = f"{1 / median(processes):.0f} a second of CPU"
    figures.add("verify_vs_process", first, baseline=beside)
    figures.add("verify_cached_vs_process", again, baseline=beside)


def _signed(authority: TestAuthority, name: str) -> bytes:
    """The document, signed by somebody new."""
    return foreign_signer.sign_detached(DOCUMENT, authority.issue(name, SELLER), authority)


def _verify(cms: bytes, policy: VerificationPolicy) -> None:
    report = verify_detached(cms, digest(DigestAlgorithm.STREEBOG_256, DOCUMENT), policy=policy, at=datetime.now(UTC))
    assert report.is_valid, report.explanation
