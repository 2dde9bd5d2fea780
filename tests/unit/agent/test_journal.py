"""The journal: durable, chained, checkpointed; what was altered, cut, rolled back or left out is named."""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_agent.checkpoint import Checkpoint
from signer_agent.journal_file import Draft, JournalDamagedError, JournalFile, JournalWriteError
from signer_agent.journal_record import Entry, Phase, Record, chained, read_line
from signer_agent.journal_verify import JournalReport, verify_journal
from tests.unit.agent.support import CHAIN, NOON, SetClock

KEY = Ed25519PrivateKey.generate()


def open_journal(folder: Path, *, clock: SetClock | None = None, key: Ed25519PrivateKey = KEY) -> JournalFile:
    return JournalFile.open(
        folder=folder, chain=CHAIN, key=key, clock=clock or SetClock(), on_record=lambda _record: None
    )


def draft(number: int, *, attachment: bytes = b"") -> Draft:
    entry = Entry(phase=Phase.SIGNED, caller="crm", request_id=f"r{number}", business_reference="ДКП-1")
    return Draft(entry=entry, attachment=attachment)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed journal of ten records with attachments."""
    journal = open_journal(tmp_path)
    for number in range(1, 11):
        journal.append([draft(number, attachment=b"cms %d" % number)])
        if number == 5:
            journal.checkpoint()
    journal.close()
    return tmp_path


def verify(folder: Path, witnessed: Sequence[Checkpoint] = ()) -> JournalReport:
    return verify_journal(folder, chain=CHAIN, public_key=KEY.public_key(), witnessed=witnessed)


def lines_of(folder: Path) -> list[bytes]:
    return (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)


def put_lines(folder: Path, lines: list[bytes]) -> None:
    (folder / "journal.jsonl").write_bytes(b"".join(lines))


def rewritten(lines: list[bytes], place: int, **changes: str) -> list[bytes]:
    """What a patient forger does: change one record and compute every hash after it anew."""
    made: list[bytes] = lines[:place]
    head = read_line(lines[place - 1]).hash
    for line in lines[place:]:
        record = read_line(line)
        fields = {name: getattr(record.entry, name) for name in Entry.__dataclass_fields__}
        entry = Entry(**{**fields, **changes})
        changes = {}
        again = chained(entry, sequence=record.sequence, time_ms=record.time_ms, previous_hash=head)
        head = again.hash
        made.append(again.line())
    return made


def test_what_was_appended_is_there_after_a_restart(folder: Path) -> None:
    seen: list[Record] = []
    journal = JournalFile.open(folder=folder, chain=CHAIN, key=KEY, clock=SetClock(), on_record=seen.append)

    assert [record.entry.request_id for record in seen] == [f"r{number}" for number in range(1, 11)]
    assert journal.attachment(seen[6]) == b"cms 7"
    assert [record.sequence for record in journal.records(after=8)] == [9, 10]
    assert journal.append([draft(11)])[0].previous_hash == seen[-1].hash
    journal.close()
    assert verify(folder).problems == ()
    assert verify(folder).count == 11


def test_records_are_found_by_place_in_a_long_journal(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.append([draft(number) for number in range(1, 1001)])
    journal.close()
    again = open_journal(tmp_path)

    for after in (0, 255, 256, 257, 998, 999):
        assert next(again.records(after=after)).sequence == after + 1
    assert list(again.records(after=1000)) == []
    again.close()


@pytest.mark.parametrize("kept", [1, 20, -1])
def test_a_last_line_cut_short_by_a_crash_is_dropped(folder: Path, kept: int) -> None:
    journal = open_journal(folder)
    record = journal.append([draft(11)])[0]
    journal._close_files()
    lines = lines_of(folder)
    put_lines(folder, [*lines[:-1], lines[-1][:kept]])

    journal = open_journal(folder)

    assert journal.count == 10
    assert journal.append([draft(11)])[0] == record
    journal.close()
    assert verify(folder).problems == ()


def test_a_checkpoint_cut_short_by_a_crash_is_dropped(folder: Path) -> None:
    path = folder / "checkpoints.jsonl"
    path.write_bytes(path.read_bytes() + b'{"chain":"jour')

    journal = open_journal(folder)
    journal.append([draft(11)])
    journal.close()

    assert verify(folder).problems == ()


def swap(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], lines[4], lines[3], *lines[5:]]


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (lambda lines: [*lines[:3], lines[3].replace(b"crm", b"cnn"), *lines[4:]], "record 4 was altered"),
        (lambda lines: [*lines[:3], *lines[4:]], "record 4 is missing before record 5"),
        (lambda lines: [*lines[:3], *lines[6:]], "record 4 to 6 is missing before record 7"),
        (swap, "record 4 is out of order: it stands after record 5"),
        (lambda lines: [*lines[:4], lines[3], *lines[4:]], "record 4 is out of order: it stands after record 4"),
        (lambda lines: lines[:8], "the journal ends at record 8; at"),
        (lambda lines: [], "the journal ends at record 0; at"),
        (lambda lines: rewritten(lines, 3, caller="bank"), "record 5 is not the one that was checkpointed"),
        (lambda lines: [*lines[:3], b"nonsense\n", *lines[4:]], "line 4: not a line of a journal"),
        (lambda lines: [*lines[:3], lines[3].replace(b":", b": ", 1), *lines[4:]], "line 4: not in the form"),
    ],
)
def test_a_tampered_journal_is_named_and_never_built_upon(
    folder: Path, tamper: Callable[[list[bytes]], list[bytes]], said: str
) -> None:
    put_lines(folder, tamper(lines_of(folder)))

    problems = verify(folder).problems

    assert any(problem.startswith(said) for problem in problems), problems
    with pytest.raises(JournalDamagedError):
        open_journal(folder)


def test_journal_and_checkpoints_cut_together_are_shown_by_what_the_hub_kept(folder: Path) -> None:
    witnessed = open_journal(folder).checkpoint()
    put_lines(folder, lines_of(folder)[:6])
    path = folder / "checkpoints.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])

    assert verify(folder).problems == ()
    assert verify(folder, [witnessed]).problems[0].startswith("the journal ends at record 6; at")


def test_an_altered_attachment_is_named(folder: Path) -> None:
    path = folder / "attachments.bin"
    path.write_bytes(path.read_bytes().replace(b"cms 7", b"CMS 7"))

    assert verify(folder).problems == ("the signature of record 7 was altered or cut",)


def test_checkpoints_by_another_key_are_refused(folder: Path) -> None:
    with pytest.raises(JournalDamagedError, match="didn't sign"):
        open_journal(folder, key=Ed25519PrivateKey.generate())


def test_two_agents_do_not_share_a_journal(folder: Path) -> None:
    journal = open_journal(folder)

    with pytest.raises(JournalDamagedError, match="another agent"):
        open_journal(folder)
    journal.close()


def test_no_record_is_older_than_the_one_before(tmp_path: Path) -> None:
    clock = SetClock()
    journal = open_journal(tmp_path, clock=clock)
    first = journal.append([draft(1)])[0]
    clock.move(timedelta(hours=-1))
    second = journal.append([draft(2)])[0]
    journal.close()

    assert second.time_ms == first.time_ms == round(NOON.timestamp() * 1000)


def test_a_write_that_fails_half_way_leaves_the_journal_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_journal(folder)
    real, calls = os.write, []

    def write_half(file: int, data: bytes) -> int:
        calls.append(len(data))
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return real(file, data[: len(data) // 2])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write_half)
        with pytest.raises(JournalWriteError):
            journal.append([draft(11)])

    assert journal.append([draft(12)])[0].sequence == 11
    journal.close()
    assert verify(folder).problems == ()


def test_files_are_for_their_owner_alone(folder: Path) -> None:
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
