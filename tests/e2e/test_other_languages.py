"""The stubs of Go, Java and TypeScript compile, and a program of each calls a running hub over mutual TLS."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.demo.stack import Stack
from sandbox.registry import SINGLE_OWNER
from tests.support.stack import identity

CLIENTS = Path(__file__).resolve().parents[2] / "clients"
COMPILE_AND_CALL_SECONDS = 560  # the first time everything is fetched and compiled; then it takes seconds
MAVEN = ("mvn", "--batch-mode", "--no-transfer-progress", "-Dstyle.color=never")


def test_go_compiles_and_calls_the_hub(stack: Stack) -> None:
    run(stack, "go", "go", "build", "./...")
    printed = run(stack, "go", "go", "test", "-count=1", "-v", "./...")
    assert printed.count("--- PASS: ") == 2, printed


def test_java_compiles_and_calls_the_hub(stack: Stack) -> None:
    printed = run(stack, "java", *MAVEN, "test")
    assert "Tests run: 2, Failures: 0, Errors: 0, Skipped: 0" in printed, printed


def test_typescript_compiles_and_calls_the_hub(stack: Stack) -> None:
    run(stack, "typescript", "npm", "run", "build")
    printed = run(stack, "typescript", "npm", "test")
    assert "# pass 2\n" in printed, printed


def run(stack: Stack, language: str, *command: str) -> str:
    """Run a command in a client's folder, which finds the hub in its environment, and return what it prints."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"this machine has no {command[0]}")
    who = identity(stack.installation, "client")
    environment = os.environ | {
        "LANDHUB_ADDRESS": who.address,
        "LANDHUB_CA": str(who.ca),
        "LANDHUB_CERTIFICATE": str(who.certificate),
        "LANDHUB_KEY": str(who.key),
        "LANDHUB_PLOT": SINGLE_OWNER,
    }
    done = subprocess.run(
        command, cwd=CLIENTS / language, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=COMPILE_AND_CALL_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"
    return done.stdout
