"""The simulated SMS gateways keep their vendors' documentation."""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.messages import smsaero, smsc, smsru
from tests.unit.sandbox.raw_vendor import RawVendor

PHONE = "79991234567"
OTHER = "79260000001"
SMSC_LOGIN = {"login": "landhub", "psw": "sandbox&psw=+", "charset": "utf-8", "fmt": "3"}
SMSRU_LOGIN = {"api_id": smsru.Login().api_id, "json": "1"}
AERO_LOGIN = "Basic " + base64.b64encode(b"landhub@example.ru:smsaero-sandbox-key").decode()

Vendors = Callable[[str], RawVendor]


@pytest.fixture
async def vendors(sandbox: Sandbox) -> AsyncIterator[Vendors]:
    async with aiohttp.ClientSession() as session:
        yield lambda name: RawVendor(sandbox, name, session)


async def _smsc(vendor: RawVendor, script: str = "send", **fields: str) -> Any:
    return await vendor.form(f"/sys/{script}.php", **(SMSC_LOGIN | fields))


async def test_smsc_bills_parts_and_tells_each_step_by_the_number_its_client_chose(
    sandbox: Sandbox, vendors: Vendors
) -> None:
    vendor = vendors("smsc")
    taken = await _smsc(vendor, phones=PHONE, mes="я" * 71, id="1234", cost="3")
    assert taken == {"id": 1234, "cnt": 2, "cost": "3.20", "balance": "999996.80"}
    for status in (-1, 0, 1):
        assert (await _smsc(vendor, "status", phone=PHONE, id="1234"))["status"] == status
        sandbox.clock.advance(seconds=1)
    assert (await _smsc(vendor, "status", phone=PHONE, id="99"))["status"] == -3


@pytest.mark.parametrize(
    ("fmt", "taken", "refused"),
    [
        ("0", "OK - 1 SMS, ID - 7", "ERROR = 2 (authorise error)"),
        ("1", "7,1", "0,-2"),
        (
            "2",
            "<result><id>7</id><cnt>1</cnt></result>",
            "<result><error>authorise error</error><error_code>2</error_code></result>",
        ),
        ("3", {"id": 7, "cnt": 1}, {"error": "authorise error", "error_code": 2}),
    ],
)
async def test_smsc_answers_in_each_of_its_formats(vendors: Vendors, fmt: str, taken: Any, refused: Any) -> None:
    vendor = vendors("smsc")
    assert await _smsc(vendor, phones=PHONE, mes="a", id="7", fmt=fmt) == taken
    assert await _smsc(vendor, phones=PHONE, mes="a", psw="wrong", fmt=fmt) == refused


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"phones": ""}, 1, id="no number"),
        pytest.param({"id": "0"}, 1, id="an id out of range"),
        pytest.param({"psw": "no"}, 2, id="a wrong password"),
        pytest.param({"time": "soon"}, 5, id="no date"),
        pytest.param({"phones": "12"}, 7, id="no phone"),
        pytest.param({"phones": OTHER}, 8, id="nobody gets there"),
    ],
)
async def test_smsc_refuses_by_its_table(sandbox: Sandbox, vendors: Vendors, fields: dict[str, str], code: int) -> None:
    sandbox.messages.book.refusals[OTHER] = "8"
    assert (await _smsc(vendors("smsc"), **({"phones": PHONE, "mes": "a"} | fields)))["error_code"] == code
    assert not sandbox.messages.book.of("smsc")


async def test_smsc_refuses_what_comes_twice_within_a_minute(sandbox: Sandbox, vendors: Vendors) -> None:
    vendor = vendors("smsc")
    await _smsc(vendor, phones=PHONE, mes="a", id="1")
    assert (await _smsc(vendor, phones=PHONE, mes="a", id="2"))["error_code"] == 9
    sandbox.clock.advance(seconds=61)
    assert (await _smsc(vendor, phones=PHONE, mes="a", id="1"))["cnt"] == 1, "its own number makes nothing unique"
    assert len(sandbox.messages.book.of("smsc")) == 2


async def test_smsc_only_prices_when_asked_to_and_not_too_often(sandbox: Sandbox, vendors: Vendors) -> None:
    vendor = vendors("smsc")
    for _ in range(5):
        assert await _smsc(vendor, phones=PHONE, mes="я" * 71, cost="1") == {"cost": "3.20", "cnt": 2}
    assert (await _smsc(vendor, phones=PHONE, mes="я" * 71, cost="1"))["error_code"] == 9
    assert not sandbox.messages.book.of("smsc")


async def test_smsc_reads_windows_1251_unless_told_otherwise(sandbox: Sandbox, vendors: Vendors) -> None:
    await vendors("smsc").form("/sys/send.php", login="landhub", psw="sandbox&psw=+", phones=PHONE, mes="я", fmt="3")
    assert sandbox.messages.book.of("smsc")[0].text == "СЏ"


async def test_smsc_takes_a_key_or_the_md5_of_the_password(vendors: Vendors) -> None:
    vendor = vendors("smsc")
    assert await vendor.form("/sys/balance.php", apikey=smsc.Login().key, fmt="3") == {"balance": "1000000.00"}
    hashed = hashlib.md5(smsc.Login().password.encode(), usedforsecurity=False).hexdigest()
    assert "balance" in await vendor.form("/sys/balance.php", login="landhub", psw=hashed, fmt="3")
    assert (await vendor.form("/sys/balance.php", login="landhub", psw="no", fmt="3"))["error_code"] == 2


async def test_smsru_refuses_one_number_of_several_inside_a_good_answer(sandbox: Sandbox, vendors: Vendors) -> None:
    sandbox.messages.book.refusals[OTHER] = "207"
    answer = await vendors("smsru").form("/sms/send", **SMSRU_LOGIN, to=f"{PHONE},{OTHER}", msg="текст")
    assert (answer["status"], answer["status_code"]) == ("OK", 100)
    assert answer["sms"][PHONE]["status_code"] == 100
    assert answer["sms"][OTHER]["status_code"] == 207
    assert [message.recipient for message in sandbox.messages.book.of("smsru")] == [PHONE]


async def test_smsru_climbs_its_ladder(sandbox: Sandbox, vendors: Vendors) -> None:
    vendor = vendors("smsru")
    sandbox.messages.book.fates[PHONE] = "104"
    number = (await vendor.form("/sms/send", **SMSRU_LOGIN, to=PHONE, msg="a"))["sms"][PHONE]["sms_id"]
    for code in (100, 101, 102, 104):
        row = (await vendor.form("/sms/status", **SMSRU_LOGIN, sms_id=number))["sms"][number]
        assert (row["status_code"], row["cost"]) == (code, "2.50")
        sandbox.clock.advance(seconds=1)
    assert (await vendor.form("/sms/status", **SMSRU_LOGIN, sms_id="1-1"))["sms"]["1-1"]["status_code"] == -1


async def test_smsru_bounds_the_same_text_by_minute_and_day_and_bills_no_test(
    sandbox: Sandbox, vendors: Vendors
) -> None:
    async def send(**fields: str) -> int:
        answer = await vendors("smsru").form("/sms/send", **SMSRU_LOGIN, to=PHONE, msg="a", **fields)
        code: int = answer["sms"][PHONE]["status_code"]
        return code

    assert await send(test="1") == 100
    assert not sandbox.messages.book.of("smsru")
    codes = [await send(), await send()]
    for _ in range(5):
        sandbox.clock.advance(seconds=61)
        codes.append(await send())
    assert codes == [100, 231, 100, 100, 100, 100, 232]


async def test_smsru_prices_what_it_would_bill(sandbox: Sandbox, vendors: Vendors) -> None:
    answer = await vendors("smsru").form("/sms/cost", **SMSRU_LOGIN, to=PHONE, msg="я" * 71)
    assert (answer["total_sms"], answer["total_cost"]) == (2, 5.0)
    assert (await vendors("smsru").form("/sms/send", api_id="no", to=PHONE, msg="a"))["status_code"] == 200


async def test_smsaero_tells_a_cost_as_number_and_as_text(sandbox: Sandbox, vendors: Vendors) -> None:
    vendor = vendors("smsaero")
    asked = {"number": int(PHONE), "text": "текст", "sign": "SMS Aero"}
    status, answer = await vendor.post("/v2/sms/send", asked, Authorization=AERO_LOGIN)
    assert (status, answer["success"], answer["data"]["cost"], answer["data"]["status"]) == (200, True, 5.49, 0)
    sandbox.clock.advance(seconds=2)
    _, told = await vendor.post("/v2/sms/status", {"id": answer["data"]["id"]}, Authorization=AERO_LOGIN)
    assert (told["data"]["cost"], told["data"]["status"]) == ("5.49", 1)


async def test_smsaero_refuses_in_three_ways(sandbox: Sandbox, vendors: Vendors) -> None:
    vendor = vendors("smsaero")
    asked = {"number": int(PHONE), "text": "текст", "sign": "SMS Aero"}
    assert (await vendor.post("/v2/sms/send", asked))[0] == 401
    assert (await vendor.post("/v2/sms/send", asked | {"text": "a"}, Authorization=AERO_LOGIN))[0] == 400
    sandbox.faults.add(Fault(kind=FaultKind.ERROR, operation="smsaero.send", code="no credits"))
    assert await vendor.post("/v2/sms/send", asked, Authorization=AERO_LOGIN) == (200, {"result": "no credits"})
    assert (await vendor.post("/v2/sms/testsend", asked, Authorization=AERO_LOGIN))[0] == 200
    assert not sandbox.messages.book.of("smsaero")


async def test_smsaero_moderates(sandbox: Sandbox, vendors: Vendors) -> None:
    sandbox.messages.book.fates[PHONE] = "moderation"
    asked = {"number": int(PHONE), "text": "текст", "sign": "SMS Aero"}
    _, answer = await vendors("smsaero").post("/v2/sms/send", asked, Authorization=AERO_LOGIN)
    assert (answer["data"]["status"], answer["data"]["extendStatus"]) == (8, "moderation")
    assert smsaero.final_status(sandbox.messages.book.of("smsaero")[0]) == 8
