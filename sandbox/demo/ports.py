"""Where the demo listens, and a clear word when a port is taken."""

import dataclasses
import errno
import socket
from collections.abc import Mapping

HOST = "127.0.0.1"


class PortTakenError(Exception):
    """Somebody else listens there; the message names the port and what to do."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One port for each listener, on loopback."""

    hub: int = 7443
    administration: int = 7442
    public: int = 7480
    private: int = 7481
    agent: int = 7444
    control: int = 7490
    gateway: int = 7500
    sberbank: int = 7501
    timestamps: int = 7502
    tbank: int = 7503
    yookassa: int = 7504
    smsc: int = 7510
    smsru: int = 7511
    smsaero: int = 7512
    unisender_go: int = 7513
    telegram: int = 7514
    max: int = 7515
    generic_http: int = 7516
    smtp: int = 7517

    @classmethod
    def from_base(cls, base: int) -> "Ports":
        """All of them in a row."""
        return cls(**{field.name: base + index for index, field in enumerate(dataclasses.fields(cls))})

    def by_name(self) -> Mapping[str, int]:
        """The ports by the name of their listener."""
        return dataclasses.asdict(self)

    def check_free(self) -> None:
        """See that all can be had.

        Raises:
            PortTakenError: one can't.
        """
        for name, port in self.by_name().items():
            try:
                socket.create_server((HOST, port)).close()
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                raise PortTakenError(
                    f"port {port} ({name}) is in use: end what listens there, or move all with make demo PORT_BASE=N"
                ) from error
