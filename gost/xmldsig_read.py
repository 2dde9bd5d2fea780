"""Reading an XML signature of the SMEV 3 profile strictly: what is read is the very element that is signed.

XML signatures are forged by showing the verifier one element and the reader another one. So there is one signature of
the element asked for, one reference in it, one bearer of the Id, no other element of the same name outside the signed
one, and the signature stands where the profile puts it. Nothing is verified; see ``gost.xmldsig_verify``.
"""

import base64
import binascii
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from gost.certificate import CertificateFacts, read_der
from gost.errors import MalformedError, UnsupportedAlgorithmError
from gost.smev_transform import signed_octets
from gost.xml_input import exclusive_c14n, parse_xml
from gost.xmldsig import EXCLUSIVE_C14N, NAMESPACE, SUITES, TRANSFORMS, Suite, is_element_id

MAX_SIGNATURES: Final = 64
MAX_BASE64_CHARACTERS: Final = 128 * 1024  # a certificate of 64 KiB

_DS: Final = f"{{{NAMESPACE}}}"
_SOAP: Final = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
_WHITE: Final = " \t\r\n"
# What a person signs is the content of MessagePrimaryContent, beside which PersonalSignature stands
_PERSONAL_CONTENT: Final = "MessagePrimaryContent"


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlSignature:
    """One signature, as written, and what it is about.

    ``signed_info`` are the bytes the signature was made over, ``signed_octets`` those whose digest they hold: the
    signed element as the transform writes it, UTF-8. Whoever reads the message should read these.
    """

    element_id: str
    suite: Suite
    digest: bytes
    signed_info: bytes
    signature: bytes
    certificate: CertificateFacts
    signed_octets: bytes = b""


def read_xml_signature(document: bytes, *, element_id: str = "") -> XmlSignature:
    """Read the signature of one element of a document.

    Args:
        document: UTF-8 or windows-1251.
        element_id: the Id of the element that must be signed; if empty, the document must have one signature only.

    Raises:
        MalformedError: it is not by the profile, or could be read in two ways. The message says why.
        UnsupportedAlgorithmError: it uses other algorithms, those of 2001 included.
    """
    root = parse_xml(document)
    signature = _signature_of(root, element_id)
    written = _written(signature)
    element = bearer_of(root, written.element_id)
    _check_place(element, signature, root)
    _check_comments(element)
    return replace(written, signed_octets=signed_octets(element))


def read_bare_signature(signature: bytes) -> XmlSignature:
    """Read an element ds:Signature that is not in its document yet. ``signed_octets`` are empty. Raises as above."""
    root = parse_xml(signature)
    if root.tag != f"{_DS}Signature":
        raise MalformedError("not an XML signature")
    return _written(root)


def octets_of(document: bytes, element_id: str) -> bytes:
    """What a signature of the element with this Id covers; its digest is to be signed.

    Raises:
        MalformedError: no element, or more than one, bears the Id, or a reader could be misled about it.
    """
    root = parse_xml(document)
    element = bearer_of(root, element_id)
    _check_comments(element)
    return signed_octets(element)


def _signature_of(root: etree._Element, element_id: str) -> etree._Element:
    signatures = list(root.iter(f"{_DS}Signature"))
    if len(signatures) > MAX_SIGNATURES:
        raise MalformedError(f"the document has {len(signatures)} signatures: at most {MAX_SIGNATURES} are read")
    if element_id:
        uri = f"#{element_id}"
        signatures = [each for each in signatures if any(ref.get("URI") == uri for ref in each.iter(f"{_DS}Reference"))]
    if len(signatures) != 1:
        about = f"of the element {element_id!r}" if element_id else "and nobody says which of them is meant"
        raise MalformedError(f"the document has {len(signatures)} signatures {about}, not one")
    return signatures[0]


def _written(signature: etree._Element) -> XmlSignature:
    info, value, key_info = _children(signature, "SignedInfo", "SignatureValue", "KeyInfo", attributes={"Id"})
    suite, uri, digest = _signed_info(info)
    element_id = uri.removeprefix("#")
    if not uri.startswith("#") or not is_element_id(element_id):
        raise MalformedError("the signature does not refer to an element of its document by a plain Id")
    return XmlSignature(
        element_id=element_id,
        suite=suite,
        digest=digest,
        signed_info=exclusive_c14n(info),
        signature=_decoded(value, {"Id"}),
        certificate=_certificate(key_info),
    )


def _signed_info(info: etree._Element) -> tuple[Suite, str, bytes]:
    """The algorithms, the reference's URI and the digest in it."""
    canonicalization, method, reference = _children(
        info, "CanonicalizationMethod", "SignatureMethod", "Reference", attributes={"Id"}
    )
    if _algorithm(canonicalization) != EXCLUSIVE_C14N:
        raise MalformedError("SignedInfo is not to be canonicalised by Exclusive C14N without comments")
    transforms, digest_method, digest_value = _children(
        reference, "Transforms", "DigestMethod", "DigestValue", attributes={"Id", "URI"}
    )
    given = _children(transforms, *["Transform"] * len(TRANSFORMS))
    if tuple(map(_algorithm, given)) != TRANSFORMS:
        raise MalformedError("the reference has other transforms than Exclusive C14N and SMEV's")
    signature_uri, digest_uri = _algorithm(method), _algorithm(digest_method)
    for suite in SUITES:
        if (suite.signature_uri, suite.digest_uri) == (signature_uri, digest_uri):
            digest = _decoded(digest_value, set())
            if len(digest) != suite.digest.size_bytes:
                raise MalformedError(f"the digest has {len(digest)} bytes, which {suite.digest.name} never gives")
            return suite, reference.get("URI", ""), digest
    raise UnsupportedAlgorithmError(
        "the signature is not by GOST R 34.10-2012 with GOST R 34.11-2012 of the same length, which alone is accepted"
    )


def bearer_of(root: etree._Element, element_id: str) -> etree._Element:
    """The element with this Id. Whatever a reader may take for an Id counts, so that there is no other bearer.

    Raises:
        MalformedError: there is none, or there are more.
    """
    bearers = [
        (element, str(name))
        for element in root.iter("*")
        for name, value in element.attrib.items()
        if value == element_id and etree.QName(name).localname.lower() == "id"
    ]
    if len(bearers) != 1 or bearers[0][1] != "Id":
        raise MalformedError(
            f"{len(bearers)} elements are called {element_id!r}, and one has to be, by its attribute Id"
        )
    return bearers[0][0]


def _check_place(element: etree._Element, signature: etree._Element, root: etree._Element) -> None:
    """Refuse what was moved: where a forged element could stand in for the signed one, readers would take it."""
    inside = list(element.iter(element.tag, f"{_DS}Signature"))
    if signature in inside:
        raise MalformedError("the signature lies inside the element that it signs")
    if len(list(root.iter(element.tag))) != sum(each.tag == element.tag for each in inside):
        raise MalformedError("an element of the same name as the signed one stands outside of it")
    container = signature.getparent()
    places = places_beside(element)
    if container is None or not (container in places or container.getparent() in places):
        raise MalformedError("the signature does not stand beside the element that it signs")
    _check_envelope(element, root)


def places_beside(element: etree._Element) -> list[etree._Element]:
    """The elements that may hold a signature of this one, or a container that holds it."""
    parent = element.getparent()
    if parent is None:
        return []
    above = parent.getparent()
    if above is not None and etree.QName(parent).localname == _PERSONAL_CONTENT:
        return [parent, above]
    return [parent]


def _check_envelope(element: etree._Element, root: etree._Element) -> None:
    """In a SOAP message, what is signed is in the one message that the body holds."""
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in _SOAP:
        return
    parts = [etree.QName(part).localname for part in root.iterchildren("*")]
    body = root.find(f"{{{name.namespace}}}Body")
    if parts not in (["Body"], ["Header", "Body"]) or body is None or len(list(body.iterchildren("*"))) != 1:
        raise MalformedError("the SOAP envelope holds more than a header and a body with one message")
    if body not in element.iterancestors():
        raise MalformedError("the element that is signed is not in the SOAP body")


def _check_comments(element: etree._Element) -> None:
    """No signature covers comments and instructions; amid text they show some readers only a part of it."""
    for parent in {node.getparent() for node in element.iter(etree.Comment, etree.ProcessingInstruction)}:
        if parent is not None and any(text and text.strip(_WHITE) for text in (parent.text, *_tails(parent))):
            raise MalformedError("a comment or processing instruction stands amid the text of the signed element")


def _tails(parent: etree._Element) -> list[str | None]:
    return [node.tail for node in parent]


def _certificate(key_info: etree._Element) -> CertificateFacts:
    (data,) = _children(key_info, "X509Data", attributes={"Id"})
    (certificate,) = _children(data, "X509Certificate")
    return read_der(_decoded(certificate, set()))


def _children(parent: etree._Element, *names: str, attributes: set[str] | None = None) -> list[etree._Element]:
    """The children, which must be these in this order, with nothing but white space between them."""
    nodes = list(parent)
    if [node.tag for node in nodes] != [f"{_DS}{name}" for name in names]:
        raise MalformedError(f"{_name(parent)} of the signature does not hold just {', '.join(names)}")
    if any(text and text.strip(_WHITE) for text in (parent.text, *_tails(parent))):
        raise MalformedError(f"{_name(parent)} of the signature holds text")
    _check_attributes(parent, attributes or set())
    return nodes


def _algorithm(element: etree._Element) -> str:
    """The attribute Algorithm of an element that says nothing else: no prefix lists, paths, style sheets, lengths."""
    if len(element) or (element.text and element.text.strip(_WHITE)):
        raise MalformedError(f"{_name(element)} of the signature has parameters, which the profile does not know")
    _check_attributes(element, {"Algorithm"})
    return element.get("Algorithm", "")


def _decoded(element: etree._Element, attributes: set[str]) -> bytes:
    """The bytes in an element that holds base64 and nothing else."""
    _check_attributes(element, attributes)
    text = element.text or ""
    if len(element) or len(text) > MAX_BASE64_CHARACTERS:
        raise MalformedError(f"{_name(element)} of the signature is too long, or holds more than text")
    packed = "".join(text.split())
    try:
        data = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"{_name(element)} of the signature is not base64") from error
    if base64.b64encode(data).decode() != packed:
        raise MalformedError(f"{_name(element)} of the signature is not in the one encoding base64 has for it")
    return data


def _check_attributes(element: etree._Element, allowed: set[str]) -> None:
    if not allowed.issuperset(map(str, element.attrib)):
        raise MalformedError(f"{_name(element)} of the signature has attributes that the profile does not know")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname
