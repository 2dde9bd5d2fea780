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
from tests.bench.rig.cpu import each_cpu_seconds
from tests.bench.rig.figures import Figures
from tests.bench.rig.signing import DOCUMENT

pytestmark = pytest.mark.bench

_ROUNDS = 11
_TURNS = 3  # of a round: what disturbs the machine for a moment disturbs all that is measured
_SIGNERS = 8  # of a turn, each new to the policy and to whatever else remembers certificates
_PROCESSES = 10  # of a turn
_CACHED = 30  # of a turn


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

    rounds = [
        [[_signed(authority, f"signer-{number}-{turn}-{each}") for each in range(_SIGNERS)] for turn in range(_TURNS)]
        for number in range(_ROUNDS)
    ]
    first, again, processes = [], [], []
    for turns in rounds:
        by_processes, of_known, of_new = [], [], []
        for signed in turns:
            by_processes += each_cpu_seconds([by_process] * _PROCESSES)
            of_known += each_cpu_seconds([lambda: _verify(known, policy)] * _CACHED)
            of_new += each_cpu_seconds([partial(_verify, new, policy) for new in signed])
        processes.append(median(by_processes))
        again.append(processes[-1] / median(of_known))
        first.append(processes[-1] / median(of_new))

    beside = f"{1 / median(processes):.0f} a second of CPU"
    figures.add("verify_vs_process", first, baseline=beside)
    figures.add("verify_cached_vs_process", again, baseline=beside)


def _signed(authority: TestAuthority, name: str) -> bytes:
    """The document, signed by somebody new."""
    return foreign_signer.sign_detached(DOCUMENT, authority.issue(name, SELLER), authority)


def _verify(cms: bytes, policy: VerificationPolicy) -> None:
    report = verify_detached(cms, digest(DigestAlgorithm.STREEBOG_256, DOCUMENT), policy=policy, at=datetime.now(UTC))
    assert report.is_valid, report.explanation
