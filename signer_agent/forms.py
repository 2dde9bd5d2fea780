"""The bytes to be signed in each format, which the agent builds itself, and what is made of their signature."""

from datetime import datetime, timedelta
from typing import Final

from gost import esia
from gost.cades import CadesTemplate
from gost.xmldsig import XmlSignatureTemplate
from signer_agent.errors import COMMON_DOMAIN, FieldViolation, InvalidRequestError
from signer_agent.model import ESIA_FORMATS, SignatureFormat, SigningRequest

ESIA_TIME_TOLERANCE: Final = timedelta(minutes=10)  # so that nobody hoards secrets for the days to come


def to_be_signed(
    request: SigningRequest, cades: CadesTemplate, xml: XmlSignatureTemplate | None, signing_time: datetime
) -> bytes:
    """The bytes to be hashed and signed, for a request that `check_form` passed.

    Raises:
        ValueError: the digest or the Id is wrong after all.
    """
    if request.format is SignatureFormat.XMLDSIG_SMEV3:
        assert xml is not None
        return xml.signed_info(request.digest, request.element_id)
    if request.esia is not None and request.format is not SignatureFormat.ESIA_CMS:
        return request.esia.text()
    return cades.signed_attributes(request.digest, signing_time)


def assembled(
    request: SigningRequest,
    cades: CadesTemplate,
    xml: XmlSignatureTemplate | None,
    signed: bytes,
    signature: bytes,
) -> bytes:
    """What is handed out: CMS in DER, the element ds:Signature in UTF-8, or a bare signature."""
    match request.format:
        case SignatureFormat.XMLDSIG_SMEV3:
            assert xml is not None
            return xml.assemble(signed, signature)
        case SignatureFormat.ESIA_RAW:
            return signature
        case SignatureFormat.ESIA_RAW_REVERSED:
            return esia.reversed_bytes(signature)
        case _:
            return cades.assemble(signed, signature)


def check_form(request: SigningRequest, xml: XmlSignatureTemplate | None, *, now: datetime) -> None:
    """Refuse what doesn't go together.

    Raises:
        InvalidRequestError: VALIDATION_FAILED, naming the field.
    """
    is_xml = request.format is SignatureFormat.XMLDSIG_SMEV3
    if is_xml and xml is None:
        raise _invalid("format", "must fit the certificate: XML of SMEV is signed by keys of GOST R 34.10-2012 only")
    if is_xml is not bool(request.element_id):
        raise _invalid("xml_element_id", "must name the element in format XMLDSIG_SMEV3, and only there")
    if (request.format in ESIA_FORMATS) is not (request.esia is not None):
        raise _invalid("format", "must be one of ESIA's in SignEsia, and only there")
    if request.esia is not None and abs(request.esia.timestamp - now) > ESIA_TIME_TOLERANCE:
        raise _invalid("parameters.timestamp", "must be within ten minutes of the agent's clock")


def _invalid(field: str, problem: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"the request can't be signed: {field} {problem}",
        reason="VALIDATION_FAILED",
        domain=COMMON_DOMAIN,
        violations=(FieldViolation(field=field, description=problem, rule_id="form"),),
    )
