"""What the tests of the cryptopro backend share."""

import pytest

from gost.keys import PublicKey
from sandbox.csp.setup import EmulatedHost
from signer_agent.keys.cryptopro import CryptoproBackend
from signer_agent.keys.port import KeyBackendError

ATTRIBUTES = b"1\x81attributes"


def signs(backend: CryptoproBackend, thumbprint: str) -> bool:
    facts = backend.certificates()[thumbprint.upper()].facts
    return PublicKey.from_certificate(facts).verify(ATTRIBUTES, backend.sign(thumbprint.upper(), ATTRIBUTES))


def failure(backend: CryptoproBackend, thumbprint: str) -> KeyBackendError:
    with pytest.raises(KeyBackendError) as caught:
        backend.sign(thumbprint.upper(), ATTRIBUTES)
    return caught.value


def words(host: EmulatedHost) -> list[str]:
    return [word for call in host.machine.calls() for word in call["argv"]]
