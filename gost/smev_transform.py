"""The transform `urn://smev-gov-ru/xmldsig/transform` of SMEV 3: one way to write an XML element, whoever wrote it.

It drops processing instructions, comments and text that is only white space, names prefixes ns1, ns2, … in the order
they are needed, declares each on the element that needs it, sorts attributes, and writes no empty-element tags.
"""

from typing import Final

from lxml import etree

from gost.errors import MalformedError
from gost.xml_input import MAX_CANONICAL_BYTES, exclusive_c14n, parse_canonical, parse_xml

ALGORITHM: Final = "urn://smev-gov-ru/xmldsig/transform"

_WHITE: Final = "".join(map(chr, range(0x21)))  # what the reference implementation's String.trim() takes away
_IN_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_IN_ATTRIBUTES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)

_Declarations = dict[str, str]  # namespace to prefix, of one element
_Attribute = tuple[str, str, str]  # namespace ("" if none), local name, value


def smev_transform(data: bytes) -> bytes:
    """Transform a document.

    Returns:
        UTF-8 without a declaration. It transforms to itself, unless attributes of the namespace of ``xml:`` are there.

    Raises:
        MalformedError: it is no XML that `parse_xml` reads, or has an element without a namespace, for which the
            transform has no rule.
    """
    return _Writer().write(parse_xml(data))


def signed_octets(element: etree._Element) -> bytes:
    """What a signature by the SMEV 3 profile covers of an element: its Exclusive C14N, transformed.

    Raises:
        MalformedError: the element has no such form, or it would be too big.
    """
    return _Writer().write(parse_canonical(exclusive_c14n(element)))


class _Writer:
    """One document on its way. Prefixes count through it all; which of them are in force follows the nesting."""

    def __init__(self) -> None:
        self._scopes: list[_Declarations] = []
        self._open: list[str] = []
        self._parts: list[str] = []
        self._prefixes_made = 0
        self._characters = 0

    def write(self, root: etree._Element) -> bytes:
        for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event == "start":
                self._start(node)
                self._text(node.text)
            else:
                if event == "end":
                    self._end()
                if node is not root:
                    self._text(node.tail)
        return "".join(self._parts).encode()

    def _start(self, element: etree._Element) -> None:
        namespace, local_name = _split(str(element.tag))
        if not namespace:
            raise MalformedError(f"element {local_name} has no namespace, and SMEV's transform wants one")
        declared: _Declarations = {}
        self._scopes.append(declared)
        name = f"{self._prefix(namespace)}:{local_name}"
        attributes = [self._attribute(each) for each in sorted(_attributes(element), key=_place)]
        declarations = [f' xmlns:{prefix}="{_escaped(uri)}"' for uri, prefix in declared.items()]
        self._emit("<", name, *declarations, *attributes, ">")
        self._open.append(name)

    def _end(self) -> None:
        self._scopes.pop()
        self._emit("</", self._open.pop(), ">")

    def _text(self, text: str | None) -> None:
        if text and text.strip(_WHITE):
            self._emit(text.translate(_IN_TEXT))

    def _emit(self, *parts: str) -> None:
        self._characters += sum(map(len, parts))
        if self._characters > MAX_CANONICAL_BYTES:
            raise MalformedError(f"the XML's transformed form has more than {MAX_CANONICAL_BYTES} characters")
        self._parts += parts

    def _attribute(self, attribute: _Attribute) -> str:
        namespace, local_name, value = attribute
        name = f"{self._prefix(namespace)}:{local_name}" if namespace else local_name
        return f' {name}="{_escaped(value)}"'

    def _prefix(self, namespace: str) -> str:
        for declared in reversed(self._scopes):
            if namespace in declared:
                return declared[namespace]
        self._prefixes_made += 1
        return self._scopes[-1].setdefault(namespace, f"ns{self._prefixes_made}")


def _attributes(element: etree._Element) -> list[_Attribute]:
    return [(*_split(str(name)), str(value)) for name, value in element.attrib.items()]


def _place(attribute: _Attribute) -> tuple[bool, bytes, bytes]:
    """Qualified attributes first, by namespace and name, compared by UTF-16 units as the reference implementation."""
    namespace, local_name, _ = attribute
    return not namespace, _utf16(namespace), _utf16(local_name)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be")


def _split(name: str) -> tuple[str, str]:
    """Namespace and local name out of `{namespace}local`."""
    namespace, _, local_name = name.rpartition("}")
    return namespace.removeprefix("{"), local_name


def _escaped(value: str) -> str:
    return value.translate(_IN_ATTRIBUTES)
