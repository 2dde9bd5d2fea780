"""Which backend the settings make, and what they are refused for."""

from pathlib import Path
from typing import Any

import pytest

from signer_agent.errors import SettingsError
from signer_agent.keys.choice import make_backend
from signer_agent.settings import KeysSettings, Settings


def settings(**keys: Any) -> Settings:
    return Settings(keys=KeysSettings.model_validate(keys))


def test_a_token_is_named_by_module_and_label(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="module and token_label"):
        make_backend(settings(backend="pkcs11"), tmp_path)


def test_a_token_has_one_pin_for_all_its_keys(tmp_path: Path) -> None:
    pins = {"certificates": {"A" * 40: "ask"}}

    with pytest.raises(SettingsError, match=r"set keys\.pins\.default"):
        make_backend(settings(backend="pkcs11", pins=pins), tmp_path)


def test_a_pin_that_is_not_there_is_told_at_the_start(tmp_path: Path) -> None:
    keys = {"backend": "pkcs11", "pkcs11": {"module": "m.so", "token_label": "t"}, "pins": {"default": "file:pin"}}

    with pytest.raises(SettingsError, match="pin can't be read"):
        make_backend(settings(**keys), tmp_path)
