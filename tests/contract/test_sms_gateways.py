"""SMSC, SMS.ru and SMS Aero keep the notifications contract."""

from pathlib import Path
from typing import Any

import pytest

from hub.modules.notifications.providers import smsaero, smsc, smsru
from sandbox.app import Sandbox
from sandbox.messages import smsaero as aero_vendor
from sandbox.messages import smsc as smsc_vendor
from sandbox.messages import smsru as smsru_vendor
from tests.contract.notifications_contract import (
    BilledContract,
    BulkReportsContract,
    EstimatesContract,
    LookupContract,
    ReportsContract,
)
from tests.contract.notifications_ports import SandboxedContract
from tests.contract.notifications_sandbox import SandboxVendor, secret_file

OPERATIONS = {"send": "send", "status": "status"}


class TestSmsc(SandboxedContract, BilledContract, ReportsContract, LookupContract, EstimatesContract):
    @pytest.fixture
    def provider(self) -> Any:
        return smsc

    @pytest.fixture
    def vendor(self, sandbox: Sandbox) -> SandboxVendor:
        login = smsc_vendor.Login()
        denied = {"code": "2"}
        return SandboxVendor(sandbox, "smsc", operations=OPERATIONS, denied=denied, secrets=[login.password])

    @pytest.fixture
    def values(self, vendor: SandboxVendor, tmp_path: Path) -> dict[str, Any]:
        login = smsc_vendor.Login()
        password = secret_file(tmp_path, "smsc.password", login.password)
        return {"api_url": f"{vendor.url}/sys", "login": login.login, "password": password}


class TestSmsRu(SandboxedContract, BilledContract, ReportsContract, BulkReportsContract, EstimatesContract):
    @pytest.fixture
    def provider(self) -> Any:
        return smsru

    @pytest.fixture
    def vendor(self, sandbox: Sandbox) -> SandboxVendor:
        secrets = [smsru_vendor.Login().api_id]
        return SandboxVendor(sandbox, "smsru", operations=OPERATIONS, denied={"code": "200"}, secrets=secrets)

    @pytest.fixture
    def values(self, vendor: SandboxVendor, tmp_path: Path) -> dict[str, Any]:
        return {"api_url": vendor.url, "api_id": secret_file(tmp_path, "smsru.key", smsru_vendor.Login().api_id)}


class TestSmsAero(SandboxedContract, BilledContract, ReportsContract):
    @pytest.fixture
    def provider(self) -> Any:
        return smsaero

    @pytest.fixture
    def vendor(self, sandbox: Sandbox) -> SandboxVendor:
        secrets = [aero_vendor.Login().api_key]
        return SandboxVendor(sandbox, "smsaero", operations=OPERATIONS, denied={"code": "401"}, secrets=secrets)

    @pytest.fixture
    def values(self, vendor: SandboxVendor, tmp_path: Path) -> dict[str, Any]:
        login = aero_vendor.Login()
        return {
            "api_url": f"{vendor.url}/v2",
            "email": login.email,
            "api_key": secret_file(tmp_path, "smsaero.key", login.api_key),
            "sender": "SMS Aero",
        }
