"""Running the OpenSSL command line, which is the sandbox's own, independent GOST implementation."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_TIMEOUT_SECONDS = 30  # a GOST command takes some 10 ms; this only ends one that hangs


class OpenSslError(Exception):
    """The openssl command refused; the message holds its command and what it said."""


def run_openssl(
    arguments: Sequence[str | Path],
    *,
    stdin: bytes | None = None,
    config: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run `openssl` with `arguments` and return its standard output.

    Args:
        arguments: the command and its options, without "openssl".
        stdin: what the command reads.
        config: an OPENSSL_CONF for this run.
        environment: more variables, for passphrases that must not stand on the command line.

    Raises:
        OpenSslError: the command failed, is missing or took too long.
    """
    variables = {**os.environ, **(environment or {})}
    if config is not None:
        variables["OPENSSL_CONF"] = str(config)
    command = ["openssl", *(str(argument) for argument in arguments)]
    try:
        done = subprocess.run(
            command, input=stdin or b"", env=variables, capture_output=True, timeout=_TIMEOUT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OpenSslError(f"openssl {arguments[0]} could not run: install the openssl package") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise OpenSslError(f"openssl {arguments[0]} failed: {said}")
    return done.stdout
