"""What production refuses, by name."""

from pathlib import Path

import pytest

from hub.app.profile import refusals
from hub.core.clock import SystemClock
from hub.core.ids import Ids
from hub.installation.create import Plan, create
from hub.installation.private_keys import write_private
from hub.settings import load_settings, parse_settings


def installation(folder: Path, *, development: bool) -> Path:
    clock = SystemClock()
    passphrase_file = None if development else folder / "outside" / "passphrase"
    plan = Plan(folder=folder / "hub", development=development, passphrase_file=passphrase_file)
    create(plan, clock=clock, ids=Ids(clock=clock))
    return plan.folder


def refused(text: str, folder: Path = Path("/nowhere")) -> list[str]:
    return list(refusals(parse_settings(text), folder))


def test_a_plain_installation_is_good_for_production(tmp_path: Path) -> None:
    folder = installation(tmp_path, development=False)
    assert list(refusals(load_settings(folder), folder)) == []


def test_a_development_installation_is_refused_in_production_by_each_of_its_parts(tmp_path: Path) -> None:
    folder = installation(tmp_path, development=True)
    text = (folder / "landhub.toml").read_text().replace('profile = "development"', 'profile = "production"')
    told = refused(text, folder)
    for path in ("server.client_ca", "administration.client_ca", "server.certificate", "administration.certificate"):
        assert any(line.startswith(f"{path}: ") and "development CA" in line for line in told)
    for path in ("server.key", "administration.key", "audit.signing_key"):
        assert any(line.startswith(f"{path}: ") and "unencrypted key" in line for line in told)
    assert any(line.startswith("server.reflection: ") for line in told)


def test_a_development_installation_is_good_for_development(tmp_path: Path) -> None:
    folder = installation(tmp_path, development=True)
    assert list(refusals(load_settings(folder), folder)) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost:7500",
        "https://127.0.0.1/api",
        "https://127.8.8.8",
        "https://[::1]:1",
        "127.0.0.1:7500",
        "https://sandbox.vendor.ru",
        "https://api-sandbox.vendor.ru/v1",
        "https://api.sandbox.vendor.ru/v1",
        "https://gateway.test",
        "https://0.0.0.0",
    ],
)
def test_a_loopback_or_sandbox_provider_host_is_refused_by_its_path(url: str) -> None:
    told = refused(f'[modules.rosreestr.providers.xml_gateway]\napi_url = "{url}"')
    assert len(told) == 1
    assert told[0].startswith("modules.rosreestr.providers.xml_gateway.api_url: ")


@pytest.mark.parametrize(
    "url", ["https://gateway.rosreestr.ru", "https://10.1.2.3", "https://sandboxes.ru", "file:a:1x"]
)
def test_a_providers_own_host_is_not_refused(url: str) -> None:
    assert refused(f'[modules.rosreestr]\napi_url = "{url}"') == []


def test_a_module_that_is_off_is_not_judged() -> None:
    assert refused('[modules.rosreestr]\nmode = "off"\napi_url = "https://localhost"') == []


def test_fault_headers_are_refused() -> None:
    told = refused("[modules.rosreestr.providers.xml_gateway]\nfault_headers = true")
    assert told == [
        "modules.rosreestr.providers.xml_gateway.fault_headers: fault headers are refused in production; remove it"
    ]


def test_an_agents_unencrypted_key_is_refused(tmp_path: Path) -> None:
    development = installation(tmp_path, development=True)
    agent = '[signing.agents.main]\naddress = "10.0.0.1:7444"\nca = "a"\ncertificate = "b"\nkey = "agent.key"'
    write_private(development / "agent.key", (development / "pki" / "server.key").read_bytes())
    assert any(line.startswith("signing.agents.main.key: ") for line in refused(agent, development))


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("postgresql://landhub@db.example:5432/landhub", True),
        ("postgresql://landhub@db.example/landhub?sslmode=require", True),
        ("postgresql://landhub@db.example/landhub?sslmode=verify-ca&sslrootcert=ca.pem", True),
        ("postgresql://landhub@/landhub?host=10.0.0.7&sslmode=prefer", True),
        ("postgresql://landhub@/landhub?host=localhost,10.0.0.7", True),
        ("postgresql://landhub@localhost/landhub?hostaddr=10.0.0.7", True),
        ("postgresql://landhub@db.example/landhub?sslmode=verify-full&sslrootcert=ca.pem", False),
        ("postgresql://landhub@/landhub?host=/run/postgresql", False),
        ("postgresql://landhub@/landhub", False),
        ("postgresql://landhub@127.0.0.1/landhub", False),
        ("sqlite:///state/landhub.db", False),
    ],
)
def test_a_database_on_another_machine_must_be_known_by_its_certificate(url: str, *, is_refused: bool) -> None:
    told = [line for line in refused(f'[storage]\nurl = "{url}"\n') if line.startswith("storage.url: ")]
    assert len(told) == is_refused
    assert all("verify-full" in line for line in told)
    assert refused(f'profile = "development"\n[storage]\nurl = "{url}"\n') == []
