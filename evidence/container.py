"""The file: a ZIP of stored parts in one canonical form, so that no byte of it is beyond verification.

ZIP, so that anybody gets at the parts with what every system has, and `openssl cms -verify` takes them as they lie
there. But ZIP says most things twice and lets bytes lie between; so only the file that these parts make is accepted.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final

README: Final = "README.txt"
SUMMARY: Final = "evidence.json"
SIGNATURE: Final = "signature.p7s"
SIGNATURE_AS_MADE: Final = "signature-as-made.p7s"
XML_SIGNATURE: Final = "signature.xml"
CERTIFICATES: Final = "certificates.pem"
CRLS: Final = "crls.pem"
POLICY: Final = "policy.json"
JOURNAL: Final = "journal.json"
AUDIT: Final = "audit.json"

PARTS: Final = (
    README,
    SUMMARY,
    SIGNATURE,
    SIGNATURE_AS_MADE,
    XML_SIGNATURE,
    CERTIFICATES,
    CRLS,
    POLICY,
    JOURNAL,
    AUDIT,
)

MAX_FILE_BYTES: Final = 256 * 1024 * 1024  # the biggest revocation lists have some 10 MiB each

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
_TIME: Final = (1980, 1, 1, 0, 0, 0)  # ZIP's first: times of files say nothing here


class EvidenceError(Exception):
    """A file is no evidence that can be read; the message says what is wrong with it."""


class NotStatedError(EvidenceError):
    """No checkpoint covers a record yet; a little later one will."""


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return the file of some parts, in the order of `PARTS`; the same parts make the same bytes."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise ValueError(f"no part of evidence: {', '.join(sorted(unknown))}")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in PARTS:
            if name in parts:
                info = zipfile.ZipInfo(name, _TIME)
                info.create_system = 3  # Unix, wherever it is made
                info.external_attr = 0o600 << 16
                archive.writestr(info, parts[name])
    return buffer.getvalue()


def unpack(data: bytes) -> Mapping[str, bytes]:
    """Return the parts of a file.

    Raises:
        EvidenceError: it is no such file, or not byte by byte the one that its parts make.
    """
    if len(data) > MAX_FILE_BYTES:
        raise EvidenceError(f"the file has {len(data)} bytes: at most {MAX_FILE_BYTES} are read")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_names([entry.filename for entry in entries])
            if any(entry.compress_type != zipfile.ZIP_STORED or entry.file_size > len(data) for entry in entries):
                raise EvidenceError("a part is compressed: evidence stores its parts as they are")
            parts = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError) as error:
        raise EvidenceError("the file is no ZIP, or is damaged") from error
    if pack(parts) != data:
        raise EvidenceError("the file is not the one that its parts make: something was added to it or changed in it")
    return parts


def _check_names(names: list[str]) -> None:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        shown = ", ".join(name if _NAME.fullmatch(name) else "one with a strange name" for name in unknown[:3])
        raise EvidenceError(f"the file has parts that evidence of this version has not: {shown}")
    if len(set(names)) != len(names):
        raise EvidenceError("the file has a part twice")
