"""A CMS that a key's tool made of a whole document is believed no more than one that came from outside."""

from datetime import datetime, timedelta
from typing import Final

from gost.certificate import CertificateFacts
from gost.cms import read_signed_data
from gost.report import Indication
from gost.verify import VerificationPolicy, verify_detached
from signer_agent.errors import InternalError
from signer_agent.keys.cryptopro import CRYPTCP_LICENCE
from signer_agent.keys.port import KeyBackendError
from signer_agent.model import SigningRequest
from signer_agent.signers import Signer

EARLIER: Final = timedelta(seconds=5)  # the tool's clock is ours, and tells whole seconds
LATER: Final = timedelta(minutes=11)  # the settings allow a tool ten


def signed_whole(signer: Signer, request: SigningRequest, *, now: datetime) -> tuple[bytes, datetime] | None:
    """The detached CAdES-BES of a request's document and its signing time; None if it is to be signed by its digest.

    Raises:
        KeyBackendError: the tool did not sign.
        InternalError: SIGNATURE_WITHHELD, it made something else than was asked for.
    """
    if request.document is None or not signer.signs_documents or not request.format.value.startswith("CADES_"):
        return None
    try:
        cms = signer.sign_document(request.document)
    except KeyBackendError as error:
        if error.cause in CRYPTCP_LICENCE:  # nothing was signed, and csptest may do without one
            return None
        raise
    return cms, _checked(cms, signer.held.facts, request, now)


def _checked(cms: bytes, certificate: CertificateFacts, request: SigningRequest, now: datetime) -> datetime:
    """The signing time of a CMS that is just what was asked for: strict DER, one signer, ours, this document."""
    policy = VerificationPolicy(anchors=(certificate,), require_crl=False)  # the chain is for those who rely on it
    report = verify_detached(cms, {request.digest_algorithm: request.digest}, policy=policy, at=now)
    if report.indication is not Indication.TOTAL_PASSED:
        raise _withheld(certificate, report.explanation)
    signers = read_signed_data(cms).signers
    if len(signers) != 1 or signers[0].certificate is None or signers[0].certificate.der != certificate.der:
        raise _withheld(certificate, "it is not signed by that certificate alone")
    if signers[0].unsigned_attribute_types:
        raise _withheld(certificate, "it has unsigned attributes")
    time = signers[0].signing_time
    if time is None or not now - EARLIER <= time <= now + LATER:
        raise _withheld(certificate, "its signing time is not now")
    return time


def _withheld(certificate: CertificateFacts, problem: str) -> InternalError:
    return InternalError(
        f"what the tool made was withheld: {problem}",
        reason="SIGNATURE_WITHHELD",
        metadata={"thumbprint": certificate.thumbprint},
    )
