"""`python -m sandbox`: the simulators on loopback until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from sandbox.app import Sandbox
from sandbox.messages.vendors import DEFAULT_PORTS
from sandbox.openssl import OpenSslError
from sandbox.sberbank_wire import Dialect
from sandbox.scenarios import SCENARIOS
from sandbox.settings import PLAIN_GATEWAY, Extensions, SandboxSettings, TlsFiles


def main() -> None:
    """Read the options and run."""
    options = _parser().parse_args()
    try:
        asyncio.run(_run(_settings(options), options.port_file))
    except (OSError, OpenSslError) as error:
        raise SystemExit(f"the sandbox could not start: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Simulators of every provider on loopback.")
    parser.add_argument("--dir", type=Path, default=Path("build/sandbox"), help="ledger and made credentials")
    parser.add_argument("--port-file", type=Path, help="write the line of addresses there too")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--gateway-port", type=int, default=7500, help="0: any free port")
    parser.add_argument("--sberbank-port", type=int, default=7501, help="the acquirer; 0: any free port")
    parser.add_argument("--tbank-port", type=int, default=7503, help="another acquirer; 0: any free port")
    parser.add_argument("--yookassa-port", type=int, default=7504, help="one more acquirer; 0: any free port")
    parser.add_argument(
        "--sberbank-callback-url", default="", help="where the acquirer calls back; nowhere if not given"
    )
    parser.add_argument("--yookassa-notification-url", default="", help="where YooKassa tells of what happened")
    parser.add_argument("--timestamp-port", type=int, default=7502, help="the timestamp authority; 0: any free port")
    for name, port in DEFAULT_PORTS.items():
        parser.add_argument(f"--{name.replace('_', '-')}-port", type=int, default=port, help="a vendor of messages")
    parser.add_argument("--timestamp-ca", type=Path, help="folder of the GOST CA that it is of; DIR/gost if not given")
    parser.add_argument("--control-port", type=int, default=7490, help="control, OTLP/HTTP; 0: any free port")
    parser.add_argument(
        "--tls-certificate", type=Path, help="PEM; with --tls-key and --client-ca, instead of made ones"
    )
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--client-ca", type=Path, help="PEM bundle of the CAs whose clients may connect")
    parser.add_argument("--fernet-key-file", type=Path, action="append", default=[], help="newest first; repeatable")
    parser.add_argument("--allow-client", action="append", default=[], help="common name let in; repeatable")
    parser.add_argument("--signature-ca", type=Path, help="PEM bundle: verify every document signature against it")
    parser.add_argument("--check-crl", action="store_true", help="the bundle holds CRLs: check signers against them")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="straight")
    parser.add_argument("--step-seconds", type=float, default=1.0, help="how long each status lasts")
    parser.add_argument("--plain", action="store_true", help="the gateway without landhub's extensions")
    parser.add_argument("--errors-as-http", action="store_true", help="tell errors by HTTP status, not under 200")
    parser.add_argument("--seed", type=int, default=0, help="of faults by probability")
    return parser


def _settings(options: argparse.Namespace) -> SandboxSettings:
    tls_paths = (options.tls_certificate, options.tls_key, options.client_ca)
    if any(tls_paths) and not all(tls_paths):
        raise SystemExit("give --tls-certificate, --tls-key and --client-ca together")
    return SandboxSettings(
        directory=options.dir,
        host=options.host,
        gateway_port=options.gateway_port,
        sberbank_port=options.sberbank_port,
        tbank_port=options.tbank_port,
        yookassa_port=options.yookassa_port,
        yookassa_notification_url=options.yookassa_notification_url,
        sberbank_callback_url=options.sberbank_callback_url,
        timestamp_port=options.timestamp_port,
        control_port=options.control_port,
        message_ports={name: getattr(options, f"{name}_port") for name in DEFAULT_PORTS},
        timestamp_ca=options.timestamp_ca or options.dir / "gost",
        tls=TlsFiles(certificate=tls_paths[0], key=tls_paths[1], client_ca=tls_paths[2]) if all(tls_paths) else None,
        fernet_keys=tuple(path.read_text().strip() for path in options.fernet_key_file),
        allowed_clients=frozenset(options.allow_client) or None,
        extensions=PLAIN_GATEWAY if options.plain else Extensions(),
        signature_ca=options.signature_ca,
        check_crl=options.check_crl,
        default_scenario=options.scenario,
        step_seconds=options.step_seconds,
        errors_as_http=options.errors_as_http,
        seed=options.seed,
    )


async def _run(settings: SandboxSettings, port_file: Path | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Sandbox.start(settings) as sandbox:
        line = json.dumps(_addresses(sandbox))
        if port_file is not None:
            await asyncio.to_thread(_write_whole, port_file, line)
        print(line, flush=True)
        await stop.wait()


def _addresses(sandbox: Sandbox) -> dict[str, str]:
    """What the line tells: URLs, and the files a client of the gateway needs if they were made here."""
    addresses = {
        "gateway_url": sandbox.gateway.url,
        "sberbank_url": sandbox.sberbank.api_url(Dialect.ECOM),
        "sberbank_classic_url": sandbox.sberbank.api_url(Dialect.CLASSIC),
        "tbank_url": sandbox.tbank.api_url,
        "yookassa_url": sandbox.yookassa.api_url,
        "control_url": sandbox.control_url,
        "otlp_traces_url": f"{sandbox.control_url}/v1/traces",
    }
    addresses |= {f"{name}_url": url for name, url in sandbox.messages.urls().items()}
    if sandbox.timestamps is not None:
        addresses["timestamp_url"] = sandbox.timestamps.url
    if sandbox.credentials is not None:
        addresses |= {
            "ca": str(sandbox.credentials.ca),
            "client_certificate": str(sandbox.credentials.client.certificate),
            "client_key": str(sandbox.credentials.client.key),
            "fernet_key_file": str(sandbox.credentials.fernet_key),
        }
    return addresses


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text + "\n")
    partial.replace(path)


if __name__ == "__main__":
    main()
