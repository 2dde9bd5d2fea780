"""What is looked at after a run: rows, journal, the gateway's book and calls, answers, and all that was put out."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.registrations import Registration
from sandbox.xml_gateway import Call
from signer_agent.journal_record import Record, read_line
from tests.campaign.acquirers.port import Cabinet
from tests.campaign.caller import Answer

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One run's traces."""

    database: Path
    journal: Path
    checkpoints: Path
    answers: Sequence[Answer]
    registrations: Sequence[Registration]
    gateway_calls: Sequence[Call]
    acquirer: Cabinet | None
    """The one the run was about."""
    restored: bool
    """An older copy of the database was put back: what it did not know is known only outside."""
    told: Sequence[tuple[str, bytes]]
    """What was put out, by kind: logs, spans, metrics, errors."""
    errors: Sequence[str]
    """Exceptions that nobody caught."""
    has_agent: bool = True
    """Whether there was an agent, and so a journal."""
    pace: float = 1.0
    """See Scene."""
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, table: str, order: str = "rowid") -> list[Row]:
        """All rows of a table."""
        if table not in self.tables:
            conn = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
            conn.row_factory = sqlite3.Row
            try:
                found = conn.execute(f"select * from {table} order by {order}")
                self.tables[table] = [dict(row) for row in found]
            finally:
                conn.close()
        return self.tables[table]

    def audit(self) -> list[Row]:
        """The audit's records by instance, in their order."""
        return self.rows("audit_records", "time, instance, sequence")

    def journal_records(self) -> list[Record]:
        """The agent's journal."""
        path = self.journal / "journal.jsonl"
        return [read_line(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file that hub and agent wrote."""
        for folder in {self.database.parent, self.journal, self.checkpoints.parent}:
            for path in sorted(folder.iterdir()):
                if path.is_file():
                    yield path.name, path.read_bytes()
