"""An agent's word for our checkpoint counts only under its pinned key."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub.core.audit import Checkpoint, Countersignature
from hub.signing.witness import Witnesses, read_journal_keys
from landhub.signer.v1 import signer_pb2

OURS, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
CHECKPOINT = Checkpoint(
    instance="i", count=1, head="h", time="t", previous="", body=b"body", digest="d", key_id="k", signature=b""
)
STATEMENT = b'{"type":"landhub.journal.checkpoint.v1"}'


def word(key: Ed25519PrivateKey = OURS, *, journal: Ed25519PrivateKey = OURS) -> Countersignature:
    peer = signer_pb2.Checkpoint(statement=STATEMENT, signature=journal.sign(STATEMENT))
    return Countersignature(
        checkpoint_digest="d",
        signer="main",
        key_id=key.public_key().public_bytes_raw().hex(),
        signature=key.sign(CHECKPOINT.body),
        peer_checkpoint=peer.SerializeToString(),
    )


def pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


PINNED = Witnesses(keys={"main": read_journal_keys(pem(OURS.public_key()))})


def test_the_word_of_the_pinned_key_is_taken() -> None:
    assert PINNED.problem(CHECKPOINT, word()) == ""


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (word(OTHER), "is not signed by the agent's pinned journal key"),
        (word(journal=OTHER), "holds a checkpoint of the journal that its pinned key did not sign"),
        (replace(word(), peer_checkpoint=b""), "holds a checkpoint of the journal that its pinned key did not sign"),
        (replace(word(), peer_checkpoint=b"\xff"), "holds no checkpoint of the agent's journal"),
        (replace(word(), checkpoint_digest="e"), "is about another checkpoint"),
    ],
)
def test_the_word_of_another_key_or_about_something_else_is_not(said: Countersignature, problem: str) -> None:
    assert PINNED.problem(CHECKPOINT, said) == problem


def test_while_a_key_is_replaced_both_are_pinned() -> None:
    both = Witnesses(keys={"main": read_journal_keys(pem(OTHER.public_key()) + pem(OURS.public_key()))})
    assert both.problem(CHECKPOINT, word()) == ""
    assert both.problem(CHECKPOINT, word(OTHER, journal=OTHER)) == ""


def test_an_agent_without_a_pinned_key_is_taken_at_its_word() -> None:
    assert Witnesses(keys={"main": ()}).problem(CHECKPOINT, word(OTHER)) == ""
    assert not Witnesses(keys={}).is_pinned("main")
    assert PINNED.is_pinned("main")


def test_a_file_without_ed25519_keys_is_refused() -> None:
    other = generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for content in (b"", b"nothing", other):
        with pytest.raises(ValueError, match="it holds"):
            read_journal_keys(content)
