"""The cryptopro backend over an emulated host."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gost.certificate import CertificateFacts, read_certificate
from sandbox.csp.setup import EmulatedHost
from signer_agent.keys.cryptopro import CryptoproBackend
from signer_agent.keys.pins import Pins
from signer_agent.keys.settings import CryptoproSettings
from tests.contract.key_backend_contract import KeyRig
from tests.support.csp import SELLER, Authorities

TOKEN = "Aktiv Rutoken ECP 00 00"
TIMEOUT_SECONDS = 20.0  # of a run; tests that wait for it to pass set a short one


class SetTime:
    """Monotonic seconds that are moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def no_reference(reference: str) -> bytes:
    raise AssertionError(reference)


def make_backend(
    host: EmulatedHost,
    *,
    pin: str = "",
    resolve: Callable[[str], bytes] = no_reference,
    monotonic: SetTime | None = None,
    **settings: Any,
) -> CryptoproBackend:
    time = monotonic or SetTime()
    table = {"tools": host.bin, "timeout_seconds": TIMEOUT_SECONDS, **settings}
    return CryptoproBackend(
        settings=CryptoproSettings.model_validate(table),
        pins=Pins(default=pin, by_thumbprint={}, resolve=resolve, monotonic=time),
        folder=host.folder / "private",
        monotonic=time,
    )


class CryptoproRig(KeyRig):
    def __init__(self, folder: Path, authorities: Authorities) -> None:
        self.host = EmulatedHost.create(folder, authorities.small)
        self.authorities = authorities
        self.host.add(authorities.seller, authorities.small, name="Продавцов", reader=TOKEN)
        self.host.add(authorities.organisation, authorities.big, linked=False)
        self.seller = read_certificate(authorities.seller.certificate_pem)
        self.bare = read_certificate(authorities.organisation.certificate_pem)
        self.time = SetTime()
        self.backend: CryptoproBackend = make_backend(self.host, monotonic=self.time)

    def take_away(self) -> None:
        self.host.set_present(self.seller.thumbprint, present=False)

    def put_back(self) -> None:
        self.host.set_present(self.seller.thumbprint, present=True)

    def add(self) -> CertificateFacts:
        issued = self.authorities.small.issue(f"added-{self.host.folder.parent.name}", SELLER)
        self.host.add(issued, self.authorities.small)
        return read_certificate(issued.certificate_pem)

    def refresh(self) -> None:
        self.time.seconds += 100
        self.backend.refresh()
