"""Names are read as ``cryptography`` reads them, only sooner."""

import warnings

import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type
from hypothesis import given
from hypothesis import strategies as st

from gost.names import RUSSIAN_NAMES, Name, read_issuer_name, read_name

KINDS = (*RUSSIAN_NAMES, *(x509.ObjectIdentifier(f"2.5.4.{number}") for number in (3, 5, 6, 7, 8, 9, 10, 11)))
ASCII = (_ASN1Type.UTF8String, _ASN1Type.PrintableString, _ASN1Type.IA5String, _ASN1Type.NumericString)
TEXTS = st.text(st.one_of(st.sampled_from(' #\\"+,;<>=\0'), st.characters(codec="utf-8")), max_size=150)


def encodings(text: str) -> tuple[_ASN1Type, ...]:
    if text.isascii():
        return ASCII
    is_basic = max(text) <= "\uffff"
    return (_ASN1Type.UTF8String, _ASN1Type.BMPString) if is_basic else (_ASN1Type.UTF8String,)


@st.composite
def attributes(draw: st.DrawFn) -> x509.NameAttribute[str]:
    value = draw(TEXTS)
    kind = draw(st.sampled_from(encodings(value)))
    return x509.NameAttribute(draw(st.sampled_from(KINDS)), value, kind, _validate=False)


RDNS = st.lists(attributes(), min_size=1, max_size=2, unique_by=lambda each: each.oid)
NAMES = st.lists(RDNS.map(x509.RelativeDistinguishedName), max_size=6)


def as_cryptography_reads(der: bytes) -> Name | None:
    try:
        name = x509.Name.from_bytes(der)
    except (ValueError, TypeError):
        return None
    return Name(name.rfc4514_string(RUSSIAN_NAMES), {each.oid.dotted_string: str(each.value) for each in name})


def as_read(der: bytes) -> Name | None:
    try:
        return read_name(der)
    except (ValueError, TypeError):
        return None


@pytest.mark.filterwarnings("ignore:Attribute's length")
@given(rdns=NAMES)
def test_a_name_reads_as_in_cryptography(rdns: list[x509.RelativeDistinguishedName]) -> None:
    der = x509.Name(rdns).public_bytes()
    assert as_read(der) == as_cryptography_reads(der)


@pytest.mark.filterwarnings("ignore:Attribute's length")
@given(data=st.data())
def test_a_damaged_name_is_refused_where_cryptography_refuses_it(data: st.DataObject) -> None:
    der = bytearray(x509.Name(data.draw(NAMES)).public_bytes())
    der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    assert as_read(bytes(der)) == as_cryptography_reads(bytes(der))


def test_a_name_longer_than_the_standard_allows_makes_no_warning_in_any_encoding() -> None:
    with warnings.catch_warnings(action="ignore"):
        long = x509.NameAttribute(x509.NameOID.COMMON_NAME, "Я" * 100, _ASN1Type.BMPString, _validate=False)
        der = x509.Name([long]).public_bytes()
    assert read_issuer_name(der).attributes == {"2.5.4.3": "Я" * 100}
