"""Around what an agent signed: the document inside, the signers it stands beside, and whether that can be had."""

from gost import digest as hashing
from gost.cms import MAX_SIGNERS, read_signed_data
from gost.compose import with_content, with_signers_of
from gost.errors import MalformedError
from hub.modules.signatures.formats import MAX_ATTACHED_BYTES, Format
from hub.modules.signatures.port import (
    DigestToSign,
    DocumentTooLargeError,
    FormatNotFittingError,
    SignatureNotValidError,
    TimestampsNotSetUpError,
)
from hub.modules.signatures.store import SignatureRow
from hub.modules.signatures.trust import Trust
from hub.modules.signatures.verification import require_valid


def check_format(item: DigestToSign, *, trust: Trust, stamps: bool) -> None:
    """See that a signature can be made as asked for, before anybody signs.

    Args:
        item: what is asked for.
        trust: by which the signatures of others must pass in full.
        stamps: whether there is a timestamp authority.

    Raises:
        TimestampsNotSetUpError, FormatNotFittingError, DocumentTooLargeError: it can't.
        SignatureNotValidError, SignatureIndeterminateError: what it is to stand beside is not good.
    """
    if (item.format is Format.XMLDSIG_SMEV3) is not bool(item.xml_element_id):
        raise FormatNotFittingError("XMLDSIG_SMEV3 is an element's of an XML document that SignDocument is given")
    if item.format.is_stamped and not stamps:
        raise TimestampsNotSetUpError
    if item.content is not None and len(item.content) > MAX_ATTACHED_BYTES:
        raise DocumentTooLargeError("content", MAX_ATTACHED_BYTES)
    if item.existing_cms is not None:
        _check_existing(item, item.existing_cms, trust)
    elif item.format.is_attached and item.content is None:
        raise FormatNotFittingError("the signature holds the document, and only its digest was sent")


def composed(row: SignatureRow, made: bytes) -> bytes:
    """What was asked for, around the detached signature that an agent made.

    Raises:
        MalformedError: the CMS of others can't be added to.
    """
    if row.existing_cms is not None:
        return with_signers_of(row.existing_cms, made)
    return made if row.content is None else with_content(made, row.content)


def format_beside(existing_cms: bytes | None) -> Format:
    """The format that is meant where none is said."""
    if existing_cms is None:
        return Format.CADES_BES_DETACHED
    try:
        attached = read_signed_data(existing_cms).content is not None
    except MalformedError:
        attached = False  # it is refused later, for a better reason
    return Format.of(attached=attached, stamped=False)


def _check_existing(item: DigestToSign, cms: bytes, trust: Trust) -> None:
    try:
        signed_data = read_signed_data(cms)
    except MalformedError as error:
        raise SignatureNotValidError("FORMAT_FAILURE", str(error)) from error
    inside = signed_data.content
    if (inside is not None) != item.format.is_attached:
        kind = "detached" if inside is None else "attached"
        raise FormatNotFittingError(f"the CMS to be signed beside is {kind}")
    if len(signed_data.signers) >= MAX_SIGNERS:
        raise FormatNotFittingError(f"the CMS has {MAX_SIGNERS} signers already")
    if inside is not None and hashing.digest(item.digest_algorithm, inside) != item.digest:
        raise SignatureNotValidError("HASH_FAILURE", "the document given is not the one that the CMS holds")
    require_valid(trust.verify(cms, item.digests) if inside is None else trust.verify_attached(cms))
