"""Somebody else's signature: a detached CAdES-BES made with the OpenSSL command line, as a buyer's own tool would."""

import os
import tempfile
from pathlib import Path

from sandbox.openssl import run_openssl
from sandbox.test_ca import Issued, TestAuthority

_PASSPHRASE_VARIABLE = "SANDBOX_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable, not a secret


def sign_detached(document: bytes, issued: Issued, authority: TestAuthority, *, passphrase: str | None = None) -> bytes:
    """A detached DER CMS (CAdES-BES) over `document`, with the signer's certificate inside.

    Raises:
        OpenSslError: openssl refused, for example because the passphrase is wrong.
    """
    command = ("cms", "-sign", "-binary", "-cades", "-nosmimecap", "-outform", "DER")
    signer = ("-signer", issued.certificate_path, "-inkey", issued.key_path, "-passin", f"env:{_PASSPHRASE_VARIABLE}")
    environment = {_PASSPHRASE_VARIABLE: passphrase or ""}
    return run_openssl((*command, *signer), stdin=document, config=authority.config_path, environment=environment)


def verify_detached(document: bytes, signature: bytes, ca_bundle: Path, *, check_crl: bool = False) -> None:
    """Check a detached CAdES-BES over `document` up to a root in `ca_bundle` (PEM; CRLs may stand in it too).

    Raises:
        OpenSslError: the signature, its reference to its signer's certificate, its chain or (with `check_crl`) the
            revocation status of a certificate in it, the root's included, is not good.
    """
    with tempfile.TemporaryDirectory(prefix="sandbox-verify-") as folder:
        content, signed = Path(folder, "content"), Path(folder, "signature.p7s")
        content.write_bytes(document)
        signed.write_bytes(signature)
        command = ("cms", "-verify", "-engine", "gost", "-cades", "-binary", "-inform", "DER", "-purpose", "any")
        trust = ("-CAfile", ca_bundle, *(("-crl_check", "-crl_check_all") if check_crl else ()))
        run_openssl((*command, "-in", signed, "-content", content, *trust, "-out", os.devnull))
