"""Building an XML signature by the profile of SMEV 3, from a template made once for a certificate.

What is signed is `SignedInfo` in the very bytes that Exclusive C14N gives of it, so whoever holds the key needs no XML
library: it is told the element's Id and the digest of the element's transformed form.
"""

import base64
import re
from dataclasses import dataclass
from typing import Final

from gost import smev_transform
from gost.certificate import CertificateFacts, PublicKeyAlgorithm
from gost.digest import DigestAlgorithm
from gost.errors import UnsupportedAlgorithmError

NAMESPACE: Final = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
TRANSFORMS: Final = (EXCLUSIVE_C14N, smev_transform.ALGORITHM)

_ALGORITHMS: Final = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"
_ELEMENT_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}")  # nothing of XPointer, nothing to escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Key, digest, and what the profile calls signature and digest."""

    key: PublicKeyAlgorithm
    digest: DigestAlgorithm
    signature_uri: str
    digest_uri: str


SUITES: Final = (
    Suite(
        key=PublicKeyAlgorithm.GOST_R_34_10_2012_256,
        digest=DigestAlgorithm.STREEBOG_256,
        signature_uri=f"{_ALGORITHMS}gostr34102012-gostr34112012-256",
        digest_uri=f"{_ALGORITHMS}gostr34112012-256",
    ),
    Suite(
        key=PublicKeyAlgorithm.GOST_R_34_10_2012_512,
        digest=DigestAlgorithm.STREEBOG_512,
        signature_uri=f"{_ALGORITHMS}gostr34102012-gostr34112012-512",
        digest_uri=f"{_ALGORITHMS}gostr34112012-512",
    ),
)

_SIGNED_INFO: Final = (
    '<ds:SignedInfo xmlns:ds="{namespace}">'
    '<ds:CanonicalizationMethod Algorithm="{c14n}"></ds:CanonicalizationMethod>'
    '<ds:SignatureMethod Algorithm="{suite.signature_uri}"></ds:SignatureMethod>'
    '<ds:Reference URI="#{{element_id}}"><ds:Transforms>{transforms}</ds:Transforms>'
    '<ds:DigestMethod Algorithm="{suite.digest_uri}"></ds:DigestMethod>'
    "<ds:DigestValue>{{digest}}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
)
_DECLARATION: Final = f' xmlns:ds="{NAMESPACE}"'


def is_element_id(text: str) -> bool:
    """Whether a value of the attribute Id can be signed here: up to 128 letters, digits and ``._-``."""
    return _ELEMENT_ID.fullmatch(text) is not None


class XmlSignatureTemplate:
    """Everything about an XML signature by one certificate that does not change. Immutable; share it between threads.

    Raises:
        UnsupportedAlgorithmError: the certificate's key is not of GOST R 34.10-2012.
    """

    __slots__ = ("_certificate", "_signed_info", "digest_algorithm")

    def __init__(self, *, certificate: CertificateFacts) -> None:
        suite = next((each for each in SUITES if each.key is certificate.public_key_algorithm), None)
        if suite is None:
            raise UnsupportedAlgorithmError("SMEV 3 takes keys of GOST R 34.10-2012 only: use such a certificate")
        self.digest_algorithm: Final = suite.digest
        transforms = "".join(f'<ds:Transform Algorithm="{each}"></ds:Transform>' for each in TRANSFORMS)
        self._signed_info: Final = _SIGNED_INFO.format(
            namespace=NAMESPACE, c14n=EXCLUSIVE_C14N, suite=suite, transforms=transforms
        )
        self._certificate: Final = _base64(certificate.der)

    def signed_info(self, digest: bytes, element_id: str) -> bytes:
        """The bytes to be signed.

        Args:
            digest: of `smev_transform.signed_octets` of the element, by ``digest_algorithm``.
            element_id: its attribute Id, which must be one that `is_element_id` takes.

        Raises:
            ValueError: the digest's length or the Id is wrong.
        """
        if len(digest) != self.digest_algorithm.size_bytes:
            needed = f"{self.digest_algorithm.size_bytes} bytes of {self.digest_algorithm.name}"
            raise ValueError(f"the digest has {len(digest)} bytes: this certificate's key signs {needed}")
        if not is_element_id(element_id):
            raise ValueError("the element's Id must have 1 to 128 letters, digits, dots, hyphens and underscores")
        return self._signed_info.format(element_id=element_id, digest=_base64(digest)).encode()

    def assemble(self, signed_info: bytes, signature: bytes) -> bytes:
        """The element ``ds:Signature``, UTF-8, to be put into the document beside the element that is signed.

        Args:
            signed_info: exactly what ``signed_info`` gave.
            signature: over those bytes, as ``PrivateKey.sign`` gives it; the profile wants no other byte order.
        """
        inner = signed_info.decode().replace(_DECLARATION, "", 1)
        return (
            f"<ds:Signature{_DECLARATION}>{inner}<ds:SignatureValue>{_base64(signature)}</ds:SignatureValue>"
            f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{self._certificate}</ds:X509Certificate></ds:X509Data>"
            "</ds:KeyInfo></ds:Signature>"
        ).encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
