"""What the extensions of a certificate say, those of Russian law (FSB order 795) included."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, TypedDict, TypeVar

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from gost.names import tolerating_long_names

# RFC 5280 4.2.1.3, under the names it gives them; the attributes of `x509.KeyUsage` beside them
_KEY_USAGES: Final = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "content_commitment",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
    "keyCertSign": "key_cert_sign",
    "cRLSign": "crl_sign",
}

_CACHED_EXTENSIONS: Final = 256  # an authority issues by few templates
_OCTET_STRING: Final = 0x04
_SUBJECT_SIGN_TOOL: Final = x509.ObjectIdentifier("1.2.643.100.111")
_ISSUER_SIGN_TOOL: Final = x509.ObjectIdentifier("1.2.643.100.112")


@asn1.sequence
class _IssuerSignTool:
    """The CA's tools and their certificates of conformity; UTF8Strings."""

    signing_tool: str
    ca_tool: str
    signing_tool_certificate: str
    ca_tool_certificate: str


@asn1.sequence
class Extension:
    """RFC 5280 4.1, as written."""

    oid: x509.ObjectIdentifier
    critical: Annotated[bool, asn1.Default(value=False)]
    value: bytes


class ExtensionFacts(TypedDict):
    """The part of ``CertificateFacts`` that comes from extensions; see there."""

    key_usage: frozenset[str]
    extended_key_usage: tuple[str, ...]
    policies: tuple[str, ...]
    crl_urls: tuple[str, ...]
    ocsp_urls: tuple[str, ...]
    issuer_urls: tuple[str, ...]
    subject_key_id: str | None
    authority_key_id: str | None
    is_ca: bool
    signing_tool: str | None
    issuer_signing_tools: tuple[str, ...]


def extension_facts(written: Sequence[Extension], certificate: x509.Certificate) -> ExtensionFacts:
    """Read the extensions of a certificate.

    An authority writes the same ones into all certificates of a kind, but for the identifier of the owner's key. So
    they are remembered by the very bytes of all the others, and that one is read each time.

    Raises:
        ValueError: an extension that is understood here is not what its type says.
    """
    own = [each.value for each in written if each.oid == ExtensionOID.SUBJECT_KEY_IDENTIFIER]
    key_id = _octets(own[0]) if len(own) == 1 else None
    if key_id is None:
        return _read(certificate)
    others = tuple(
        (each.oid, each.critical, each.value) for each in written if each.oid != ExtensionOID.SUBJECT_KEY_IDENTIFIER
    )
    return {**_remembered(_Bearer(others, certificate)), "subject_key_id": key_id.hex()}


@dataclass(frozen=True, slots=True)
class _Bearer:
    """A certificate, the same as every other one with these extensions."""

    extensions: tuple[tuple[x509.ObjectIdentifier, bool, bytes], ...]
    certificate: x509.Certificate = field(compare=False)


@functools.lru_cache(maxsize=_CACHED_EXTENSIONS)
def _remembered(bearer: _Bearer) -> ExtensionFacts:
    return _read(bearer.certificate)


def _octets(der: bytes) -> bytes | None:
    """The content of a short OCTET STRING; None for anything else."""
    is_short = len(der) >= 2 and der[0] == _OCTET_STRING and der[1] == len(der) - 2 < 0x80
    return der[2:] if is_short else None


def _read(certificate: x509.Certificate) -> ExtensionFacts:
    with tolerating_long_names():
        return _facts(certificate.extensions)


def _facts(extensions: x509.Extensions) -> ExtensionFacts:
    found = {type(each.value): each.value for each in extensions}  # looking for each by name would take far longer
    unknown = {each.oid: each.value.value for each in extensions if isinstance(each.value, x509.UnrecognizedExtension)}
    usage = _of(x509.KeyUsage, found)
    extended = _of(x509.ExtendedKeyUsage, found)
    policies = _of(x509.CertificatePolicies, found)
    subject_key = _of(x509.SubjectKeyIdentifier, found)
    authority_key = _of(x509.AuthorityKeyIdentifier, found)
    access = _of(x509.AuthorityInformationAccess, found)
    basic = _of(x509.BasicConstraints, found)
    authority_key_id = authority_key.key_identifier if authority_key else None
    return ExtensionFacts(
        key_usage=frozenset(name for name, flag in _KEY_USAGES.items() if usage and getattr(usage, flag)),
        extended_key_usage=tuple(each.dotted_string for each in extended or ()),
        policies=tuple(policy.policy_identifier.dotted_string for policy in policies or ()),
        crl_urls=_crl_urls(_of(x509.CRLDistributionPoints, found)),
        ocsp_urls=_access_urls(access, AuthorityInformationAccessOID.OCSP),
        issuer_urls=_access_urls(access, AuthorityInformationAccessOID.CA_ISSUERS),
        subject_key_id=subject_key.digest.hex() if subject_key else None,
        authority_key_id=authority_key_id.hex() if authority_key_id else None,
        is_ca=bool(basic and basic.ca),
        signing_tool=_decoded(str, unknown.get(_SUBJECT_SIGN_TOOL)),
        issuer_signing_tools=_issuer_signing_tools(unknown.get(_ISSUER_SIGN_TOOL)),
    )


_Extended = TypeVar("_Extended", bound=x509.ExtensionType)
_Read = TypeVar("_Read")


def _of(kind: type[_Extended], found: Mapping[type[x509.ExtensionType], x509.ExtensionType]) -> _Extended | None:
    value = found.get(kind)
    return value if isinstance(value, kind) else None


def _crl_urls(points: x509.CRLDistributionPoints | None) -> tuple[str, ...]:
    names = [name for point in points or () for name in point.full_name or ()]
    return tuple(str(name.value) for name in names if isinstance(name, x509.UniformResourceIdentifier))


def _access_urls(access: x509.AuthorityInformationAccess | None, method: x509.ObjectIdentifier) -> tuple[str, ...]:
    found = [each.access_location for each in access or () if each.access_method == method]
    return tuple(str(name.value) for name in found if isinstance(name, x509.UniformResourceIdentifier))


def _issuer_signing_tools(der: bytes | None) -> tuple[str, ...]:
    tools = _decoded(_IssuerSignTool, der)
    if tools is None:
        return ()
    return (tools.signing_tool, tools.ca_tool, tools.signing_tool_certificate, tools.ca_tool_certificate)


def _decoded(kind: type[_Read], der: bytes | None) -> _Read | None:
    """The value of an extension, None if it is absent or of another type: it is only shown, and nothing rests on it."""
    try:
        return None if der is None else asn1.decode_der(kind, der)
    except ValueError:
        return None
