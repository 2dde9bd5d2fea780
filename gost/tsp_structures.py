"""The ASN.1 of RFC 3161 (timestamps) for the strict DER codec of `cryptography`."""

from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1

from gost.structures import AlgorithmIdentifier, TimestampToken


@asn1.sequence
class MessageImprint:
    """RFC 3161 2.4.1: the hash of what is stamped."""

    hash_algorithm: AlgorithmIdentifier
    hashed_message: bytes


@asn1.sequence
class TimeStampReq:
    """RFC 3161 2.4.1; extensions are never asked for."""

    version: int
    message_imprint: MessageImprint
    policy: x509.ObjectIdentifier | None
    nonce: int | None
    certificate_wanted: Annotated[bool, asn1.Default(value=False)]


@asn1.sequence
class PkiStatusInfo:
    """RFC 3161 2.4.2."""

    status: int
    status_string: list[str] | None
    failure: asn1.BitString | None


@asn1.sequence
class TimeStampResp:
    """RFC 3161 2.4.2."""

    status: PkiStatusInfo
    token: TimestampToken | None


@asn1.sequence
class Accuracy:
    """RFC 3161 2.4.2."""

    seconds: int | None
    millis: Annotated[int | None, asn1.Implicit(0)]
    micros: Annotated[int | None, asn1.Implicit(1)]


@asn1.sequence
class TstInfo:
    """RFC 3161 2.4.2: what a timestamp says. ``tsa`` (a GeneralName) and ``extensions`` are kept as they come."""

    version: int
    policy: x509.ObjectIdentifier
    message_imprint: MessageImprint
    serial_number: int
    gen_time: asn1.GeneralizedTime
    accuracy: Accuracy | None
    ordering: Annotated[bool, asn1.Default(value=False)]
    nonce: int | None
    tsa: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
