"""How an answer leaves the gateway: sealed, and spoiled by the faults that struck the call."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from aiohttp import web
from cryptography.fernet import Fernet, MultiFernet
from lxml import etree

from sandbox.faults import Fault, FaultKind
from sandbox.strikes import send_half

_TRICKLE_STEPS = 20


async def deliver(
    request: web.Request, answer: etree._Element, keys: MultiFernet, faults: Iterable[Fault], *, status: int = 200
) -> web.StreamResponse:
    """Write, seal and send `answer` the way the faults have it."""
    by_kind = {fault.kind: fault for fault in faults}
    document = _document(answer, by_kind)
    token = (Fernet(Fernet.generate_key()) if FaultKind.BAD_TOKEN in by_kind else keys).encrypt(document)
    if FaultKind.EMPTY in by_kind:
        token = b""
    if FaultKind.CUT_BODY in by_kind:
        return await send_half(request, token, "application/xml")
    if FaultKind.SLOW_TRICKLE in by_kind:
        return await _trickle(request, token, seconds=by_kind[FaultKind.SLOW_TRICKLE].seconds)
    return web.Response(status=status, body=token, content_type="application/xml")


def _document(answer: etree._Element, faults: dict[FaultKind, Fault]) -> bytes:
    for kind, change in _ELEMENT_CHANGES.items():
        if kind in faults:
            change(answer, faults[kind])
    declared, used = "UTF-8", "utf-8"
    if FaultKind.WINDOWS_1251 in faults or FaultKind.WRONG_CHARSET in faults:
        used = "windows-1251"
        declared = "windows-1251" if FaultKind.WINDOWS_1251 in faults else "UTF-8"
    body = etree.tostring(answer, encoding="unicode")
    for kind, rewrite in _TEXT_CHANGES.items():
        if kind in faults:
            body = rewrite(body, faults[kind])
    document = f'<?xml version="1.0" encoding="{declared}"?>\n{body}'.encode(used, "xmlcharrefreplace")
    return document[: len(document) // 2] if FaultKind.CUT_DOCUMENT in faults else document


def _put_word(answer: etree._Element, fault: Fault) -> None:
    for status in answer.iterfind("Status"):
        status.text = fault.word


def _double_children(answer: etree._Element, _fault: Fault) -> None:
    for child in list(answer):
        child.addnext(etree.fromstring(etree.tostring(child)))


def _deepen(answer: etree._Element, _fault: Fault) -> None:
    inner = answer
    for _ in range(200):
        inner = etree.SubElement(inner, "Deeper")


def _multiply(answer: etree._Element, _fault: Fault) -> None:
    for _ in range(30_000):
        etree.SubElement(answer, "Extra")


def _add_unknown(answer: etree._Element, _fault: Fault) -> None:
    etree.SubElement(answer, "NewElement").text = "новое"


def _bomb(body: str, _fault: Fault) -> str:
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    declared = f'<!DOCTYPE bomb [<!ENTITY e0 "{"x" * 100}">{levels}]>'
    return declared + _entity_in_every_text(body, "e9")


def _doctype(body: str, _fault: Fault) -> str:
    root = etree.fromstring(body).tag
    return f"<!DOCTYPE {root}>\n{body}"


def _external_entity(body: str, fault: Fault) -> str:
    return f'<!DOCTYPE xxe [<!ENTITY outside SYSTEM "{fault.url}">]>' + _entity_in_every_text(body, "outside")


def _entity_in_every_text(body: str, entity: str) -> str:
    root = etree.fromstring(body)
    for element in root.iter():
        if element.text:
            element.text = "ENTITY"
    return etree.tostring(root, encoding="unicode").replace("ENTITY", f"&{entity};")


_ELEMENT_CHANGES: dict[FaultKind, Callable[[etree._Element, Fault], None]] = {
    FaultKind.UNKNOWN_STATUS: _put_word,
    FaultKind.DUPLICATE_ELEMENTS: _double_children,
    FaultKind.TOO_DEEP: _deepen,
    FaultKind.TOO_MANY_ELEMENTS: _multiply,
    FaultKind.UNKNOWN_ELEMENT: _add_unknown,
}
_TEXT_CHANGES: dict[FaultKind, Callable[[str, Fault], str]] = {
    FaultKind.NO_OFFSET: lambda body, _fault: body.replace("+03:00", ""),
    FaultKind.XML_BOMB: _bomb,
    FaultKind.DTD: _doctype,
    FaultKind.XXE: _external_entity,
    FaultKind.HUGE: lambda body, fault: body + " " * max(0, fault.size_bytes - len(body)),
}


async def _trickle(request: web.Request, token: bytes, *, seconds: float) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/xml", "Content-Length": str(len(token))})
    await response.prepare(request)
    size = -(-len(token) // _TRICKLE_STEPS)
    with suppress(ConnectionError):  # a client that stops reading is what the fault is about
        for start in range(0, len(token), size):
            await asyncio.sleep(seconds / _TRICKLE_STEPS)
            await response.write(token[start : start + size])
    return response
