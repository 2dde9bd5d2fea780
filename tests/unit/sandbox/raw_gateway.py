"""A raw client of the gateway, written from docs/modules/rosreestr.md alone."""

import base64
import dataclasses
import io
import ssl
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from cryptography.fernet import Fernet
from lxml import etree

from sandbox.app import Sandbox

DATE = "<RequestDate>2026-11-23T09:00:00Z</RequestDate>"
PLOT = "50:20:0010101:101"


def cadastral_request(number: str = PLOT) -> str:
    """A `CadastralRequest`."""
    kind = "<RequestType>GetLandPlotInfo</RequestType>"
    return f"<CadastralRequest>{kind}<CadastralNumber>{number}</CadastralNumber>{DATE}</CadastralRequest>"


def ownership_request(number: str = PLOT) -> str:
    """An `OwnershipRequest`."""
    kind = "<RequestType>CheckOwnershipRights</RequestType>"
    return f"<OwnershipRequest>{kind}<CadastralNumber>{number}</CadastralNumber>{DATE}</OwnershipRequest>"


def document(content: bytes = b"contract", *, signatures: Sequence[bytes] = (), kind: str = "CONTRACT") -> str:
    """A `Document`."""
    signed = "".join(f"<Signature>{base64.b64encode(item).decode()}</Signature>" for item in signatures)
    body = f"<Content>{base64.b64encode(content).decode()}</Content>{signed}"
    return f"<Document><Kind>{kind}</Kind><FileName>contract.pdf</FileName>{body}</Document>"


def registration_request(
    reference: str | None = "ref-1",
    *,
    contract: str = "17/2026",
    price: str = "1500000.00",
    plot: str = PLOT,
    documents: str = "",
    date: str = DATE,
) -> str:
    """A `RegistrationRequest`."""
    told = "" if reference is None else f"<ClientReference>{reference}</ClientReference>"
    filed = f"<Documents>{documents}</Documents>" if documents else ""
    return (
        f"<RegistrationRequest><RequestType>RegisterRightTransfer</RequestType>{told}"
        f"<Contract><Number>{contract}</Number><Date>2026-11-20</Date><Price>{price}</Price></Contract>"
        "<Seller><INN>502099000124</INN><FullName>Тестов Иван Образцович</FullName></Seller>"
        "<Buyer><FullName>Примерова Анна Макетовна</FullName></Buyer>"
        f"<LandPlot><CadastralNumber>{plot}</CadastralNumber></LandPlot>{filed}{date}</RegistrationRequest>"
    )


def status_request(*, request_id: str | None = None, reference: str | None = None) -> str:
    """A `StatusRequest` by one of the two."""
    key = f"<RequestID>{request_id}</RequestID>" if request_id else f"<ClientReference>{reference}</ClientReference>"
    return f"<StatusRequest><RequestType>GetRegistrationStatus</RequestType>{key}{DATE}</StatusRequest>"


def documents_request(request_id: str, *documents: str, reference: str = "docs-1") -> str:
    """A `DocumentsRequest`."""
    keys = f"<RequestID>{request_id}</RequestID><ClientReference>{reference}</ClientReference>"
    filed = f"<Documents>{''.join(documents)}</Documents>"
    return f"<DocumentsRequest><RequestType>AddDocuments</RequestType>{keys}{filed}{DATE}</DocumentsRequest>"


def withdrawal_request(request_id: str) -> str:
    """A `WithdrawalRequest`."""
    kind = "<RequestType>WithdrawRegistration</RequestType>"
    return f"<WithdrawalRequest>{kind}<RequestID>{request_id}</RequestID>{DATE}</WithdrawalRequest>"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer and, if it was a token, the document inside."""

    status: int
    headers: dict[str, str]
    body: bytes
    document: bytes | None

    @property
    def root(self) -> etree._Element:
        """The document's root element."""
        assert self.document is not None
        return etree.fromstring(self.document, etree.XMLParser(resolve_entities=False))

    def text(self, path: str) -> str | None:
        """The text of an element."""
        return self.root.findtext(path)


class RawGateway:
    """Posts XML to a sandbox's gateway."""

    def __init__(self, *, url: str, session: aiohttp.ClientSession, fernet: Fernet) -> None:
        self._url = url
        self.session = session
        self._fernet = fernet

    async def post(self, path: str, document: str, *, timeout_seconds: float = 10) -> Answer:
        """Post a document under Fernet and open the answer."""
        token = self._fernet.encrypt(document.encode())
        return await self.post_bytes(path, token, timeout_seconds=timeout_seconds)

    async def post_bytes(
        self, path: str, body: bytes, *, content_type: str = "application/xml", timeout_seconds: float = 10
    ) -> Answer:
        """Post any bytes."""
        async with self.session.post(
            self._url + path,
            data=io.BytesIO(body),
            headers={"Content-Type": content_type},
            timeout=aiohttp.ClientTimeout(total=timeout_seconds),
        ) as response:
            got = await response.read()
            return Answer(
                status=response.status,
                headers=dict(response.headers),
                body=got,
                document=self._fernet.decrypt(got) if got.startswith(b"gAAAA") else None,
            )

    async def submit(self, reference: str | None = "ref-1", *, contract: str = "17/2026") -> str:
        """Submit the usual deal and return its RequestID."""
        answer = await self.post("/registration/submit", registration_request(reference, contract=contract))
        request_id = answer.text("RequestID")
        assert request_id is not None
        return request_id

    async def status(self, request_id: str) -> Answer:
        """Ask for a registration's status."""
        return await self.post("/registration/status", status_request(request_id=request_id))


def client_context(ca: Path, certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """TLS as a client of the gateway does it."""
    context = ssl.create_default_context(cafile=str(ca))
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


def connect(sandbox: Sandbox) -> RawGateway:
    """A client with the credentials the sandbox made; close its `session`."""
    credentials = sandbox.credentials
    assert credentials is not None
    tls = client_context(credentials.ca, credentials.client.certificate, credentials.client.key)
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls))
    return RawGateway(url=sandbox.gateway.url, session=session, fernet=Fernet(credentials.fernet_key.read_bytes()))
