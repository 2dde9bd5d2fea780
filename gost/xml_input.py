"""Reading XML that others wrote: no DTD, no entity, no network, two encodings, and bounds on all that can grow."""

import re
from typing import Final

from lxml import etree

from gost.errors import MalformedError

MAX_XML_BYTES: Final = 16 * 1024 * 1024  # a SMEV message with its attachments inline has 5 MiB at most
MAX_CANONICAL_BYTES: Final = 64 * 1024 * 1024  # canonical forms repeat namespaces, so a small document can grow
MAX_TAGS: Final = 400_000  # some 30 µs each
MAX_ATTRIBUTES: Final = 400_000

# XML 1.0, rules 22 and 27: all that may stand before a document type declaration
_DOCTYPE: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_ENCODING: Final = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS: Final = {b"utf-8", b"windows-1251"}  # others could hide a declaration from the look above
_UTF16: Final = {b"\xff\xfe", b"\xfe\xff"}


def parse_xml(data: bytes, *, max_bytes: int = MAX_XML_BYTES) -> etree._Element:
    """Read a document and give its root.

    Raises:
        MalformedError: it is too big, not well-formed, nested too deep, has a document type declaration, or is encoded
            in neither UTF-8 nor windows-1251.
    """
    if len(data) > max_bytes:
        raise MalformedError(f"XML of {len(data)} bytes: at most {max_bytes} are read")
    if data.count(b"<") > MAX_TAGS or data.count(b'="') + data.count(b"='") > MAX_ATTRIBUTES:
        raise MalformedError(f"the XML has more than {MAX_TAGS} tags or {MAX_ATTRIBUTES} attributes")
    declared = _ENCODING.match(data)
    is_unknown = declared is not None and declared.group(1).lower() not in _ENCODINGS
    if is_unknown or data[:2] in _UTF16 or b"\x00" in data[:4]:
        raise MalformedError("the XML is neither UTF-8 nor windows-1251: encode it as UTF-8")
    if _DOCTYPE.match(data):
        raise MalformedError("the XML has a document type declaration: remove it")
    return _parse(data)


def parse_canonical(data: bytes) -> etree._Element:
    """Read again what `exclusive_c14n` wrote. Raises MalformedError."""
    return _parse(data)


def exclusive_c14n(element: etree._Element) -> bytes:
    """One element by Exclusive XML Canonicalization 1.0 without comments, as UTF-8.

    Raises:
        MalformedError: it would be too big, or a namespace is a relative address.
    """
    if sum(map(_namespace_bytes, element.iter("*"))) > MAX_CANONICAL_BYTES - MAX_XML_BYTES:
        raise MalformedError(f"the XML's canonical form may have more than {MAX_CANONICAL_BYTES} bytes")
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)
    except etree.C14NError as error:
        raise MalformedError("the XML has no canonical form: are its namespaces absolute addresses?") from error


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        attribute_defaults=False,
        dtd_validation=False,
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=False,
        remove_comments=False,
        remove_pis=False,
        strip_cdata=True,
        collect_ids=False,
        recover=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise MalformedError("not well-formed XML, or nested too deep") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise MalformedError("the XML has a document type declaration: remove it")
    return root


def _namespace_bytes(element: etree._Element) -> int:
    """How long the namespaces of an element and its attributes are, each of which may be declared on it anew."""
    return str(element.tag).rfind("}") + 1 + sum(str(name).rfind("}") + 1 for name in element.attrib)
