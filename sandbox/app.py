"""One running sandbox: puts its parts together and starts and stops them."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol

from cryptography.fernet import Fernet, MultiFernet

from sandbox import yookassa_notifications
from sandbox.callbacks import CallbackSender
from sandbox.clock import SandboxClock
from sandbox.control import Control
from sandbox.faults import FaultBoard
from sandbox.inbox import Inbox
from sandbox.listener import Listener, open_context, server_context
from sandbox.messages.book import MessageBook
from sandbox.messages.vendors import MessageVendors
from sandbox.otlp import TraceStore
from sandbox.registrations import RegistrationBook
from sandbox.registry import Registry, built_in_plots
from sandbox.sberbank import Login, SberbankGateway
from sandbox.sberbank_callbacks import ATTEMPTS, PAUSE_SECONDS, SECRET, SberbankCallbacks, by_secret
from sandbox.sberbank_orders import OrderBook
from sandbox.settings import SandboxSettings, TlsFiles
from sandbox.tbank import TBankGateway, Terminal
from sandbox.tbank_payments import PaymentBook
from sandbox.test_ca import TestAuthority
from sandbox.timestamp_authority import TimestampAuthority
from sandbox.timestamp_server import TimestampServer
from sandbox.tls import ThrowAwayPki, TlsPair
from sandbox.xml_gateway import XmlGateway
from sandbox.xml_gateway_operations import GatewayOperations
from sandbox.yookassa import Shop, YookassaGateway
from sandbox.yookassa_notifications import YookassaNotifications
from sandbox.yookassa_shop import ShopBook


class _Part(Protocol):
    """What listens."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a client of the gateway needs."""

    ca: Path
    """PEM, of the CA that issued the gateway's certificate."""
    client: TlsPair
    fernet_key: Path
    """A file with the newest shared key, mode 0600."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A running sandbox and its parts, for tests in the same process."""

    gateway: XmlGateway
    sberbank: SberbankGateway
    tbank: TBankGateway
    yookassa: YookassaGateway
    timestamps: TimestampServer | None
    """None when the settings name no CA for it."""
    control: Control
    control_url: str
    """Of the control API and of OTLP (`/v1/traces`)."""
    faults: FaultBoard
    clock: SandboxClock
    registry: Registry
    book: RegistrationBook
    traces: TraceStore
    inbox: Inbox
    messages: MessageVendors
    credentials: Credentials | None
    """None when the settings brought TLS material or keys of their own."""

    @staticmethod
    @asynccontextmanager
    async def start(settings: SandboxSettings) -> AsyncIterator["Sandbox"]:
        """Run a sandbox while the context lasts.

        Raises:
            OSError: a port is taken.
            ValueError: the settings name no such scenario, or a key is not a Fernet key.
            OpenSslError: the timestamp authority's certificates can't be made.
        """
        settings.directory.mkdir(parents=True, exist_ok=True)
        tls, keys, credentials = _credentials(settings)
        clock = SandboxClock(frozen_at=settings.frozen_at)
        faults = FaultBoard(seed=settings.seed)
        registry = Registry(built_in_plots())
        traces = TraceStore()
        inbox = Inbox()
        book = _book(settings, clock)
        gateway = _xml_gateway(settings, tls, keys, faults, clock=clock, registry=registry, book=book)
        sberbank = _sberbank(settings, tls, clock, faults)
        tbank = _tbank(settings, tls, clock, faults)
        yookassa = _yookassa(settings, tls, clock, faults)
        timestamps = _timestamps(settings, clock, faults)
        messages = _messages(settings, tls, clock, faults, inbox)
        control = Control(
            clock=clock,
            faults=faults,
            registry=registry,
            book=book,
            gateway=gateway,
            sberbank=sberbank,
            tbank=tbank,
            yookassa=yookassa,
            timestamps=timestamps,
            traces=traces,
            inbox=inbox,
            messages=messages,
        )
        control_listener = Listener(host=settings.host, port=settings.control_port)
        async with AsyncExitStack() as stack:
            await _start(stack, gateway, sberbank, tbank, yookassa, timestamps, messages)
            stack.push_async_callback(control_listener.stop)
            await control_listener.start(control.application())
            yield Sandbox(
                gateway=gateway,
                sberbank=sberbank,
                tbank=tbank,
                yookassa=yookassa,
                timestamps=timestamps,
                control=control,
                control_url=control_listener.url,
                faults=faults,
                clock=clock,
                registry=registry,
                book=book,
                traces=traces,
                inbox=inbox,
                messages=messages,
                credentials=credentials,
            )


async def _start(stack: AsyncExitStack, *parts: "_Part | None") -> None:
    """Start what there is, and have it stopped in the end."""
    for part in filter(None, parts):
        stack.push_async_callback(part.stop)
        await part.start()


def _book(settings: SandboxSettings, clock: SandboxClock) -> RegistrationBook:
    return RegistrationBook(
        path=settings.directory / "ledger.jsonl",
        clock=clock,
        step_seconds=settings.step_seconds,
        default_scenario=settings.default_scenario,
    )


def _xml_gateway(
    settings: SandboxSettings,
    tls: TlsFiles,
    keys: MultiFernet,
    faults: FaultBoard,
    *,
    clock: SandboxClock,
    registry: Registry,
    book: RegistrationBook,
) -> XmlGateway:
    operations = GatewayOperations(
        registry=registry,
        book=book,
        extensions=settings.extensions,
        signature_ca=settings.signature_ca,
        check_crl=settings.check_crl,
    )
    context = server_context(certificate=tls.certificate, key=tls.key, client_ca=tls.client_ca)
    return XmlGateway(
        listener=Listener(host=settings.host, port=settings.gateway_port, tls=context),
        keys=keys,
        clock=clock,
        faults=faults,
        operations=operations,
        allowed_clients=settings.allowed_clients,
        errors_as_http=settings.errors_as_http,
    )


def _sberbank(settings: SandboxSettings, tls: TlsFiles, clock: SandboxClock, faults: FaultBoard) -> SberbankGateway:
    """The acquirer, under the gateway's own certificate; its login is written where a client's settings may name it."""
    login = Login()
    _write_private(settings.directory / "sberbank.password", login.password)
    _write_private(settings.directory / "sberbank.callback", SECRET)
    sender = CallbackSender(name="sberbank", clock=clock, faults=faults, attempts=ATTEMPTS, pause_seconds=PAUSE_SECONDS)
    return SberbankGateway(
        listener=Listener(
            host=settings.host,
            port=settings.sberbank_port,
            tls=open_context(certificate=tls.certificate, key=tls.key),
        ),
        clock=clock,
        faults=faults,
        book=OrderBook(clock=clock),
        login=login,
        callbacks=SberbankCallbacks(sender=sender, sign=by_secret(), url=settings.sberbank_callback_url),
        lowers_deposited=settings.sberbank_lowers_deposited,
        takes_refund_ids=settings.sberbank_takes_refund_ids,
    )


def _messages(
    settings: SandboxSettings, tls: TlsFiles, clock: SandboxClock, faults: FaultBoard, inbox: Inbox
) -> MessageVendors:
    """The vendors of messages, under the certificate of the gateway; their logins are constants of their files."""
    return MessageVendors.create(
        clock=clock,
        faults=faults,
        book=MessageBook(clock=clock, inbox=inbox, step_seconds=settings.message_step_seconds),
        host=settings.host,
        ports=settings.message_ports,
        tls=open_context(certificate=tls.certificate, key=tls.key),
        smsc_at_once=settings.smsc_at_once,
    )


def _tbank(settings: SandboxSettings, tls: TlsFiles, clock: SandboxClock, faults: FaultBoard) -> TBankGateway:
    """The other acquirer, the same way."""
    terminal = Terminal()
    _write_private(settings.directory / "tbank.password", terminal.password)
    return TBankGateway(
        listener=Listener(
            host=settings.host,
            port=settings.tbank_port,
            tls=open_context(certificate=tls.certificate, key=tls.key),
        ),
        clock=clock,
        faults=faults,
        book=PaymentBook(
            clock=clock,
            takes_order_ids_again=settings.tbank_takes_order_ids_again,
            asynchronous_seconds=settings.tbank_asynchronous_seconds,
        ),
        terminal=terminal,
    )


def _yookassa(settings: SandboxSettings, tls: TlsFiles, clock: SandboxClock, faults: FaultBoard) -> YookassaGateway:
    """One more acquirer, the same way."""
    shop = Shop()
    sender = CallbackSender(
        name="yookassa",
        clock=clock,
        faults=faults,
        attempts=yookassa_notifications.ATTEMPTS,
        pause_seconds=yookassa_notifications.PAUSE_SECONDS,
    )
    _write_private(settings.directory / "yookassa.key", shop.secret_key)
    return YookassaGateway(
        listener=Listener(
            host=settings.host,
            port=settings.yookassa_port,
            tls=open_context(certificate=tls.certificate, key=tls.key),
        ),
        clock=clock,
        faults=faults,
        book=ShopBook(clock=clock),
        shop=shop,
        notifications=YookassaNotifications(sender=sender, url=settings.yookassa_notification_url),
        calls_a_second=settings.yookassa_calls_a_second,
        retry_milliseconds=settings.yookassa_retry_milliseconds,
    )


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _timestamps(settings: SandboxSettings, clock: SandboxClock, faults: FaultBoard) -> TimestampServer | None:
    folder = settings.timestamp_ca
    if folder is None:
        return None
    ca = TestAuthority.open(folder) if (folder / "openssl.cnf").exists() else TestAuthority.create(folder)
    return TimestampServer(
        listener=Listener(host=settings.host, port=settings.timestamp_port),
        authority=TimestampAuthority.create(ca),
        clock=clock,
        faults=faults,
    )


def _credentials(settings: SandboxSettings) -> tuple[TlsFiles, MultiFernet, Credentials | None]:
    """TLS files and keys by the settings; what they lack is made in the directory, or found there from before."""
    key_path = settings.directory / "fernet.key"
    if not settings.fernet_keys and not key_path.exists():
        key_path.touch(mode=0o600)
        key_path.write_bytes(Fernet.generate_key())
    texts = settings.fernet_keys or (key_path.read_text(),)
    keys = MultiFernet([Fernet(text) for text in texts])
    if settings.tls is not None:
        return settings.tls, keys, None
    pki = ThrowAwayPki.create(settings.directory)
    server, client = pki.server(), pki.client()
    tls = TlsFiles(certificate=server.certificate, key=server.key, client_ca=pki.ca_path)
    if settings.fernet_keys:
        return tls, keys, None
    return tls, keys, Credentials(ca=pki.ca_path, client=client, fernet_key=key_path)
