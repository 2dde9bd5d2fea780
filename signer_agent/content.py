"""Looking at a document while it streams in: its digest, its length, its format, and the texts that rules ask for."""

import codecs
import hashlib
from collections.abc import Collection
from typing import Final

from gost.digest import DigestAlgorithm, Hash
from signer_agent.model import Content, ContentFormat

_HEAD_BYTES: Final = 1024
_PDF: Final = b"%PDF-"
_NOT_IN_TEXT: Final = "\x00"


def text_id(text: str) -> str:
    """What the journal calls a text that a rule looks for: 16 hex digits, since the text may tell of a person."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Look:
    """One document on its way. Memory is a chunk and the longest text looked for. One thread at a time uses it."""

    def __init__(self, *, algorithm: DigestAlgorithm, texts: Collection[str]) -> None:
        self._hash = Hash(algorithm)
        self._sought = {text_id(text): text.encode() for text in texts}
        self._kept_bytes = max((len(text) for text in self._sought.values()), default=1) - 1
        self._found: set[str] = set()
        self._end = b""
        self._head = b""
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._is_text = True
        self.size_bytes = 0

    def update(self, chunk: bytes) -> None:
        """Take in the next bytes."""
        self._hash.update(chunk)
        self.size_bytes += len(chunk)
        if len(self._head) < _HEAD_BYTES:
            self._head += chunk[: _HEAD_BYTES - len(self._head)]
        self._read_as_text(chunk)
        self._seek(chunk)

    def digest(self) -> bytes:
        """The digest of all bytes so far."""
        return self._hash.digest()

    def content(self) -> Content:
        """What the document is, when all of it was taken in."""
        self._read_as_text(b"", final=True)
        return Content(size_bytes=self.size_bytes, format=self._format(), found=frozenset(self._found))

    def _format(self) -> ContentFormat:
        if self._head.startswith(_PDF):
            return ContentFormat.PDF
        if not self._is_text or not self.size_bytes:
            return ContentFormat.OTHER
        beginning = self._head.removeprefix(codecs.BOM_UTF8).lstrip()
        return ContentFormat.XML if beginning.startswith(b"<") else ContentFormat.TEXT

    def _read_as_text(self, chunk: bytes, *, final: bool = False) -> None:
        if not self._is_text:
            return
        try:
            self._is_text = _NOT_IN_TEXT not in self._utf8.decode(chunk, final)
        except UnicodeDecodeError:
            self._is_text = False

    def _seek(self, chunk: bytes) -> None:
        left = [name for name in self._sought if name not in self._found]
        if not left:
            return
        window = self._end + chunk
        self._found.update(name for name in left if self._sought[name] in window)
        self._end = window[-self._kept_bytes :] if self._kept_bytes else b""
