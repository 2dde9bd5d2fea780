"""Exchanging checkpoints with the hub, so that neither its audit nor our journal can be cut short alone."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signer_agent.checkpoint import AUDIT_TYPE, Checkpoint
from signer_agent.errors import AgentError, InvalidRequestError, PreconditionError, SettingsError
from signer_agent.journal import Journal
from signer_agent.journal_file import Draft
from signer_agent.journal_record import Entry, Phase
from signer_agent.ledger import Ledger
from signer_agent.secret_reference import read_private

_AUDIT_CHAIN: Final = re.compile(r"audit:[A-Za-z0-9._-]{1,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The hub's checkpoint under the agent's signature, and the journal's own."""

    countersigned: Checkpoint
    journal_checkpoint: Checkpoint


class CheckpointExchange:
    """Takes the hub's checkpoints. ``hub_key`` is the pinned public key of its audit; None: none is taken."""

    def __init__(self, *, hub_key: Ed25519PublicKey | None, journal: Journal, ledger: Ledger) -> None:
        self._hub_key = hub_key
        self._journal = journal
        self._ledger = ledger
        self._one_at_a_time = asyncio.Lock()

    async def take(
        self, checkpoint: Checkpoint, *, request_id: str, business_reference: str, trace_id: str
    ) -> Exchange:
        """Journal the hub's checkpoint and answer with both signatures. The same one again answers the same.

        Raises:
            InvalidRequestError: CHECKPOINT_INVALID.
            PreconditionError: CHECKPOINT_BEHIND.
            UnavailableError: JOURNAL_UNAVAILABLE.
        """
        self._check_signature(checkpoint)
        entry = Entry(
            phase=Phase.CHECKPOINT,
            request_id=request_id,
            business_reference=business_reference,
            trace_id=trace_id,
            details=MappingProxyType(checkpoint.texts()),
        )
        async with self._one_at_a_time:
            last = self._ledger.last_checkpoint(checkpoint.chain)
            _check_order(checkpoint, last)
            if last is None or last.count != checkpoint.count:
                for record in await self._journal.append([Draft(entry=entry)]):
                    self._ledger.apply(record)
        return Exchange(
            countersigned=self._journal.countersign(checkpoint),
            journal_checkpoint=await self._journal.checkpoint(),
        )

    def _check_signature(self, checkpoint: Checkpoint) -> None:
        if self._hub_key is None:
            raise _invalid("no key of the hub's audit is pinned: set hub.audit_public_key")
        # Nothing but an audit's statement may be signed: else the hub could have checkpoints of our journal made.
        if not checkpoint.is_of_audit() or not _AUDIT_CHAIN.fullmatch(checkpoint.chain):
            raise _invalid(f'the statement must be canonical JSON of type "{AUDIT_TYPE}" and say what the fields say')
        if not checkpoint.is_signed_by(self._hub_key):
            raise _invalid("the checkpoint is not signed by the key pinned as hub.audit_public_key")


def read_audit_key(path: Path) -> Ed25519PublicKey:
    """Read the hub's public key, PEM.

    Raises:
        SettingsError: the file is missing or holds no Ed25519 public key.
    """
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{path} is no public key in PEM: copy the hub's audit key there") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError(f"{path} is not Ed25519: copy the hub's audit key there")
    return key


def read_journal_key(path: Path) -> Ed25519PrivateKey:
    """Read the journal's key, PKCS#8 PEM, 0600.

    Raises:
        SettingsError: it is missing, open to others or no Ed25519 key.
    """
    try:
        key = serialization.load_pem_private_key(read_private(path), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{path} is no private key in PEM: restore it") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"{path} is not Ed25519: restore it")
    return key


def _check_order(checkpoint: Checkpoint, last: Checkpoint | None) -> None:
    if last is None or checkpoint.count > last.count:
        return
    if checkpoint.count < last.count or checkpoint.head != last.head:
        raise PreconditionError(
            f"the checkpoint is not a continuation of one already seen, with {last.count} records: the hub's audit was "
            "cut, rewritten or rolled back; run `hub audit verify`",
            reason="CHECKPOINT_BEHIND",
        )


def _invalid(problem: str) -> AgentError:
    return InvalidRequestError(problem, reason="CHECKPOINT_INVALID")
