"""What is made once for each certificate: its templates and its public key; and whether it may sign now."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from gost.cades import CadesTemplate
from gost.certificate import PublicKeyAlgorithm
from gost.errors import GostError
from gost.keys import PublicKey
from gost.xmldsig import SUITES, XmlSignatureTemplate
from signer_agent.errors import InvalidRequestError, NotFoundError, PermissionDeniedError, PreconditionError
from signer_agent.forms import assembled, check_form, to_be_signed
from signer_agent.keys.port import HeldCertificate, KeyBackend
from signer_agent.model import SigningRequest

MAX_SIGNERS: Final = 512  # certificates whose template is kept; some 5 KiB each

Sign = Callable[[str, bytes], bytes]
"""Uses the private key of a thumbprint; see `KeyBackend.sign`."""


class Signer:
    """One certificate ready to sign. Safe to share between threads."""

    def __init__(self, *, held: HeldCertificate, backend: KeyBackend, sign: Sign) -> None:
        self.held = held
        self.signs_in_process = backend.signs_in_process
        self.is_quick = (
            self.signs_in_process and held.facts.public_key_algorithm is PublicKeyAlgorithm.GOST_R_34_10_2012_256
        )
        """Whether a signature takes less than the way to a thread and back."""
        self.template = CadesTemplate(certificate=held.facts)
        signs_xml = held.facts.public_key_algorithm in {suite.key for suite in SUITES}
        self._xml = XmlSignatureTemplate(certificate=held.facts) if signs_xml else None
        self.public_key = PublicKey.from_certificate(held.facts)
        self._backend = backend
        self._sign = sign

    @property
    def algorithm(self) -> PublicKeyAlgorithm:
        """The key's."""
        return self.held.facts.public_key_algorithm

    def sign(self, to_be_signed: bytes) -> bytes:
        """Use the private key; see `KeyBackend.sign`."""
        return self._sign(self.held.facts.thumbprint, to_be_signed)

    @property
    def signs_documents(self) -> bool:
        """Whether the key's tool wants whole documents; see `KeyBackend.signs_documents`."""
        return self._backend.signs_documents(self.held.facts.thumbprint)

    def sign_document(self, document: Path) -> bytes:
        """See `KeyBackend.sign_document`."""
        return self._backend.sign_document(self.held.facts.thumbprint, document)

    def to_be_signed(self, request: SigningRequest, signing_time: datetime) -> bytes:
        """The bytes to sign for a request in its format."""
        return to_be_signed(request, self.template, self._xml, signing_time)

    def assembled(self, request: SigningRequest, signed: bytes, signature: bytes) -> bytes:
        """What is handed out of their signature."""
        return assembled(request, self.template, self._xml, signed, signature)

    def check_usable(self, request: SigningRequest, *, now: datetime) -> None:
        """Refuse what this certificate can't sign, or not now.

        Raises:
            InvalidRequestError: DIGEST_NOT_FITTING, or the format doesn't go with the rest of the request.
            PreconditionError: CERTIFICATE_NOT_VALID_NOW, PRIVATE_KEY_MISSING or PIN_REQUIRED.
            PermissionDeniedError: POLICY_REFUSED, the certificate is not for signing.
        """
        facts = self.held.facts
        fitting = self.template.digest_algorithm
        if request.digest_algorithm is not fitting or len(request.digest) != fitting.size_bytes:
            raise InvalidRequestError(
                f"this certificate's key signs {fitting.size_bytes} bytes of {fitting.name}: hash the document with it",
                reason="DIGEST_NOT_FITTING",
            )
        check_form(request, self._xml, now=now)
        named = {"thumbprint": facts.thumbprint}
        if not facts.may_sign:
            raise PermissionDeniedError(
                "the certificate's keyUsage allows no signatures: use another certificate", reason="POLICY_REFUSED"
            )
        if not facts.not_before <= now <= facts.not_after:
            raise PreconditionError(
                "the certificate has expired or is not valid yet: use another certificate",
                reason="CERTIFICATE_NOT_VALID_NOW",
                metadata=named,
            )
        if self.held.locked:
            raise PreconditionError(
                "the key does not open: give the agent its passphrase or run `signer-agent unlock`",
                reason="PIN_REQUIRED",
                metadata=named,
            )
        if not self.held.has_private_key:
            raise PreconditionError(
                "the certificate is there without its private key: see `signer-agent keys`",
                reason="PRIVATE_KEY_MISSING",
                metadata=named,
            )


class Signers:
    """All certificates of a key backend, ready to sign. One event loop uses it."""

    def __init__(self, *, backend: KeyBackend, timed: Callable[[Sign], Sign] = lambda sign: sign) -> None:
        self._backend = backend
        self._sign = timed(backend.sign)
        self._made: dict[str, Signer] = {}

    def find(self, thumbprint: str) -> Signer:
        """The signer of a certificate as the backend has it now.

        Raises:
            NotFoundError: CERTIFICATE_NOT_FOUND.
            PreconditionError: its key is of a kind nobody here can use.
        """
        held = self._backend.certificates().get(thumbprint)
        if held is None:
            raise NotFoundError(
                "this agent has no such certificate: ListCertificates tells what it has",
                reason="CERTIFICATE_NOT_FOUND",
                metadata={"thumbprint": thumbprint},
            )
        made = self._made.get(thumbprint)
        if made is None or made.held is not held:
            if len(self._made) >= MAX_SIGNERS:
                self._made.clear()
            made = self._made[thumbprint] = _make(held, self._backend, self._sign)
        return made


def _make(held: HeldCertificate, backend: KeyBackend, sign: Sign) -> Signer:
    try:
        return Signer(held=held, backend=backend, sign=sign)
    except GostError as error:
        raise PreconditionError(
            "this certificate's key is of a kind that can't be used: get another certificate",
            reason="PRIVATE_KEY_MISSING",
            metadata={"thumbprint": held.facts.thumbprint},
        ) from error
