"""Telegram, MAX, UniSender Go and the gateways of our own contract keep the notifications contract."""

from pathlib import Path
from typing import Any

import pytest

from hub.modules.notifications.providers import generic_http, telegram, unisender_go
from hub.modules.notifications.providers import max as max_provider
from sandbox.app import Sandbox
from sandbox.messages import generic as generic_vendor
from sandbox.messages import max as max_vendor
from sandbox.messages import telegram as telegram_vendor
from sandbox.messages import unisender_go as unisender_vendor
from tests.contract.notifications_contract import BilledContract, LookupContract, ReportsContract
from tests.contract.notifications_ports import SandboxedContract
from tests.contract.notifications_sandbox import SandboxVendor, secret_file


class TestTelegram(SandboxedContract):
    @pytest.fixture
    def provider(self) -> Any:
        return telegram

    @pytest.fixture
    def vendor(self, sandbox: Sandbox) -> SandboxVendor:
        operations = {"send": "sendMessage", "status": "getMe"}
        secrets = [telegram_vendor.TOKEN, telegram_vendor.TOKEN.partition(":")[2]]
        return SandboxVendor(sandbox, "telegram", operations=operations, denied={"code": "401"}, secrets=secrets)

    @pytest.fixture
    def values(self, vendor: SandboxVendor, tmp_path: Path) -> dict[str, Any]:
        return {"api_url": vendor.url, "token": secret_file(tmp_path, "telegram.token", telegram_vendor.TOKEN)}


class TestMax(SandboxedContract):
    @pytest.fixture
    def provider(self) -> Any:
        return max_provider

    @pytest.fixture
    def vendor(self, sandbox: Sandbox) -> SandboxVendor:
        operations = {"send": "send", "status": "me"}
        denied = {"code": "verify.token", "http_status": 401}
        return SandboxVendor(sandbox, "max", operations=operations, denied=denied, secrets=[max_vendor.TOKEN])

    @pytest.fixture
    def values(self, vendor: SandboxVendor, tmp_path: Path) -> dict[str, Any]:
        return {"api_url": vendor.url, "token": secret_file(tmp_path, "max.token", max_vendor.TOKEN)}


class TestUnisenderGo(SandboxedContract):
    @pytest.fixture
    def provider(self) -> Any:
        return unisender_go

    @pytest.fixture
    def vendor(self, sandbox: Sandbox) -> SandboxVendor:
        operations = {"send": "send", "status": "info"}
        denied = {"code": "114", "http_status": 401}
        secrets = [unisender_vendor.API_KEY]
        return SandboxVendor(sandbox, "unisender_go", operations=operations, denied=denied, secrets=secrets)

    @pytest.fixture
    def values(self, vendor: SandboxVendor, tmp_path: Path) -> dict[str, Any]:
        return {
            "api_url": f"{vendor.url}{unisender_vendor.BASE}",
            "api_key": secret_file(tmp_path, "unisender.key", unisender_vendor.API_KEY),
            "sender": "no-reply@example.ru",
        }


class _Generic(SandboxedContract):
    @pytest.fixture
    def provider(self) -> Any:
        return generic_http

    @pytest.fixture
    def operations(self) -> dict[str, str]:
        return {"send": "send", "status": "status"}

    @pytest.fixture
    def vendor(self, sandbox: Sandbox, operations: dict[str, str]) -> SandboxVendor:
        denied = {"code": "bad_api_key", "http_status": 401}
        secrets = [generic_vendor.API_KEY]
        return SandboxVendor(sandbox, "generic_http", operations=operations, denied=denied, secrets=secrets)

    @pytest.fixture
    def values(self, vendor: SandboxVendor, tmp_path: Path) -> dict[str, Any]:
        key = secret_file(tmp_path, "generic.key", generic_vendor.API_KEY)
        return {
            "channel": "SMS",
            "api_url": vendor.url,
            "api_key": key,
            "sender": "LANDHUB",
            "status_by_reference": True,
        }


class TestGenericSms(_Generic, BilledContract, ReportsContract, LookupContract):
    pass


class TestGenericEmail(_Generic):
    @pytest.fixture
    def operations(self) -> dict[str, str]:
        return {"send": "email", "status": "status"}

    @pytest.fixture
    def values(self, vendor: SandboxVendor, tmp_path: Path) -> dict[str, Any]:
        key = secret_file(tmp_path, "generic.key", generic_vendor.API_KEY)
        return {"channel": "EMAIL", "api_url": vendor.url, "api_key": key, "sender": "no-reply@example.ru"}
