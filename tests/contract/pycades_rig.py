"""The pycades backend over an emulated host, its library in real worker processes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gost.certificate import CertificateFacts
from sandbox.csp.setup import EmulatedHost
from signer_agent.keys.native_backend import NativeBackend
from signer_agent.keys.pins import Pins
from signer_agent.keys.pycades import pycades_backend
from signer_agent.keys.settings import PycadesSettings
from tests.contract.cryptopro_rig import TIMEOUT_SECONDS, CryptoproRig, SetTime, no_reference
from tests.contract.key_backend_contract import KeyRig
from tests.support.csp import Authorities


def make_pycades(
    host: EmulatedHost,
    *,
    pin: str = "",
    resolve: Callable[[str], bytes] = no_reference,
    monotonic: SetTime | None = None,
    **settings: Any,
) -> NativeBackend:
    time = monotonic or SetTime()
    table = {"python_path": host.python, "timeout_seconds": TIMEOUT_SECONDS, **settings}
    return pycades_backend(
        settings=PycadesSettings.model_validate(table),
        pins=Pins(default=pin, by_thumbprint={}, resolve=resolve, monotonic=time),
        monotonic=time,
    )


class PycadesRig(KeyRig):
    def __init__(self, folder: Path, authorities: Authorities) -> None:
        self._tools = CryptoproRig(folder, authorities)  # the same host, whose tools nobody uses
        self.seller, self.bare = self._tools.seller, self._tools.bare
        self.backend: NativeBackend = make_pycades(self._tools.host, monotonic=self._tools.time)

    def take_away(self) -> None:
        self._tools.take_away()

    def put_back(self) -> None:
        self._tools.put_back()

    def add(self) -> CertificateFacts:
        return self._tools.add()

    def refresh(self) -> None:
        self._tools.time.seconds += 100
        self.backend.refresh()
