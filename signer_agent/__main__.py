"""The command line: `signer-agent init | serve | check-config | doctor | keys | sealed | unlock | explain | ...`."""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from evidence.options import add_options as add_evidence_options
from gost.digest import DigestAlgorithm
from signer_agent.app import Agent, journal_chain, make_policy
from signer_agent.cli.doctor import add_options as add_doctor_options
from signer_agent.cli.doctor import doctor
from signer_agent.cli.export import add_options as add_export_options
from signer_agent.cli.export import export, verify_evidence
from signer_agent.cli.sealed import add_options as add_sealed_options
from signer_agent.cli.unlock import add_options as add_unlock_options
from signer_agent.cli.unlock import unlock
from signer_agent.clock import SystemClock
from signer_agent.errors import SettingsError
from signer_agent.installation import Plan, create
from signer_agent.journal_verify import read_public_key, verify_journal
from signer_agent.keys.choice import make_backend
from signer_agent.model import DocumentKind, SignatureFormat, SigningRequest
from signer_agent.settings import Settings, load_settings
from signer_agent.telemetry import configure_logs
from signer_agent.witnessed import read_witnessed


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 if not, 2 for a wrong command line."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except SettingsError as error:
        print(f"signer-agent: {error}", file=sys.stderr)
        return 1


def _init(options: argparse.Namespace) -> int:
    directory: Path = options.directory
    plan = Plan(
        directory=directory,
        name=options.name,
        listen=options.listen,
        hub_audit_key=options.hub_audit_key,
        development=options.dev,
    )
    create(plan, clock=SystemClock())
    print(f"{directory} is ready. Carry pki/ca.crt, pki/hub.crt, pki/hub.key and keys/journal.pub over to the hub;")
    print("put NAME.crt and NAME.key into keys/certificates, write the rules in signer-agent.toml, then run")
    print(f"  signer-agent serve {directory}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    settings = load_settings(options.directory)
    configure_logs(settings.telemetry)
    # Signing gives the interpreter's lock away for 50 µs at a time, and a thread that waits to have it back does so for
    # an interval: at the default of 5 ms two threads that sign wait more than they work.
    sys.setswitchinterval(0.0005)
    return asyncio.run(_serve_until_told(settings, options.directory))


async def _serve_until_told(settings: Settings, directory: Path) -> int:
    agent = Agent.build(settings=settings, directory=directory)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform == "win32":
        signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(stop.set))
    else:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
    try:
        port = await agent.start()
        # What is loaded by now stays, and a signature leaves no circles: don't look for garbage among it so often.
        gc.collect()
        gc.freeze()
        gc.set_threshold(5_000, 10, 10)
        print(f"signer-agent serves on {settings.server.listen.rpartition(':')[0]}:{port}", flush=True)
        await stop.wait()
        print("signer-agent is stopping: no new calls, what was begun is brought to its end", flush=True)
    finally:
        await agent.stop()
    return 0


def _check_config(options: argparse.Namespace) -> int:
    directory: Path = options.directory
    settings = load_settings(directory)
    policy = make_policy(settings, directory)
    backend = make_backend(settings, directory)
    warnings = list(policy.warnings())
    if not settings.rules:
        warnings.append("there are no rules: every signature is refused")
    known = set(backend.certificates())
    named = {name for rule in settings.rules for name in rule.certificates if name != "*"}
    warnings += [f"no certificate {thumbprint} in {settings.keys.backend}" for thumbprint in sorted(named - known)]
    if settings.hub.audit_public_key is None:
        warnings.append("hub.audit_public_key is not set: the hub's audit checkpoints are not countersigned")
    backend.close()
    for warning in warnings:
        print(f"warning: {warning}")
    print(f"{directory}: {len(settings.rules)} rules, {len(known)} certificates, {len(warnings)} warnings")
    return 0


def _keys(options: argparse.Namespace) -> int:
    settings = load_settings(options.directory)
    backend = make_backend(settings, options.directory)
    now = SystemClock().now()
    for thumbprint, held in sorted(backend.certificates().items()):
        facts = held.facts
        state = "locked" if held.locked else "key" if held.has_private_key else "no key"
        valid = "valid" if facts.not_before <= now <= facts.not_after else "not valid now"
        algorithm = facts.public_key_algorithm.name
        print(f"{thumbprint}  {state:7}  {valid} until {facts.not_after:%Y-%m-%d}  {algorithm}  {facts.subject}")
    backend.close()
    return 0


def _explain(options: argparse.Namespace) -> int:
    settings = load_settings(options.directory)
    request = SigningRequest(
        request_id="",
        caller=options.caller,
        document_kind=DocumentKind(options.kind),
        digest=b"",
        digest_algorithm=DigestAlgorithm.STREEBOG_256,
        certificate=options.certificate.upper(),
        format=SignatureFormat(options.format),
    )
    explained = make_policy(settings, options.directory).explain(request, attested_with=options.attested_with)
    for line in explained:
        print(line)
    return 0


def _verify_journal(options: argparse.Namespace) -> int:
    directory: Path = options.directory
    settings = load_settings(directory)
    chain = journal_chain(settings)
    report = verify_journal(
        directory / settings.journal.folder,
        chain=chain,
        public_key=read_public_key(options.public_key or directory / "keys/journal.pub"),
        witnessed=[point for path in options.witnessed for point in read_witnessed(path, chain=chain)],
    )
    for problem in report.problems:
        print(problem)
    print(f"{report.count} records, {report.checkpoints} checkpoints, {len(report.problems)} problems")
    return 1 if report.problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="signer-agent", description="Signs what its own policy allows.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=about)
        added.add_argument("directory", type=Path, help="the installation")
        added.set_defaults(command=command)
        return added

    init = add("init", _init, "make an installation: its CA, certificates, journal key and settings")
    init.add_argument("--dev", action="store_true", help="a short-lived CA, and a rule that signs what the hub says")
    init.add_argument("--name", default="agent", help="names the journal (default: agent)")
    init.add_argument("--listen", default="127.0.0.1:7444", help="host:port (default: 127.0.0.1:7444)")
    init.add_argument("--hub-audit-key", type=Path, help="the hub's keys/audit.pub, to countersign its checkpoints")
    add("serve", _serve, "serve until SIGTERM, then drain")
    add("check-config", _check_config, "read settings, policy and keys, and warn of what looks wrong")
    about = "what is wrong with an installation, or soon will be, and what to do"
    looking = commands.add_parser("doctor", help=about, description=about)
    add_doctor_options(looking)
    looking.set_defaults(command=doctor)
    add("keys", _keys, "list the certificates and whether their keys can be used")
    about = "keep PINs in an encrypted file"
    add_sealed_options(commands.add_parser("sealed", help=about, description=about))
    add_unlock_options(add("unlock", unlock, "give the running agent the PIN of a key, at a terminal, for a time"))
    explain = add("explain", _explain, "tell rule by rule why a request would be allowed or refused")
    explain.add_argument("--certificate", required=True, help="its thumbprint")
    explain.add_argument("--caller", required=True)
    explain.add_argument("--kind", required=True, choices=[kind.value for kind in DocumentKind])
    explain.add_argument(
        "--format",
        default=SignatureFormat.CADES_BES_DETACHED.value,
        choices=[format_.value for format_ in SignatureFormat],
    )
    word = explain.add_mutually_exclusive_group()
    word.add_argument("--attested-with", metavar="NAME", help="its attestation's key_id, as in [attestation_keys]")
    word.add_argument("--not-attested", dest="attested_with", action="store_const", const="", help="it has none")
    verify = add("verify-journal", _verify_journal, "check the journal's chain, checkpoints and signatures")
    verify.add_argument("--public-key", type=Path, help="the journal's (default: the installation's keys/journal.pub)")
    verify.add_argument(
        "--witnessed",
        type=Path,
        action="append",
        default=[],
        help="the hub's state/audit/checkpoints.jsonl, which keeps this journal's; may be given several times",
    )
    add_export_options(add("export", export, "write what proves a signature, one file each"))
    about = "verify such a file offline, with nothing but the keys and roots given here"
    evidence = commands.add_parser("verify-evidence", help=about, description=about)
    add_evidence_options(evidence)
    evidence.set_defaults(command=verify_evidence)
    return parser


if __name__ == "__main__":
    sys.exit(main())
