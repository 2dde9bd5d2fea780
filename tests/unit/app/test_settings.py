"""The settings: one file, the environment over it, and nothing that nobody knows."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from hub.core.mode import Mode
from hub.settings import FILE_NAME, Profile, SettingsError, load_settings, parse_settings, validate_module


def problems(text: str) -> str:
    with pytest.raises(SettingsError) as error:
        parse_settings(text)
    return str(error.value)


def test_an_empty_file_is_a_production_hub_with_no_modules() -> None:
    settings = parse_settings("")
    assert settings.profile is Profile.PRODUCTION
    assert settings.server.address == "127.0.0.1:7443"
    assert not settings.modules


def test_an_unknown_key_is_refused_with_its_path() -> None:
    assert "server.adress: unknown key" in problems('[server]\nadress = "127.0.0.1:1"')


def test_an_unknown_table_is_refused_with_its_path() -> None:
    assert "serwer: unknown key" in problems("[serwer]\n")


def test_all_problems_are_told_at_once() -> None:
    told = problems('[server]\naddress = "nowhere"\n[storage]\nreference_key = "secret"\n')
    assert "server.address" in told
    assert "storage.reference_key" in told


def test_a_value_is_never_repeated_in_the_message() -> None:
    assert "hunter2" not in problems('[storage]\nreference_key = "hunter2"\n')


@pytest.mark.parametrize("network", ["0.0.0.0/0", "128.0.0.0/1", "::/0", "2000::/3"])
def test_proxies_that_are_half_the_world_are_refused_with_what_to_list_instead(network: str) -> None:
    told = problems(f'[web]\ntrusted_proxies = ["127.0.0.1/32", "{network}"]')
    assert "web.trusted_proxies" in told
    assert "10.0.0.5/32" in told


@pytest.mark.parametrize("network", ["127.0.0.1/32", "10.0.0.0/8", "104.16.0.0/13", "fd00::/8", "::1/128"])
def test_networks_of_proxies_are_taken(network: str) -> None:
    assert parse_settings(f'[web]\ntrusted_proxies = ["{network}"]').web.trusted_proxies == (network,)


@pytest.mark.parametrize("address", ["7443", "localhost", "localhost:99999", "a b:1", ":1"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert "host:port" in problems(f'[server]\naddress = "{address}"')


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDHUB_SERVER__ADDRESS", "127.0.0.1:9")
    settings = parse_settings('[server]\naddress = "127.0.0.1:1"\ndrain_seconds = 7')
    assert settings.server.address == "127.0.0.1:9"
    assert settings.server.drain_seconds == 7


@pytest.mark.parametrize("name", ["LANDHUB_SERVR__ADDRESS", "LANDHUB_SERVER__ADRESS"])
def test_a_misspelt_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "127.0.0.1:9")
    assert name.split("__", maxsplit=1)[0].removeprefix("LANDHUB_").lower() in problems("").lower()


def test_a_variable_that_a_secret_reference_names_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDHUB_GATEWAY_KEY", "value")
    parse_settings('[modules.rosreestr]\nmode = "off"\nkey = "env:LANDHUB_GATEWAY_KEY"')


def test_a_role_that_is_not_there_is_refused() -> None:
    assert "callers.crm.roles" in problems('[callers.crm]\nroles = ["deal"]')


@pytest.mark.parametrize("pattern", ["*", "rosreestr.*", "landhub.rosreestr.v1", "landhub.*.v1/Get"])
def test_a_role_pattern_that_could_match_more_than_it_says_is_refused(pattern: str) -> None:
    assert "roles.deal.methods" in problems(f'[roles.deal]\nmethods = ["{pattern}"]')


def test_a_module_table_is_kept_for_the_modules_own_class() -> None:
    module = parse_settings('[modules.rosreestr]\nmode = "read_only"\nprovider = "xml_gateway"').modules["rosreestr"]
    assert module.mode is Mode.READ_ONLY
    assert dict(module.table) == {"provider": "xml_gateway"}


def test_a_key_that_a_module_does_not_know_is_refused_with_its_path() -> None:
    class ModuleTable(BaseModel):
        model_config = ConfigDict(extra="forbid")

    with pytest.raises(SettingsError, match=r"modules\.rosreestr\.provder: unknown key"):
        validate_module("rosreestr", {"provder": "x"}, ModuleTable)


def test_a_folder_without_settings_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="hub init"):
        load_settings(tmp_path)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("[server")
    with pytest.raises(SettingsError, match="not TOML"):
        load_settings(tmp_path)
