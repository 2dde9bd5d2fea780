"""The forms in which the simulated vendors tell their client what became of a message."""

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlencode

from sandbox.messages import smsaero, smsc, smsru, unisender_go
from sandbox.messages.book import Message
from sandbox.messages.deliveries import Style

_FORM = MappingProxyType({"Content-Type": "application/x-www-form-urlencoded"})
_JSON = MappingProxyType({"Content-Type": "application/json"})


def _smsc(message: Message, status: str, _time: datetime) -> tuple[Mapping[str, str], bytes]:
    return _FORM, urlencode(smsc.callback(message, status)).encode()


def _smsru(message: Message, status: str, time: datetime) -> tuple[Mapping[str, str], bytes]:
    return _FORM, urlencode(smsru.callback(message, status, time)).encode()


def _smsaero(message: Message, status: str, _time: datetime) -> tuple[Mapping[str, str], bytes]:
    return _JSON, json.dumps(smsaero.callback(message, int(status))).encode()


def _unisender(message: Message, status: str, time: datetime) -> tuple[Mapping[str, str], bytes]:
    return _JSON, unisender_go.callback([(message, status)], time)


def _forged_unisender(message: Message, status: str, time: datetime) -> tuple[Mapping[str, str], bytes]:
    return _JSON, unisender_go.callback([(message, status)], time, api_key="guessed")


STYLES: Mapping[str, Style] = MappingProxyType(
    {
        smsc.NAME: Style(steps=lambda one: [(2, smsc.final_status(one))], write=_smsc, forge=_smsc),
        smsru.NAME: Style(
            steps=lambda one: [(2, "102"), (3, smsru.final_status(one))],
            write=_smsru,
            forge=_smsru,
            is_heard=lambda status, body: status == 200 and body.strip() == b"100",
        ),
        smsaero.NAME: Style(steps=lambda one: [(2, str(smsaero.final_status(one)))], write=_smsaero, forge=_smsaero),
        unisender_go.NAME: Style(
            steps=lambda one: [(1, "sent"), (2, unisender_go.final_status(one))],
            write=_unisender,
            forge=_forged_unisender,
            probes=True,
        ),
    }
)
"""By vendor. Where nothing is signed, a forged one is no different, but that it comes though nothing happened."""
