"""Whether an agent's word for our checkpoint is its own: countersignature and journal checkpoint by its pinned key."""

from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf.message import DecodeError

from hub.core.audit import Checkpoint, Countersignature
from landhub.signer.v1 import signer_pb2

JournalKeys = Sequence[Ed25519PublicKey]

_END = b"-----END PUBLIC KEY-----"


class Witnesses:
    """The pinned keys of agents by name. An agent without any is taken at its word, which `is_pinned` tells."""

    def __init__(self, *, keys: Mapping[str, JournalKeys]) -> None:
        self._keys = dict(keys)

    def is_pinned(self, agent: str) -> bool:
        """Whether the settings name a key of this agent."""
        return bool(self._keys.get(agent))

    def problem(self, checkpoint: Checkpoint, countersignature: Countersignature) -> str:
        """Say what is wrong with an agent's word, as the end of a sentence; empty if nothing is, or none is pinned."""
        keys = self._keys.get(countersignature.signer)
        if not keys:
            return ""
        if countersignature.checkpoint_digest != checkpoint.digest:
            return "is about another checkpoint"
        if not _is_signed(keys, countersignature.signature, checkpoint.body):
            return "is not signed by the agent's pinned journal key"
        try:
            peer = signer_pb2.Checkpoint.FromString(countersignature.peer_checkpoint)
        except DecodeError:
            return "holds no checkpoint of the agent's journal"
        if not peer.statement or not _is_signed(keys, peer.signature, peer.statement):
            return "holds a checkpoint of the journal that its pinned key did not sign"
        return ""


def read_journal_keys(pem: bytes) -> JournalKeys:
    """Read the public keys of a journal: one, or during a change of keys several, one after another.

    Raises:
        ValueError: it is no PEM of Ed25519 public keys.
    """
    blocks = [block + _END for block in pem.split(_END)[:-1]]
    keys = []
    for block in blocks:
        try:
            key = load_pem_public_key(block)
        except UnsupportedAlgorithm as error:
            raise ValueError("it holds a public key of a kind that is not used here") from error
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("it holds a public key that is not Ed25519")  # noqa: TRY004 - the file is wrong, not a type
        keys.append(key)
    if not keys:
        raise ValueError("it holds no public key in PEM")
    return tuple(keys)


def _is_signed(keys: JournalKeys, signature: bytes, data: bytes) -> bool:
    for key in keys:
        try:
            key.verify(signature, data)
        except InvalidSignature:
            continue
        return True
    return False
