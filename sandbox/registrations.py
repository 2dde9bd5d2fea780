"""The gateway's book of registrations: one a client reference, kept on disk so that a restart forgets nothing."""

import dataclasses
import hashlib
import json
import os
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from sandbox.clock import SandboxClock
from sandbox.scenarios import (
    WITHDRAWN,
    Progress,
    Status,
    WaitsFor,
    advance,
    begin,
    come,
    completed,
    enter,
    scenario_named_by,
    steps_of,
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FiledDocument:
    """What the gateway keeps of a document."""

    kind: str
    file_name: str
    size_bytes: int
    sha256: str
    signatures: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a submission says, as far as the gateway looks at it."""

    client_reference: str | None
    contract_number: str
    cadastral_number: str
    content_sha256: str
    """Of the whole request but its date: tells the same content from another."""
    documents: tuple[FiledDocument, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Documents added later; `client_reference` makes them add once."""

    client_reference: str | None
    accepted: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A registration as the gateway has it."""

    request_id: str
    sequence: int
    submission: Submission
    created_at: datetime
    visible_at: datetime
    """Status requests before this moment are told of no such registration."""
    progress: Progress
    documents: tuple[FiledDocument, ...]
    batches: tuple[Batch, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LateSubmission:
    """A submission that the gateway has taken and will commit at `due`."""

    due: datetime
    submission: Submission


class DuplicateReferenceError(Exception):
    """The reference is taken by a registration of other content."""

    def __init__(self, request_id: str) -> None:
        super().__init__(f"ClientReference уже использован в обращении {request_id}")
        self.request_id = request_id


class NotAllowedError(Exception):
    """The registration is final: nothing can be added or withdrawn."""


_REGISTRATION = TypeAdapter(Registration)


class RegistrationBook:
    """Registrations by id and by client reference. Every change is on the disk before it is told of."""

    def __init__(self, *, path: Path, clock: SandboxClock, step_seconds: float, default_scenario: str) -> None:
        """`path` is a file of JSON lines, each a registration's new whole state; it is read if it is there."""
        steps_of(default_scenario)
        self._path = path
        self._clock = clock
        self._step = timedelta(seconds=step_seconds)
        self._default_scenario = default_scenario
        self._chosen: dict[str, str] = {}
        self._registrations: dict[str, Registration] = {}
        self._ids_by_reference: dict[str, str] = {}
        self._late: list[LateSubmission] = []
        self._read()

    def __len__(self) -> int:
        return len(self.registrations())

    @property
    def late(self) -> int:
        """How many submissions are taken but not committed yet."""
        return len(self._late)

    def choose(self, scenario: str, *, number: str | None = None) -> None:
        """Let `scenario` befall later submissions of that contract or cadastral number, or all without a choice.

        Raises:
            ValueError: no such scenario.
        """
        steps_of(scenario)
        if number is None:
            self._default_scenario = scenario
        else:
            self._chosen[number] = scenario

    def registrations(self) -> tuple[Registration, ...]:
        """All registrations as of now, oldest first."""
        self._commit_late()
        return tuple(self._advanced(registration) for registration in tuple(self._registrations.values()))

    def by_status(self) -> Counter[str]:
        """How many registrations are in each status word."""
        return Counter(registration.progress.status.word for registration in self.registrations())

    def find(self, key: str, *, even_if_hidden: bool = True) -> Registration | None:
        """The registration of that RequestID or ClientReference as of now, or None."""
        self._commit_late()
        found = self._registrations.get(self._ids_by_reference.get(key, key))
        if found is None or (found.visible_at > self._clock.now() and not even_if_hidden):
            return None
        return self._advanced(found)

    def submit(
        self, submission: Submission, *, plot_scenario: str | None = None, hidden_seconds: float = 0
    ) -> Registration:
        """Commit a submission, or return the registration its reference already made.

        Args:
            submission: what was submitted.
            plot_scenario: the scenario the plot brings along.
            hidden_seconds: for how long status requests shall not find it.

        Raises:
            DuplicateReferenceError: the reference is taken by other content.
        """
        self._commit_late()
        existing = self._by_reference(submission)
        if existing is not None:
            return existing
        return self._commit(submission, self._clock.now(), plot_scenario=plot_scenario, hidden_seconds=hidden_seconds)

    def submit_late(self, submission: Submission, *, seconds: float) -> None:
        """Take a submission now and commit it `seconds` later, unless its reference is taken by then.

        What is not committed yet is in memory alone, as in a queue that a restart empties.
        """
        self._late.append(LateSubmission(due=self._clock.now() + timedelta(seconds=seconds), submission=submission))

    def add_documents(
        self, registration: Registration, documents: tuple[FiledDocument, ...], *, client_reference: str | None
    ) -> int:
        """File more documents and return how many were accepted; the same reference again adds nothing.

        Raises:
            NotAllowedError: the registration is final.
        """
        for batch in registration.batches:
            if client_reference is not None and batch.client_reference == client_reference:
                return batch.accepted
        self._refuse_if_final(registration)
        batch = Batch(client_reference=client_reference, accepted=len(documents))
        changed = dataclasses.replace(
            registration,
            documents=(*registration.documents, *documents),
            batches=(*registration.batches, batch),
            progress=come(registration.progress, "documents", now=self._clock.now()),
        )
        self._keep(changed)
        return batch.accepted

    def withdraw(self, registration: Registration, *, reason: str | None) -> Registration:
        """End a registration at the applicant's wish; a withdrawn one stays as it is.

        Raises:
            NotAllowedError: it is registered or refused.
        """
        if registration.progress.status.word == WITHDRAWN:
            return registration
        self._refuse_if_final(registration)
        return self.set_status(registration, Status(word=WITHDRAWN, at=self._clock.now(), reason=reason))

    def set_status(self, registration: Registration, status: Status) -> Registration:
        """Put a registration into any status; its scenario ends there."""
        told = completed(
            status, cadastral_number=registration.submission.cadastral_number, sequence=registration.sequence
        )
        changed = dataclasses.replace(registration, progress=enter(registration.progress, told, remaining=()))
        return self._keep(changed)

    def let_come(self, registration: Registration, what: WaitsFor) -> Registration:
        """Give a registration what its scenario may wait for."""
        progress = come(registration.progress, what, now=self._clock.now())
        return self._keep(dataclasses.replace(registration, progress=progress))

    def clear(self) -> None:
        """Forget everything, on disk too."""
        self._registrations.clear()
        self._ids_by_reference.clear()
        self._late.clear()
        self._chosen.clear()
        self._path.unlink(missing_ok=True)

    def _by_reference(self, submission: Submission) -> Registration | None:
        if submission.client_reference is None:
            return None
        existing = self.find(submission.client_reference)
        if existing is not None and existing.submission.content_sha256 != submission.content_sha256:
            raise DuplicateReferenceError(existing.request_id)
        return existing

    def _commit(
        self,
        submission: Submission,
        moment: datetime,
        *,
        plot_scenario: str | None = None,
        hidden_seconds: float = 0,
    ) -> Registration:
        sequence = len(self._registrations) + 1
        scenario = (
            self._chosen.get(submission.contract_number)
            or self._chosen.get(submission.cadastral_number)
            or scenario_named_by(submission.contract_number)
            or plot_scenario
            or self._default_scenario
        )
        return self._keep(
            Registration(
                request_id=f"R{moment.year}-{sequence:08d}",
                sequence=sequence,
                submission=submission,
                created_at=moment,
                visible_at=moment + timedelta(seconds=hidden_seconds),
                progress=begin(scenario, moment),
                documents=submission.documents,
            )
        )

    def _commit_late(self) -> None:
        now = self._clock.now()
        due = [late for late in self._late if late.due <= now]
        self._late = [late for late in self._late if late.due > now]
        for late in due:
            if late.submission.client_reference not in self._ids_by_reference:
                self._commit(late.submission, late.due)

    def _advanced(self, registration: Registration) -> Registration:
        progress = advance(
            registration.progress,
            now=self._clock.now(),
            step=self._step,
            cadastral_number=registration.submission.cadastral_number,
            sequence=registration.sequence,
        )
        if progress is registration.progress:
            return registration
        return self._keep(dataclasses.replace(registration, progress=progress))

    def _refuse_if_final(self, registration: Registration) -> None:
        if registration.progress.status.is_final:
            raise NotAllowedError(f"Обращение {registration.request_id} завершено")

    def _keep(self, registration: Registration) -> Registration:
        """Write one line and wait for the disk: in the event loop, so that no other call comes in between."""
        line = _REGISTRATION.dump_json(registration) + b"\n"
        with self._path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        return self._remember(registration)

    def _remember(self, registration: Registration) -> Registration:
        self._registrations[registration.request_id] = registration
        if registration.submission.client_reference is not None:
            self._ids_by_reference[registration.submission.client_reference] = registration.request_id
        return registration

    def _read(self) -> None:
        lines = self._path.read_bytes().split(b"\n") if self._path.exists() else []
        if lines and lines[-1]:  # the line that a crash cut short; it was never told of
            self._path.write_bytes(b"".join(line + b"\n" for line in lines[:-1]))
        for line in lines[:-1]:
            self._remember(_REGISTRATION.validate_json(line))


def to_json(registration: Registration) -> dict[str, Any]:
    """The registration as the control API tells it."""
    value: dict[str, Any] = json.loads(_REGISTRATION.dump_json(registration))
    submission, progress = value.pop("submission"), value.pop("progress")
    status = progress["history"][-1]
    return {
        **value,
        "client_reference": submission["client_reference"],
        "contract_number": submission["contract_number"],
        "cadastral_number": submission["cadastral_number"],
        "status": status["word"],
        "history": progress["history"],
        "waits_for": progress["waits_for"],
    }


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
