"""Read an upstream's XML as what it is: bytes from outside. No DTD, entities or network; depth and size bounded."""

import re

from lxml import etree

from hub.resilience.failures import AnswerInvalidError
from hub.resilience.policy import Surprise

_DECLARED_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CODECS = {"utf-8": "utf-8", "utf8": "utf-8", "windows-1251": "cp1251", "cp1251": "cp1251"}
_FEED_CHARACTERS = 65_536  # how much is parsed before depth and count are looked at again
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_xml_text(text: str) -> bool:
    """Whether XML can hold all the characters of a text."""
    return _NOT_XML.search(text) is None


def parse_xml(document: bytes, *, max_depth: int = 64, max_elements: int = 20_000) -> etree._Element:
    """Return the root element of a document in UTF-8 or windows-1251, whichever it declares.

    Raises:
        AnswerInvalidError: broken, cut short, in another charset than declared, with a DOCTYPE, too deep or too large.
    """
    text = _decoded(document)
    if "<!DOCTYPE" in text:
        raise AnswerInvalidError("the document has a DOCTYPE, which is refused")
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = elements = 0
    try:
        for start in range(0, len(text), _FEED_CHARACTERS):
            parser.feed(text[start : start + _FEED_CHARACTERS].encode())
            for event, _ in parser.read_events():
                depth += 1 if event == "start" else -1
                elements += event == "start"
                if depth > max_depth or elements > max_elements:
                    raise AnswerInvalidError(f"deeper than {max_depth} or more than {max_elements} elements")
        return parser.close()
    except etree.XMLSyntaxError as error:
        raise AnswerInvalidError("the document is no XML, or was cut short") from error


class Node:
    """One element of an answer, read by the names of its children; children of other names are told as surprises.

    Every method raises AnswerInvalidError when a child is missing, comes twice or isn't text.
    """

    def __init__(self, element: etree._Element, *, known: frozenset[str], surprise: Surprise) -> None:
        self.name = str(element.tag)
        self._children: dict[str, list[etree._Element]] = {}
        self._surprise = surprise
        for child in element:
            name = str(child.tag)
            if name in known:
                self._children.setdefault(name, []).append(child)
            else:
                surprise("element", f"{self.name}/{name}")

    def text(self, name: str) -> str:
        """The text of a child that must be there and say something."""
        value = self.optional_text(name)
        if not value:
            raise AnswerInvalidError(f"{self.name}/{name} is missing or empty")
        return value

    def optional_text(self, name: str) -> str:
        """The text of a child, without surrounding spaces; empty if there is no such child."""
        element = self._one(name)
        if element is None:
            return ""
        if len(element):
            raise AnswerInvalidError(f"{self.name}/{name} is not a text")
        return (element.text or "").strip()

    def node(self, name: str, known: frozenset[str]) -> "Node":
        """A child that must be there."""
        found = self.optional_node(name, known)
        if found is None:
            raise AnswerInvalidError(f"{self.name}/{name} is missing")
        return found

    def optional_node(self, name: str, known: frozenset[str]) -> "Node | None":
        """A child, if it is there."""
        element = self._one(name)
        return None if element is None else Node(element, known=known, surprise=self._surprise)

    def nodes(self, name: str, known: frozenset[str]) -> "list[Node]":
        """All children of a name."""
        return [Node(child, known=known, surprise=self._surprise) for child in self._children.get(name, ())]

    def _one(self, name: str) -> etree._Element | None:
        found = self._children.get(name, [])
        if len(found) > 1:
            raise AnswerInvalidError(f"{self.name}/{name} comes {len(found)} times")
        return found[0] if found else None


def _decoded(document: bytes) -> str:
    body = document.removeprefix(_BYTE_ORDER_MARK)
    declared = _DECLARED_ENCODING.match(body)
    name = declared[1].decode().lower() if declared else "utf-8"
    codec = _CODECS.get(name)
    if codec is None:
        raise AnswerInvalidError("the document declares a charset other than UTF-8 and windows-1251")
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        # The cause is left out: it holds the whole document.
        raise AnswerInvalidError("the document is not in the charset it declares") from None
