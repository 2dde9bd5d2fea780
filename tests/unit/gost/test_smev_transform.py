"""The transform of SMEV 3: published vectors, its rules one by one, and what it must not depend on."""

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gost.errors import MalformedError
from gost.smev_transform import signed_octets, smev_transform
from gost.xml_input import MAX_CANONICAL_BYTES, MAX_XML_BYTES, exclusive_c14n, parse_xml
from tests.support.samples import needs_samples, sample_files

VECTORS = sample_files("gov/smev/vectors/*.in.xml")


@needs_samples(VECTORS)
@pytest.mark.parametrize("given_file", VECTORS, ids=lambda path: path.name)
def test_the_vectors_are_reproduced(given_file: Path) -> None:
    (wanted,) = given_file.parent.glob(given_file.name.replace(".in.xml", ".[oc]*.xml"))
    assert smev_transform(given_file.read_bytes()) == wanted.read_bytes()


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('<?xml version="1.0"?><!-- c --><?p i?><a xmlns="u:1"/>', '<ns1:a xmlns:ns1="u:1"></ns1:a>'),
        ('<a xmlns="u:1"> <b>\u00a0</b>\n\t</a>', '<ns1:a xmlns:ns1="u:1"><ns1:b>\u00a0</ns1:b></ns1:a>'),
        ('<a xmlns="u:1"> x\n y </a>', '<ns1:a xmlns:ns1="u:1"> x\n y </ns1:a>'),
        ('<a xmlns="u:1"><b/>tail<b/> </a>', '<ns1:a xmlns:ns1="u:1"><ns1:b></ns1:b>tail<ns1:b></ns1:b></ns1:a>'),
        (
            '<p:a xmlns:p="u:1" xmlns:q="u:2" xmlns:z="u:9"><q:b/><q:b/></p:a>',
            '<ns1:a xmlns:ns1="u:1"><ns2:b xmlns:ns2="u:2"></ns2:b><ns3:b xmlns:ns3="u:2"></ns3:b></ns1:a>',
        ),
        (
            '<a xmlns="u:1" c="1" b="2" xmlns:y="u:0" y:z="3" xmlns:x="u:2" x:b="4" x:a="5"/>',
            '<ns1:a xmlns:ns1="u:1" xmlns:ns2="u:0" xmlns:ns3="u:2" ns2:z="3" ns3:a="5" ns3:b="4" b="2" c="1"></ns1:a>',
        ),
        (
            '<a xmlns="u:1" b="&lt;&amp;&quot;&#9;&#10;&#13;>"><![CDATA[<&>]]>&#13;</a>',
            '<ns1:a xmlns:ns1="u:1" b="&lt;&amp;&quot;&#x9;&#xA;&#xD;>">&lt;&amp;&gt;&#xD;</ns1:a>',
        ),
    ],
)
def test_each_rule_of_the_transform(written: str, wanted: str) -> None:
    assert smev_transform(written.encode()) == wanted.encode()


def test_windows_1251_and_a_byte_order_mark_are_read() -> None:
    text = '<a xmlns="u:1">Ж</a>'
    declared = f'<?xml version="1.0" encoding="windows-1251"?>{text}'.encode("cp1251")
    assert smev_transform(declared) == smev_transform(b"\xef\xbb\xbf" + text.encode()) == smev_transform(text.encode())


@pytest.mark.parametrize(
    "refused",
    [
        b'<!DOCTYPE a><a xmlns="u:1"/>',
        b'<?xml version="1.0"?>\n<!-- x --><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hosts">]><a xmlns="u:1">&e;</a>',
        b'<a xmlns="u:1">&undeclared;</a>',
        '<?xml version="1.0" encoding="UTF-16"?><a xmlns="u:1"/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?><a xmlns="u:1"/>',
        b"<a>no namespace</a>",
        b'<a xmlns="u:1">',
        b"",
        b'<a xmlns="u:1">' * 5000 + b"</a>" * 5000,
        b'<a xmlns="u:1">' + b" " * MAX_XML_BYTES + b"</a>",
        b'<a xmlns="u:1">' + b"<b/>" * 400_001 + b"</a>",
    ],
    ids=[
        "doctype", "external-entity", "entity", "utf-16", "utf-7", "no-namespace", "cut", "empty", "deep", "long",
        "tags",
    ],
)  # fmt: skip
def test_what_could_harm_or_mislead_is_refused(refused: bytes) -> None:
    with pytest.raises(MalformedError):
        smev_transform(refused)


def test_a_small_document_with_a_huge_canonical_form_is_refused_before_it_is_made() -> None:
    address = "u:" + "x" * 4000
    repeats = MAX_CANONICAL_BYTES // len(address)
    document = f'<a xmlns="u:1" xmlns:p="{address}">{"<p:b/>" * repeats}</a>'.encode()
    root = parse_xml(document)
    with pytest.raises(MalformedError, match="canonical form"):
        exclusive_c14n(root)
    with pytest.raises(MalformedError, match="transformed form"):
        smev_transform(document)


def test_namespaces_that_are_relative_addresses_are_refused() -> None:
    with pytest.raises(MalformedError, match="absolute"):
        signed_octets(parse_xml(b'<a xmlns="relative"/>'))


NAMES = st.sampled_from(["a", "b", "дело", "Z"])
SPACES = ["urn:one", "urn:two", "http://three/"]
TEXT = st.text(alphabet=string.ascii_letters + " \n\t&<>\"'жЯ\r", max_size=12)
WORDS = TEXT.filter(lambda text: bool(text.strip(" \n\t\r")))
Tree = tuple[str, int, dict[tuple[int, str], str], list["Tree | str"]]


def trees() -> st.SearchStrategy[Tree]:
    attributes = st.dictionaries(st.tuples(st.integers(0, 3), NAMES), TEXT, max_size=3)
    spaces = st.integers(0, 2)
    leaf: st.SearchStrategy[Tree] = st.tuples(NAMES, spaces, attributes, st.lists(WORDS, max_size=1))
    return st.recursive(
        leaf, lambda child: st.tuples(NAMES, spaces, attributes, st.lists(child, max_size=3)), max_leaves=8
    )


def _quoted(text: str) -> str:
    marks = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
    return "".join(marks.get(letter, letter) for letter in text)


def write(tree: Tree, prefixes: list[str], *, space: str = "", top: bool = True) -> str:
    """A tree as a document with these prefixes for SPACES, and white space between elements."""
    name, namespace, attributes, children = tree
    declared = "".join(f' xmlns:{p}="{uri}"' for p, uri in zip(prefixes, SPACES, strict=True)) if top else ""
    written = "".join(
        f' {"" if place == 3 else prefixes[place] + ":"}{key}="{_quoted(value)}"'
        for (place, key), value in attributes.items()
    )
    has_text = any(isinstance(child, str) for child in children)
    gap = "" if has_text else space
    inner = gap.join(
        _quoted(child) if isinstance(child, str) else write(child, prefixes, space=space, top=False)
        for child in children
    )
    tag = f"{prefixes[namespace]}:{name}"
    return f"<{tag}{declared}{written}>{gap if children else ''}{inner}{gap if children else ''}</{tag}>"


@settings(max_examples=60, deadline=None)
@given(tree=trees(), prefixes=st.permutations(["ns1", "x", "q", "ns2"]), space=st.sampled_from(["\n  ", "\t", " "]))
def test_prefixes_and_indentation_do_not_matter_and_twice_is_once(tree: Tree, prefixes: list[str], space: str) -> None:
    plain = smev_transform(write(tree, ["a", "b", "c"]).encode())
    assert smev_transform(write(tree, prefixes[:3], space=space).encode()) == plain
    assert smev_transform(plain) == plain


@settings(max_examples=60, deadline=None)
@given(tree=trees(), other=trees())
def test_two_trees_look_the_same_only_if_they_are(tree: Tree, other: Tree) -> None:
    same = exclusive_c14n(parse_xml(write(tree, ["a", "b", "c"]).encode())) == exclusive_c14n(
        parse_xml(write(other, ["a", "b", "c"]).encode())
    )
    one, two = (smev_transform(write(each, ["a", "b", "c"]).encode()) for each in (tree, other))
    assert (one == two) is same
