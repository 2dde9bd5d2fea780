"""Putting an XML signature into the document that it signs, without touching a byte of what it covers."""

import hashlib
from typing import Final

from lxml import etree

from gost.errors import MalformedError
from gost.xml_input import parse_xml
from gost.xmldsig_read import bearer_of, places_beside, read_xml_signature

DEFAULT_CONTAINER: Final = "CallerInformationSystemSignature"


def check_place(document: bytes, *, element_id: str, container: str = DEFAULT_CONTAINER) -> None:
    """Check that a signature could be placed. Raises MalformedError as `place_signature`."""
    _container(parse_xml(document), element_id, container)


def place_signature(document: bytes, signature: bytes, *, element_id: str, container: str = DEFAULT_CONTAINER) -> bytes:
    """Put a signature into the container that waits for it beside the signed element.

    Args:
        document: UTF-8 or windows-1251.
        signature: as `XmlSignatureTemplate.assemble` gives it, over this element of this document.
        element_id: the Id of the signed element.
        container: the local name of the element to hold the signature; it must be there once, and empty.

    Returns:
        The signed document, UTF-8, which reads as a signature by the profile.

    Raises:
        MalformedError: there is no such container, or what came of it isn't by the profile.
    """
    root = parse_xml(document)
    place = _container(root, element_id, container)
    # As bytes, since lxml would give the signature the document's prefixes, which are signed
    marker = etree.ProcessingInstruction(f"here-{hashlib.sha256(document + signature).hexdigest()}")
    for node in place:
        place.remove(node)
    place.text = None
    place.append(marker)
    whole = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    signed = whole.replace(etree.tostring(marker), signature)
    read_xml_signature(signed, element_id=element_id)
    return signed


def _container(root: etree._Element, element_id: str, local_name: str) -> etree._Element:
    places = places_beside(bearer_of(root, element_id))
    found = [child for place in places for child in place.iterchildren("*") if _local_name(child) == local_name]
    if len(found) != 1:
        raise MalformedError(f"{len(found)} elements {local_name} stand beside the element to be signed, not one")
    if list(found[0].iterchildren("*")) or (found[0].text or "").strip():
        raise MalformedError(f"the element {local_name} is not empty: is the document signed already?")
    return found[0]


def _local_name(element: etree._Element) -> str:
    return etree.QName(element).localname
