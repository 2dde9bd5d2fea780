"""Reads the journal's checkpoints that a hub kept in `state/audit/checkpoints.jsonl`, or a copy of our own file."""

import base64
from pathlib import Path

import orjson
from google.protobuf.message import DecodeError

from landhub.signer.v1 import signer_pb2
from signer_agent.checkpoint import Checkpoint
from signer_agent.errors import SettingsError
from signer_agent.rpc import wire


def read_witnessed(path: Path, *, chain: str) -> tuple[Checkpoint, ...]:
    """The checkpoints of one journal, "journal:<agent>", in a file; lines about other things are passed over.

    Raises:
        SettingsError: the file can't be read, or holds none of that journal.
    """
    try:
        content = path.read_bytes()
        lines = content[: content.rfind(b"\n") + 1].splitlines()  # a last line may still be in the writing
        found = [point for line in lines if (point := _checkpoint(orjson.loads(line))) and point.chain == chain]
    except (OSError, ValueError, DecodeError) as error:
        raise SettingsError(
            f"{path} can't be read as checkpoints: give the hub's state/audit/checkpoints.jsonl"
        ) from error
    if not found:
        raise SettingsError(f"{path} holds no checkpoint of {chain}: is it the hub of this agent?")
    return tuple(found)


def _checkpoint(line: dict[str, str]) -> Checkpoint | None:
    if "peer_checkpoint" in line:
        return wire.checkpoint_of(signer_pb2.Checkpoint.FromString(base64.b64decode(line["peer_checkpoint"])))
    return Checkpoint.from_texts(line) if "chain" in line else None
