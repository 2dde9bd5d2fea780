"""The timestamps beside a signature: when they say that it was there, and on whose certificates that rests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence.container import EvidenceError
from gost.certificate import CertificateFacts
from gost.cms import SignerInfo, read_timestamp_token
from gost.errors import MalformedError, UnsupportedAlgorithmError
from gost.timestamps import TimestampPolicy, verify_timestamp
from gost.tsp import read_timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a timestamp says of itself; nothing of it is proven here. ``came_along`` are the certificates in it."""

    token: bytes
    time: datetime
    authority: CertificateFacts
    came_along: Sequence[CertificateFacts]


def stamps_of(signer: SignerInfo | None) -> Sequence[Stamp]:
    """The timestamps over a signature, the earliest first; of what bears none there are none.

    Raises:
        EvidenceError: one can't be read.
    """
    return sorted(_stamps(signer), key=lambda stamp: stamp.time) if signer is not None else ()


def proven_time(signer: SignerInfo | None, policy: TimestampPolicy) -> datetime | None:
    """By when the signature was there, judged as of that time; None if nothing of it can be said.

    Who trusts no authority has nothing proven to him. To who trusts some, a timestamp must hold.

    Raises:
        EvidenceError: there are timestamps, authorities are trusted, and none of the timestamps holds.
    """
    problem = ""
    if signer is None or not policy.anchors:
        return None
    for stamp in stamps_of(signer):
        report = verify_timestamp(stamp.token, signer.signature, policy=policy, at=stamp.time)
        if report.is_valid:
            return report.time
        problem = problem or report.explanation
    if problem:
        raise EvidenceError(f"its timestamp does not hold: {problem}")
    return None


def _stamps(signer: SignerInfo) -> Iterator[Stamp]:
    for token in signer.timestamps:
        try:
            read = read_timestamp(token)
            came_along = read_timestamp_token(token).certificates
        except (MalformedError, UnsupportedAlgorithmError) as error:
            raise EvidenceError(f"a timestamp of it can't be read: {error}") from error
        if read.signer.certificate is None:
            raise EvidenceError("a timestamp of it does not hold its authority's certificate")
        yield Stamp(token=token, time=read.gen_time, authority=read.signer.certificate, came_along=came_along)
