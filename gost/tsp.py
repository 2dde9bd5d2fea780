"""Asking for timestamps and reading what they say (RFC 3161): bytes in, bytes out, nothing sent and nothing trusted.

Whether a timestamp is to be believed is decided in ``gost.timestamps``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat import asn1

from gost import digest as hashing
from gost import structures, tsp_structures
from gost.cms import MAX_TOKEN_BYTES, SignerInfo, read_timestamp_token
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError, UnsupportedAlgorithmError

QUERY_TYPE: Final = "application/timestamp-query"
REPLY_TYPE: Final = "application/timestamp-reply"
MAX_REPLY_BYTES: Final = MAX_TOKEN_BYTES + 1024

_GRANTED: Final = frozenset({0, 1})  # granted, granted with modifications
_STATUSES: Final = {
    0: "granted",
    1: "grantedWithMods",
    2: "rejection",
    3: "waiting",
    4: "revocationWarning",
    5: "revocationNotification",
}
_FAILURES: Final = {
    0: "badAlg",
    2: "badRequest",
    5: "badDataFormat",
    14: "timeNotAvailable",
    15: "unacceptedPolicy",
    16: "unacceptedExtension",
    17: "addInfoNotAvailable",
    25: "systemFailure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampQuery:
    """One request for a timestamp.

    ``imprint`` is the hash of what is to be stamped, by ``digest_algorithm``; ``policy`` a dotted OID or empty for the
    authority's own; ``nonce`` a number that no request had before.
    """

    digest_algorithm: DigestAlgorithm
    imprint: bytes
    nonce: int
    policy: str = ""

    @classmethod
    def over(cls, data: bytes, *, digest_algorithm: DigestAlgorithm, nonce: int, policy: str = "") -> "TimestampQuery":
        """Make a query for bytes, a signature's value say."""
        imprint = hashing.digest(digest_algorithm, data)
        return cls(digest_algorithm=digest_algorithm, imprint=imprint, nonce=nonce, policy=policy)

    def encode(self) -> bytes:
        """The query in DER. The authority's certificate is always asked for, since a timestamp must prove itself."""
        algorithm = structures.AlgorithmIdentifier(
            algorithm=x509.ObjectIdentifier(self.digest_algorithm.oid), parameters=asn1.Null()
        )
        return asn1.encode_der(
            tsp_structures.TimeStampReq(
                version=1,
                message_imprint=tsp_structures.MessageImprint(hash_algorithm=algorithm, hashed_message=self.imprint),
                policy=x509.ObjectIdentifier(self.policy) if self.policy else None,
                nonce=self.nonce,
                certificate_wanted=True,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampReply:
    """What an authority answered: a token (DER) if it granted one, else why not, in RFC 3161's words.

    ``failures`` are names of RFC 3161 2.4.2; the free text that comes along is left out, since anybody wrote it.
    """

    token: bytes | None
    status: str
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """What a token says, as written. ``gen_time`` is aware UTC and right within ``accuracy``; ``policy`` a dotted OID.

    ``info`` is the DER that the authority signed, ``signer`` the authority.
    """

    digest_algorithm: DigestAlgorithm
    imprint: bytes
    gen_time: datetime
    accuracy: timedelta
    policy: str
    nonce: int | None
    serial_number: int
    info: bytes
    signer: SignerInfo


def read_reply(der: bytes) -> TimestampReply:
    """Read an authority's answer.

    Raises:
        MalformedError: it is too big or no TimeStampResp in strict DER, or it grants nothing to read.
    """
    if len(der) > MAX_REPLY_BYTES:
        raise MalformedError(f"an answer of {len(der)} bytes: at most {MAX_REPLY_BYTES} are read")
    reply = _decode(tsp_structures.TimeStampResp, der, "TimeStampResp")
    status = _STATUSES.get(reply.status.status, "unknown")
    if reply.status.status not in _GRANTED:
        return TimestampReply(token=None, status=status, failures=_failures(reply.status.failure))
    if reply.token is None:
        raise MalformedError("the authority granted a timestamp and sent none")
    return TimestampReply(token=asn1.encode_der(reply.token), status=status)


def read_timestamp(token: bytes) -> Timestamp:
    """Read a token. Nothing is verified.

    Raises:
        MalformedError: it is no timestamp in strict DER, contradicts itself, or has not exactly one signer.
    """
    signed_data = read_timestamp_token(token)
    if signed_data.content is None or len(signed_data.signers) != 1:
        raise MalformedError("a timestamp has one signer and holds what was signed")
    info = _decode(tsp_structures.TstInfo, signed_data.content, "TSTInfo")
    if info.version != 1:
        raise MalformedError(f"a timestamp of version {info.version}: 1 is read")
    try:
        algorithm = DigestAlgorithm.from_oid(info.message_imprint.hash_algorithm.algorithm.dotted_string)
    except UnsupportedAlgorithmError as error:
        raise MalformedError("the timestamp's hash is of an algorithm that is not supported") from error
    return Timestamp(
        digest_algorithm=algorithm,
        imprint=info.message_imprint.hashed_message,
        gen_time=info.gen_time.as_datetime().astimezone(UTC),
        accuracy=_accuracy(info.accuracy),
        policy=info.policy.dotted_string,
        nonce=info.nonce,
        serial_number=info.serial_number,
        info=signed_data.content,
        signer=signed_data.signers[0],
    )


def _decode(kind: type[Any], der: bytes, name: str) -> Any:
    try:
        value = asn1.decode_der(kind, bytes(der))
        exact = structures.reencodes(value, der)
    except (ValueError, TypeError, OverflowError) as error:
        raise MalformedError(f"not a {name} in strict DER") from error
    if not exact:
        raise MalformedError(f"the {name} is not in the one encoding that DER allows")
    return value


def _failures(bits: asn1.BitString | None) -> tuple[str, ...]:
    if bits is None:
        return ()
    data = bits.as_bytes()
    is_set = [index for index in range(len(data) * 8) if data[index // 8] & (0x80 >> index % 8)]
    return tuple(_FAILURES.get(index, f"bit {index}") for index in is_set)


def _accuracy(accuracy: tsp_structures.Accuracy | None) -> timedelta:
    if accuracy is None:
        return timedelta()
    parts = (accuracy.seconds or 0, accuracy.millis or 0, accuracy.micros or 0)
    if any(part < 0 for part in parts) or parts[0] > _MAX_ACCURACY_SECONDS or max(parts[1:]) > 999:
        raise MalformedError("the timestamp's accuracy is out of bounds")
    return timedelta(seconds=parts[0], milliseconds=parts[1], microseconds=parts[2])


_MAX_ACCURACY_SECONDS: Final = 86_400  # less precise than a day, it proves nothing
