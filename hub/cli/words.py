"""Times and tables as people read them in a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp


def moment(stamp: Timestamp) -> str:
    """Return a time by this machine's zone, to the second; a dash if it is unset."""
    if not stamp.seconds:
        return "-"
    return stamp.ToDatetime(tzinfo=UTC).astimezone().isoformat(sep=" ", timespec="seconds")


def ago(stamp: Timestamp, now: datetime) -> str:
    """Return how long ago a time was, roughly; a dash if it is unset."""
    if not stamp.seconds:
        return "-"
    return f"{span((now - stamp.ToDatetime(tzinfo=UTC)).total_seconds())} ago"


def span(seconds: float) -> str:
    """Return a length of time in its largest unit."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if abs(seconds) >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines whose columns begin at the same place; the last column is as wide as it likes."""
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    ]
