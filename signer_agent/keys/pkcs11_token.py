"""RSA and ECDSA keys of a token by its PKCS#11 module. GOST tokens need their vendors' own mechanisms: not here yet."""

from collections.abc import Callable

from gost.certificate import PublicKeyAlgorithm
from signer_agent.errors import SettingsError
from signer_agent.keys.native_backend import NativeBackend, NativeKind
from signer_agent.keys.pins import Pins
from signer_agent.keys.settings import Pkcs11Settings
from signer_agent.keys.workers import Workers


def pkcs11_backend(*, settings: Pkcs11Settings, pins: Pins, monotonic: Callable[[], float]) -> NativeBackend:
    """The certificates of one token and the keys with their CKA_ID.

    Raises:
        SettingsError: the module or the token's label is not named, or the module can't be loaded.
    """
    if settings.module is None or not settings.token_label:
        raise SettingsError("keys.pkcs11 needs module and token_label")
    pins.check()
    workers = Workers(
        place={"kind": "pkcs11", "module": str(settings.module), "token_label": settings.token_label},
        count=1,  # two processes at one token were seen to fail now and then
        max_resident_bytes=settings.max_worker_mib * 1024 * 1024,
        wait_seconds=settings.wait_seconds,
        timeout_seconds=settings.timeout_seconds,
    )
    kind = NativeKind(
        name="pkcs11",
        algorithms=(PublicKeyAlgorithm.RSA, PublicKeyAlgorithm.ECDSA),
        shares_pin=True,
        store=settings.token_label,
        rescan_seconds=settings.rescan_seconds,
    )
    return NativeBackend(kind=kind, workers=workers, pins=pins, monotonic=monotonic)
