"""The ways to mislead about an XML signature that the literature knows, each as a change of a signed message."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gost.xmldsig import EXCLUSIVE_C14N, NAMESPACE
from tests.unit.gost.xml_messages import ELEMENT_ID

DSIG_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ALGORITHMS = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"


@dataclass(frozen=True)
class Parts:
    """A signed message: whole, and in the pieces that are moved about."""

    signed: bytes
    message: bytes
    genuine: bytes
    whole: bytes
    reference: bytes
    header: bytes = b"<soap:Header/>"

    @property
    def forged(self) -> bytes:
        return self.genuine.replace(b"7a9f5a62", b"00000000")

    @property
    def renamed(self) -> bytes:
        return self.forged.replace(ELEMENT_ID.encode(), b"FORGED")

    @property
    def nameless(self) -> bytes:
        return self.forged.replace(b' Id="SIGNED_BY_CONSUMER"', b"")


def taken_apart(signed: bytes) -> Parts:
    def piece(name: bytes) -> bytes:
        found = re.search(rb"<%b\b.*</%b>" % (name, name), signed, re.DOTALL)
        assert found, name
        return found.group()

    return Parts(
        signed=signed,
        message=piece(b"t:SendRequestRequest"),
        genuine=piece(b"t:SenderProvidedRequestData"),
        whole=piece(b"ds:Signature"),
        reference=piece(b"ds:Reference"),
    )


def _transform(algorithm: str) -> bytes:
    return f'<ds:Transform Algorithm="{algorithm}"></ds:Transform>'.encode()


def _with_method(signed: bytes, algorithm: str, inner: bytes = b"") -> bytes:
    method = b'<ds:SignatureMethod Algorithm="' + algorithm.encode() + b'">' + inner + b"</ds:SignatureMethod>"
    return re.sub(rb"<ds:SignatureMethod.*</ds:SignatureMethod>", method, signed)


def _swapped(signed: bytes) -> bytes:
    first, second = re.findall(rb"<ds:Transform .*?</ds:Transform>", signed)
    return signed.replace(first + second, second + first)


FORGERIES: dict[str, Callable[[Parts], bytes]] = {
    "genuine one moved to the header": lambda p: p.signed.replace(p.genuine, p.renamed).replace(
        p.header, b"<soap:Header>" + p.message + b"</soap:Header>"
    ),
    "genuine one moved into the signature": lambda p: p.signed.replace(p.genuine, p.renamed).replace(
        b"</ds:KeyInfo>", b"</ds:KeyInfo><ds:Object>" + p.genuine + b"</ds:Object>"
    ),
    "genuine one inside a forged one": lambda p: p.signed.replace(
        p.genuine, p.renamed.replace(b"<t:TestMessage/>", p.genuine)
    ),
    "forged one before it": lambda p: p.signed.replace(p.genuine, p.renamed + p.genuine),
    "forged one after it": lambda p: p.signed.replace(p.genuine, p.genuine + p.nameless),
    "forged one with the same Id": lambda p: p.signed.replace(p.genuine, p.forged + p.genuine),
    "genuine one in a wrapper": lambda p: p.signed.replace(p.genuine, b"<t:Wrapper>" + p.genuine + b"</t:Wrapper>"),
    "message moved to the header": lambda p: p.signed.replace(p.message, b"<t:Empty/>").replace(
        p.header, b"<soap:Header>" + p.message + b"</soap:Header>"
    ),
    "a second message in the body": lambda p: p.signed.replace(b"</soap:Body>", b"<t:AckRequest/></soap:Body>"),
    "a second body": lambda p: p.signed.replace(b"</soap:Body>", b"</soap:Body><soap:Body/>"),
    "the Id borne twice": lambda p: p.signed.replace(b"<t:TestMessage/>", b'<t:TestMessage Id="SIGNED_BY_CONSUMER"/>'),
    "the Id borne as xml:id": lambda p: p.signed.replace(b"<soap:Body>", b'<soap:Body xml:id="SIGNED_BY_CONSUMER">'),
    "the Id borne as ID": lambda p: p.signed.replace(b"<soap:Body>", b'<soap:Body ID="SIGNED_BY_CONSUMER">'),
    "only an ID, not an Id": lambda p: p.signed.replace(b'Data Id="', b'Data ID="'),
    "two signatures": lambda p: p.signed.replace(p.whole, p.whole + p.whole),
    "two signatures in two places": lambda p: p.signed.replace(
        b"<soap:Header/>", b"<soap:Header>" + p.whole + b"</soap:Header>"
    ),
    "two references": lambda p: p.signed.replace(p.reference, p.reference * 2),
    "no reference": lambda p: p.signed.replace(p.reference, b""),
    "reference to all": lambda p: p.signed.replace(b'URI="#SIGNED_BY_CONSUMER"', b'URI=""'),
    "reference without address": lambda p: p.signed.replace(b' URI="#SIGNED_BY_CONSUMER"', b""),
    "reference to a file": lambda p: p.signed.replace(b'URI="#SIGNED_BY_CONSUMER"', b'URI="file:///etc/passwd"'),
    "reference to the network": lambda p: p.signed.replace(b'URI="#', b'URI="http://127.0.0.1/x#'),
    "reference by xpointer": lambda p: p.signed.replace(
        b'URI="#SIGNED_BY_CONSUMER"', b"URI=\"#xpointer(id('SIGNED_BY_CONSUMER'))\""
    ),
    "a transform more": lambda p: p.signed.replace(
        b"</ds:Transforms>", _transform(EXCLUSIVE_C14N) + b"</ds:Transforms>"
    ),
    "a transform less": lambda p: p.signed.replace(_transform(EXCLUSIVE_C14N), b""),
    "enveloped": lambda p: p.signed.replace(
        b"<ds:Transforms>", b"<ds:Transforms>" + _transform(f"{NAMESPACE}enveloped-signature")
    ),
    "xslt": lambda p: p.signed.replace(
        _transform(EXCLUSIVE_C14N), _transform("http://www.w3.org/TR/1999/REC-xslt-19991116")
    ),
    "xpath": lambda p: p.signed.replace(
        _transform(EXCLUSIVE_C14N), _transform("http://www.w3.org/TR/1999/REC-xpath-19991116")
    ),
    "transforms in another order": lambda p: _swapped(p.signed),
    "transform with parameters": lambda p: p.signed.replace(
        _transform(EXCLUSIVE_C14N),
        _transform(EXCLUSIVE_C14N).replace(b"></", b'><p:InclusiveNamespaces xmlns:p="u:p" PrefixList="t"/></'),
    ),
    "c14n with comments": lambda p: p.signed.replace(
        b'CanonicalizationMethod Algorithm="' + EXCLUSIVE_C14N.encode(),
        b'CanonicalizationMethod Algorithm="' + EXCLUSIVE_C14N.encode() + b"WithComments",
    ),
    "hmac": lambda p: _with_method(p.signed, f"{NAMESPACE}hmac-sha1"),
    "hmac of a gost hash": lambda p: _with_method(p.signed, f"{ALGORITHMS}hmac-gostr34112012-256"),
    "2001": lambda p: _with_method(p.signed, f"{DSIG_MORE}gostr34102001-gostr3411"),
    "2001 by urn": lambda p: _with_method(p.signed, f"{ALGORITHMS}gostr34102001-gostr3411"),
    "rsa": lambda p: _with_method(p.signed, f"{DSIG_MORE}rsa-sha256"),
    "method with a length": lambda p: _with_method(
        p.signed, f"{ALGORITHMS}gostr34102012-gostr34112012-256", b"<ds:X/>"
    ),
    "hash of 1994": lambda p: p.signed.replace(b"algorithms:gostr34112012-256", b"algorithms:gostr3411"),
    "the longer hash": lambda p: p.signed.replace(b"algorithms:gostr34112012-256", b"algorithms:gostr34112012-512"),
    "a comment in the digest": lambda p: p.signed.replace(b"<ds:DigestValue>", b"<ds:DigestValue><!-- -->"),
    "a comment in the value": lambda p: p.signed.replace(b"</ds:SignatureValue>", b"<!-- --></ds:SignatureValue>"),
    "a comment in SignedInfo": lambda p: p.signed.replace(b"<ds:SignatureMethod", b"<!-- --><ds:SignatureMethod"),
    "a comment amid signed text": lambda p: p.signed.replace(b"7a9f5a62", b"7a9f<!-- -->5a62"),
    "an instruction amid signed text": lambda p: p.signed.replace(b"7a9f5a62", b"7a9f<?x?>5a62"),
    "a doctype": lambda p: b"<!DOCTYPE x>" + p.signed[p.signed.index(b"<soap:Envelope") :],
    "an entity": lambda p: (
        b'<!DOCTYPE x [<!ENTITY e "7a9f">]>' + p.signed[p.signed.index(b"<soap:Envelope") :].replace(b"7a9f", b"&e;")
    ),
    "two certificates": lambda p: re.sub(rb"(<ds:X509Certificate>.*</ds:X509Certificate>)", rb"\1\1", p.signed),
    "no certificate": lambda p: re.sub(rb"<ds:X509Certificate>.*</ds:X509Certificate>", b"", p.signed),
    "a key beside the certificate": lambda p: p.signed.replace(
        b"<ds:X509Data>", b"<ds:KeyName>x</ds:KeyName><ds:X509Data>"
    ),
    "text in KeyInfo": lambda p: p.signed.replace(b"<ds:KeyInfo>", b"<ds:KeyInfo>x"),
    "no signature": lambda p: p.signed.replace(p.whole, b""),
}
