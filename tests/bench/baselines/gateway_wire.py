"""The gateway's wire as anybody would write it: what both FastAPI baselines and the bare handler send and read."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet
from lxml import etree

FIELDS = (
    "CadastralNumber",
    "Address",
    "Area",
    "Category",
    "PermittedUse",
    "OwnershipType",
    "LastRegistrationDate",
)


class Wire:
    """Seals requests, opens answers, and knows how to connect. `folder` is the rig's, with the provider's files."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"https://localhost:{port}/cadaster/info"
        self.headers = {"Content-Type": "application/xml"}
        self._fernet = Fernet((folder / "fernet.key").read_text().strip())
        self.tls = ssl.create_default_context(cafile=str(folder / "tls/ca.crt"))
        self.tls.load_cert_chain(folder / "tls/client.crt", folder / "tls/client.key")

    def request(self, cadastral_number: str) -> bytes:
        """A sealed CadastralRequest."""
        document = (
            '<?xml version="1.0" encoding="UTF-8"?><CadastralRequest><RequestType>GetLandPlotInfo</RequestType>'
            f"<CadastralNumber>{cadastral_number}</CadastralNumber>"
            f"<RequestDate>{datetime.now(UTC).isoformat()}</RequestDate></CadastralRequest>"
        )
        return self._fernet.encrypt(document.encode())

    def answer(self, body: bytes) -> dict[str, str]:
        """The fields of a sealed CadastralResponse."""
        root = etree.fromstring(self._fernet.decrypt(body))
        return {name: root.findtext(name) or "" for name in FIELDS}
