"""What the agent and its worker processes say to each other over pipes: a length of four bytes, then JSON."""

import base64
import json
import struct
from collections.abc import Mapping
from typing import IO, Any, Final

MAX_FRAME_BYTES: Final = 16 * 1024 * 1024  # a thousand certificates have some 4 MB

_LENGTH: Final = struct.Struct(">I")

Frame = Mapping[str, Any]


class FrameError(Exception):
    """The other side went away, or said what is no frame."""


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """Send a frame whole. Raises FrameError: nobody reads."""
    data = json.dumps(frame).encode()
    try:
        stream.write(_LENGTH.pack(len(data)) + data)
        stream.flush()
    except (OSError, ValueError) as error:  # ValueError: the stream is closed
        raise FrameError("the pipe is closed") from error


def read_frame(stream: IO[bytes]) -> Frame:
    """Wait for a frame. Raises FrameError: it ended before one was whole."""
    try:
        (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
        if length > MAX_FRAME_BYTES:
            raise FrameError("a frame is too long")
        frame = json.loads(_exactly(stream, length))
    except (OSError, ValueError, struct.error) as error:
        raise FrameError("the pipe is closed or broken") from error
    if not isinstance(frame, dict):
        raise FrameError("a frame is no table")
    return frame


def packed(data: bytes | None) -> str | None:
    """Bytes as a frame holds them."""
    return None if data is None else base64.b64encode(data).decode()


def unpacked(text: str) -> bytes:
    """The bytes of `packed`. Raises ValueError."""
    return base64.b64decode(text, validate=True)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise FrameError("the pipe ended")
    return data
