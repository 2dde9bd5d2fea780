"""`signer-agent doctor` names what is wrong with an installation, each with what to do, and never a secret."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_agent.__main__ import main
from signer_agent.doctor.examine import examine
from signer_agent.doctor.findings import Finding, Verdict
from signer_agent.exchange import read_journal_key
from signer_agent.installation import Plan, create
from signer_agent.journal_file import Draft, JournalFile
from signer_agent.journal_record import Entry, Phase
from tests.unit.agent.support import ACTIVE, CHAIN, DAY, NOON, Keys, SetClock, put_private

Examine = Callable[..., dict[str, list[tuple[str, str]]]]
PLENTY = 1 << 40


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Path:
    """An installation that has served: a key, a rule for it, a journal of three records."""
    folder = tmp_path_factory.mktemp("doctor")
    directory = folder / "agent"
    (folder / "audit.pub").write_bytes(public_pem())
    plan = Plan(directory=directory, listen="127.0.0.1:1", hub_audit_key=folder / "audit.pub")
    create(plan, clock=SetClock())
    for end in ("crt", "key"):
        put_private(directory / f"keys/certificates/{ACTIVE}.{end}", (keys.folder / f"{ACTIVE}.{end}").read_bytes())
    put_private(directory / "keys/crm.pub", public_pem())
    add(directory, '[attestation_keys.crm-key]\npublic_key = "keys/crm.pub"\ncaller = "crm"\n' + rule("contracts"))
    journal = JournalFile.open(
        folder=directory / "state",
        chain=CHAIN,
        key=read_journal_key(directory / "keys/journal.key"),
        clock=SetClock(),
        on_record=lambda _record: None,
    )
    for number in range(3):
        journal.append([Draft(entry=Entry(phase=Phase.SIGNED, request_id=f"r{number}"), attachment=b"cms")])
    journal.close()
    return directory


@pytest.fixture
def directory(tmp_path: Path, made: Path) -> Path:
    """A copy that may be spoilt."""
    shutil.copytree(made, tmp_path / "agent")
    return tmp_path / "agent"


def public_pem() -> bytes:
    key = Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def rule(name: str, **changes: str) -> str:
    words = {
        "certificates": '["*"]',
        "callers": '["crm"]',
        "document_kinds": '["CONTRACT"]',
        "attested_by": '"caller"',
        **changes,
    }
    return "\n".join(["[[rules]]", f'name = "{name}"', *(f"{key} = {value}" for key, value in words.items()), ""])


def add(directory: Path, text: str) -> None:
    with (directory / "signer-agent.toml").open("a") as file:
        file.write("\n" + text)


def change(directory: Path, old: str, new: str) -> None:
    path = directory / "signer-agent.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def look(directory: Path, *, after: timedelta = timedelta(), free: int = PLENTY) -> list[Finding]:
    found = examine(directory, clock=SetClock(NOON + after), free_bytes=lambda _path: free)
    assert all(finding.remedy for finding in found if finding.verdict is not Verdict.OK)
    return found


def wrong(directory: Path, *, after: timedelta = timedelta(), free: int = PLENTY) -> list[str]:
    """What is found beside that no agent runs: verdict, what was looked at, and how it is."""
    found = look(directory, after=after, free=free)
    assert found[-1].check == "agent"
    return [f"{each.verdict} {each.check}: {each.told}" for each in found[:-1] if each.verdict is not Verdict.OK]


def test_an_installation_in_order_has_nothing_wrong(made: Path, keys: Keys) -> None:
    assert wrong(made) == []
    told = {finding.check: finding.told for finding in look(made)}
    assert told["settings"] == "agent agent; keys in gost_file; 1 rules"
    assert told["journal"].startswith("3 records are whole, and 1 checkpoints")
    assert told["keys"] == "1 are good for more than 30 days"
    assert told["channel"] == "3 are good for more than 30 days"


def test_the_command_tells_people_in_lines_and_a_sum_and_machines_in_json(
    directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signer_agent.cli.doctor.SystemClock", SetClock)  # what is looked at was made at noon
    assert main(["doctor", str(directory)]) == 0
    out = capsys.readouterr().out
    assert "warn  agent: nothing serves at 127.0.0.1:1\n      > signer-agent serve" in out
    assert out.splitlines()[-1].endswith("1 to be seen to, 0 failed")

    (directory / "pki/ca.crt").unlink()
    assert main(["doctor", str(directory), "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["verdict"] for line in lines if line["check"] == "channel"} == {"fail"}


def test_no_secret_is_printed(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", str(made)])
    told = "".join(capsys.readouterr())
    for path in made.rglob("*.key"):
        assert path.read_text().splitlines()[1] not in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[nonsense]\n", "nonsense"),
        (rule("zero", cap_per_day="0"), "rules.1.cap_per_day"),
        (rule("zero", max_content_bytes="0"), "rules.1.max_content_bytes"),
        (rule("none", formats="[]"), "rules.1.formats"),
        (rule("letters", document_kinds='["LETTER"]'), "rules.1.document_kinds.0"),
        (rule("nobody", callers="[]"), "rules.1.callers"),
    ],
)
def test_settings_that_cannot_be_used_are_all_that_is_told(directory: Path, text: str, said: str) -> None:
    add(directory, text)
    (found,) = look(directory)
    assert (found.check, found.verdict) == ("settings", Verdict.FAIL)
    assert said in found.told


def test_public_keys_that_the_settings_name_in_vain_fail(directory: Path) -> None:
    (directory / "keys/crm.pub").unlink()
    (directory / "pki/hub-audit.pub").write_bytes(b"no key")
    assert [line.split(" is no public key")[0] for line in wrong(directory)] == [
        f"fail settings: {directory}/keys/crm.pub",
        f"fail settings: {directory}/pki/hub-audit.pub",
    ]


def test_keys_open_to_others_and_folders_that_others_write_fail(directory: Path) -> None:
    (directory / "pki/ca.key").chmod(0o640)
    (directory / "keys").chmod(0o777)
    assert wrong(directory) == [
        f"fail files: {directory}/pki/ca.key is open to others (mode 0640)",
        f"fail files: {directory}/keys can be written by others",
    ]


def test_a_key_that_is_not_the_certificates_fails(directory: Path) -> None:
    shutil.copy(directory / "pki/hub.key", directory / "pki/server.key")
    (line,) = wrong(directory)
    assert line.startswith("fail channel: server.crt and server.key can't be used")


@pytest.mark.parametrize(
    ("days_left", "verdict", "said"),
    [(20, "warn", "it expires in 20 days"), (0.5, "fail", "it expires within a day"), (-2, "fail", "it expired on")],
)
def test_certificates_of_the_channel_that_run_out_are_told_ahead(
    directory: Path, days_left: float, verdict: str, said: str
) -> None:
    end = x509.load_pem_x509_certificate((directory / "pki/server.crt").read_bytes()).not_valid_after_utc
    lines = wrong(directory, after=end - NOON - days_left * DAY)
    assert any(line.startswith(f"{verdict} channel server.crt: {said}") for line in lines)


def test_a_list_of_revoked_clients_that_is_not_there_lets_nobody_in(directory: Path) -> None:
    change(directory, "[tls]\n", '[tls]\nclient_crl = "pki/hub.crl"\n')
    assert wrong(directory) == ["fail channel hub.crl: it can't be read: no client is let in"]


def test_a_signing_certificate_that_runs_out_is_told_ahead_and_then_fails_its_rule(directory: Path, keys: Keys) -> None:
    seller = keys.thumbprints[ACTIVE]
    change(directory, 'certificates = ["*"]\ncallers', f'certificates = ["{seller}"]\ncallers')
    (soon,) = (line for line in wrong(directory, after=340 * DAY) if "key" in line)
    assert soon.startswith(f"warn key {seller}: it expires in 24 days")
    expired = wrong(directory, after=400 * DAY)
    assert any(line.startswith(f"fail key {seller}: it expired on") for line in expired)
    assert f"warn rule contracts: it names certificate {seller}, which has expired" in expired
    assert "warn rule contracts: none of its certificates can be used: it allows nothing" in expired


def test_a_certificate_without_its_key_and_a_folder_without_any_are_told(directory: Path, keys: Keys) -> None:
    (directory / f"keys/certificates/{ACTIVE}.key").unlink()
    assert wrong(directory) == [f"warn key {keys.thumbprints[ACTIVE]}: there is no private key for its certificate"]
    (directory / f"keys/certificates/{ACTIVE}.crt").unlink()
    assert wrong(directory) == ["fail keys: there is no certificate, so nothing can be signed"]
    (directory / "keys/certificates").rmdir()
    assert wrong(directory)[0].startswith("fail keys: ")


def test_a_journal_that_was_altered_or_cut_fails(directory: Path) -> None:
    journal = directory / "state/journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(lines[0] + lines[1].replace(b'"r1"', b'"r7"') + lines[2])
    assert "fail journal: record 2 was altered" in wrong(directory)
    journal.write_bytes(b"".join(lines[:2]))
    assert any("it was cut or rolled back" in line for line in wrong(directory))
    shutil.rmtree(directory / "state")
    (directory / "state").mkdir(mode=0o700)
    (line,) = wrong(directory)
    assert line.startswith("warn journal: there is none yet")
    (directory / "keys/journal.key").unlink()
    assert any(line.startswith("fail journal: ") for line in wrong(directory))


def test_a_clock_behind_the_journal_fails(directory: Path) -> None:
    assert wrong(directory, after=-timedelta(seconds=4)) == []
    (line,) = wrong(directory, after=-timedelta(seconds=6))
    assert line.startswith("fail clock: it stands behind the journal")


@pytest.mark.parametrize(("free", "verdict"), [(1 << 20, "fail"), (1 << 29, "warn")])
def test_little_room_for_the_journal_is_told(directory: Path, free: int, verdict: str) -> None:
    (line,) = wrong(directory, free=free)
    assert line.startswith(f"{verdict} disk: ")


def test_an_installation_without_rules_signs_nothing(directory: Path) -> None:
    change(directory, rule("contracts"), "")
    assert "warn rules: there are none: every signature is refused" in wrong(directory)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rule("bank", callers='["bank"]'), "rule bank: no attestation key of bank"),
        (
            rule("gone", certificates=f'["{"1" * 40}"]'),
            f"rule gone: it names certificate {'1' * 40}, which is not held",
        ),
        (rule("again"), "rule again: rule contracts, which stands before it, decides all that it is for"),
        (
            rule(
                "hubs", attested_by='"hub"', allow_hub_attestation="true", cap_per_day="1", document_kinds='["OTHER"]'
            ),
            "rule hubs: rule contracts guards all of its certificates by a better word",
        ),
        (
            '[attestation_keys.idle]\npublic_key = "keys/crm.pub"\ncaller = "idle"\n',
            "attestation key idle: it is of idle, from whom no rule wants an attestation",
        ),
    ],
)
def test_rules_that_can_never_allow_anything_are_told(directory: Path, text: str, said: str) -> None:
    add(directory, text)
    assert any(line.startswith(f"warn {said}") for line in wrong(directory))


def test_rules_that_differ_in_anything_are_left_alone(directory: Path) -> None:
    add(directory, rule("consents", document_kinds='["SPOUSE_CONSENT"]') + rule("t", formats='["CADES_T_DETACHED"]'))
    assert wrong(directory) == []
