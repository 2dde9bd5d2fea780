"""How a transfer and its documents are kept until the register has them: JSON, sealed by the store."""

import base64
from dataclasses import replace

from pydantic import TypeAdapter

from hub.core.ids import Ids
from hub.modules.rosreestr.port import Document, DocumentKind, Transfer
from hub.modules.rosreestr.store import DocumentRow

_TRANSFER = TypeAdapter(Transfer)


def encode_transfer(transfer: Transfer) -> bytes:
    """Return the transfer without its documents, which are kept in rows of their own."""
    return _TRANSFER.dump_json(replace(transfer, documents=()))


def decode_transfer(encoded: bytes, documents: tuple[Document, ...]) -> Transfer:
    """Put a transfer and its documents together again."""
    return replace(_TRANSFER.validate_json(encoded), documents=documents)


def encode_documents(documents: tuple[Document, ...], ids: Ids) -> list[DocumentRow]:
    """Return a row for each document."""
    return [
        DocumentRow(
            id=ids.resource_id(),
            description={
                "kind": document.kind.value,
                "file_name": document.file_name,
                "signatures": [base64.b64encode(cms).decode() for cms in document.signatures],
            },
            content=document.content,
        )
        for document in documents
    ]


def decode_documents(rows: list[DocumentRow]) -> tuple[Document, ...]:
    """Return the documents of rows."""
    return tuple(
        Document(
            kind=DocumentKind(row.description["kind"]),
            file_name=row.description["file_name"],
            content=row.content,
            signatures=tuple(base64.b64decode(cms) for cms in row.description["signatures"]),
        )
        for row in rows
    )
