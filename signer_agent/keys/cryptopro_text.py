"""Reading what CryptoPro's tools print: in three encodings, two languages and all their versions' layouts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_CODE: Final = re.compile(rb"\[(?:Error|Return)Code: (?:0x([0-9A-Fa-f]{1,8})|(0))\]")
_RECORD: Final = re.compile(r"^\d+-{7}\s*$")
_FIELD: Final = re.compile(r"^(\S.*?)\s*: ?(.*?)\s*$")  # from column 0: indented labels are of the chain
_THUMBPRINT: Final = re.compile(r"^(?:0x)?([0-9a-fA-F]{40})$")
_KEY_SPEC: Final = re.compile(r"KeySpec:\s*(\d)")

_LABELS: Final[Mapping[str, str]] = {
    "SHA1 Hash": "thumbprint",
    "SHA1 Thumbprint": "thumbprint",
    "SHA1 отпечаток": "thumbprint",
    "Хэш SHA1": "thumbprint",
    "PrivateKey Link": "link",
    "Ссылка на ключ": "link",
    "Container": "container",
    "Контейнер": "container",
    "Provider Name": "provider",
    "Имя провайдера": "provider",
    "Provider Info": "provider_info",
    "Embedded License": "licence",
}
_YES: Final = ("Yes", "Есть")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCertificate:
    """What discovery needs of one record. ``thumbprint`` is lower-case; ``container`` empty where no key is linked."""

    thumbprint: str
    container: str
    is_signature_key: bool = False
    """AT_SIGNATURE rather than AT_KEYEXCHANGE."""


def last_code(output: bytes) -> int | None:
    """The code a run ended with; None if it said none."""
    found = _CODE.findall(output)
    return int(found[-1][0] or "0", 16) if found else None


def decoded(output: bytes) -> str:
    """The text, in the encoding that makes a known word of it; Russian Windows prints cp866, containers cp1251."""
    for encoding in ("utf-8", "cp866", "cp1251"):
        try:
            text = output.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(word in text for word in _LABELS) or encoding == "utf-8":
            return text
    return output.decode("utf-8", "replace")


def listed_certificates(output: bytes) -> Sequence[ListedCertificate]:
    """The certificates of `certmgr -list`. Records without a thumbprint are left out."""
    records: list[dict[str, str]] = []
    for line in decoded(output).splitlines():
        if _RECORD.match(line):
            records.append({})
            continue
        field = _FIELD.match(line)
        name = _LABELS.get(field[1]) if field is not None else None
        if field is not None and name is not None and records:
            records[-1].setdefault(name, field[2])
    return [found for record in records if (found := _certificate(record)) is not None]


def _certificate(record: Mapping[str, str]) -> ListedCertificate | None:
    thumbprint = _THUMBPRINT.match(record.get("thumbprint", ""))
    if thumbprint is None:
        return None
    linked = record.get("link", "").startswith(_YES)  # no line at all means no usable key
    spec = _KEY_SPEC.search(record.get("provider_info", ""))
    return ListedCertificate(
        thumbprint=thumbprint[1].lower(),
        container=record.get("container", "") if linked else "",
        is_signature_key=spec is not None and spec[1] == "2",
    )


def container_names(output: bytes, *, encoding: str = "cp1251") -> Mapping[str, bytes]:
    r"""Full names by unique names: `csptest -keyset -enum_cont -fqcn -unique` prints `\\.\READER\NAME|\\.\READER\…`.

    Full names stay bytes: on Linux they come in cp1251 whatever the locale, and go back to csptest as they are.
    """
    names: dict[str, bytes] = {}
    for line in output.splitlines():
        full, separator, unique = line.strip().partition(b"|")
        if separator and full.startswith(b"\\\\.\\") and unique.startswith(b"\\\\.\\"):
            plain = unique.removeprefix(b"\\\\.\\").partition(b"\\")[2]
            names[plain.decode(encoding, "replace")] = full
    return names
