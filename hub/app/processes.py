"""What several hub processes of one installation share, and what each has for itself."""

from collections.abc import Iterator

from hub.settings import Settings


def unshareable(settings: Settings) -> Iterator[str]:
    """Yield what keeps the installation from running in several processes, a line each with the setting's path."""
    if settings.server.processes == 1:
        return
    if not settings.storage.url.startswith("postgresql:"):
        yield "server.processes: more than one process needs PostgreSQL; set storage.url, or processes = 1"
    addresses = {
        "server.address": settings.server.address,
        "administration.address": settings.administration.address,
        "web.public_address": settings.web.public_address,
        "web.private_address": settings.web.private_address,
    }
    for name, address in addresses.items():
        if address.endswith(":0"):
            yield f"{name}: several processes can't share a port that is chosen by chance; name one"


def private_address(settings: Settings, process: int | None) -> str:
    """Return the private listener's address: a port for each process, so that each one's metrics can be told apart."""
    address = settings.web.private_address
    if not process:
        return address
    host, _, port = address.rpartition(":")
    return f"{host}:{int(port) + process}"
