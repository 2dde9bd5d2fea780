"""How certmgr prints a certificate: labels by language and version, names quoted, dates spaced as each version does."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.csp.keys import provider_name
from sandbox.csp.machine import Container, Entry
from sandbox.csp.run import Run

FRAME = "=" * 77
_COLUMN = 20  # a label's width; ": " follows
_WRAP = 100  # where a Windows console of the captured width breaks a name

_LABELS = {
    "en": {
        "issuer": "Issuer",
        "subject": "Subject",
        "serial": "Serial",
        "thumbprint": "SHA1 Thumbprint",
        "key_id": "SubjKeyID",
        "signature_algorithm": "Signature Algorithm",
        "public_key": "PublicKey Algorithm",
        "not_before": "Not valid before",
        "not_after": "Not valid after",
        "licence": "Embedded License",
        "link": "PrivateKey Link",
        "container": "Container",
        "provider": "Provider Name",
        "provider_info": "Provider Info",
        "ocsp_urls": "OCSP URL",
        "ca_urls": "CA cert URL",
        "crl_urls": "CDP",
        "usage": "Extended Key Usage",
        "chain": "Certificate chain",
        "yes": "Yes",
        "no": "No",
        "chain_good": "Successfully checked.",
    },
    "ru": {
        "issuer": "Издатель",
        "subject": "Субъект",
        "serial": "Серийный номер",
        "thumbprint": "SHA1 отпечаток",
        "key_id": "Идентификатор ключа",
        "signature_algorithm": "Алгоритм подписи",
        "public_key": "Алгоритм откр. кл.",
        "not_before": "Выдан",
        "not_after": "Истекает",
        "licence": "Встроенная лицензия",
        "link": "Ссылка на ключ",
        "container": "Контейнер",
        "provider": "Имя провайдера",
        "ocsp_urls": "OCSP URL",
        "ca_urls": "CA cert URL",
        "crl_urls": "CDP",
        "usage": "Назначение/EKU",
        "chain": "Цепочка сертификатов",
        "yes": "Есть",
        "no": "Нет",
        "chain_good": "Успешно проверена.",
    },
}
_RUSSIAN_KEYS = {"INN": "ИНН", "INNLE": "ИНН ЮЛ", "SNILS": "СНИЛС", "OGRN": "ОГРН", "OGRNIP": "ОГРНИП"}


def labels(run: Run) -> Mapping[str, str]:
    """The labels of this run."""
    chosen = dict(_LABELS[run.language])
    if run.profile.version in {"4.0", "5.0.11"}:
        chosen["thumbprint"] = "SHA1 Hash" if run.language == "en" else "Хэш SHA1"
    return chosen


def record(run: Run, index: int, entry: Entry, container: Container | None, *, chain: bool) -> str:
    """One certificate, from its line `N-------` on."""
    words, facts = labels(run), entry.facts
    prefix = "0x" if run.profile.version == "4.0" else ""
    lines = [
        f"{index}-------",
        _line(words["issuer"], _name(run, facts["issuer"])),
        _line(words["subject"], _name(run, facts["subject"])),
        _line(words["serial"], "0x" + facts["serial"]),
        _line(words["thumbprint"], prefix + entry.thumbprint),
    ]
    lines += _optional(words, facts, "key_id", "signature_algorithm", "public_key")
    lines += [_line(words[name], _time(run, facts[name])) for name in ("not_before", "not_after") if name in facts]
    if facts.get("embedded_licence") and run.profile.version != "4.0":
        lines.append(_line(words["licence"], "CryptoPro CSP"))
    lines.append(_line(words["link"], _link(run, words, linked=bool(entry.container))))
    if container is not None:
        lines += _key_lines(run, words, container)
    for name in ("ocsp_urls", "ca_urls", "crl_urls"):
        lines += [_line(words[name], url) for url in facts.get(name, [])]
    lines += _usages(words, facts.get("usages", []))
    if chain:
        lines += [
            _line(words["chain"], words["chain_good"]),
            "#0:",
            "  " + f"{words['issuer']:<18}: {_name(run, facts['issuer'])}",
            "#1:",
            "  " + f"{words['subject']:<18}: {_name(run, facts['issuer'])}",
        ]
    return "".join(line + "\n" for line in lines)


def _optional(words: Mapping[str, str], facts: Mapping[str, Any], *names: str) -> list[str]:
    return [_line(words[name], facts[name]) for name in names if name in facts]


def _time(run: Run, text: str) -> str:
    return text.replace(" ", " " if run.profile.version == "5.0.13" else "  ", 1) + " UTC"


def _link(run: Run, words: Mapping[str, str], *, linked: bool) -> str:
    """Padded with spaces where that was captured."""
    padded = {"4.0"} if not linked else {"4.0", "5.0R2"}
    word = words["yes"] if linked else words["no"]
    return word.ljust(20) if run.profile.version in padded else word


def _key_lines(run: Run, words: Mapping[str, str], container: Container) -> list[str]:
    provider_type = 81 if container.algorithm == "gost2012_512" else 80
    found = [_line(words["container"], container.unique), _line(words["provider"], provider_name(run, container))]
    if run.profile.version != "5.0R2" and run.language == "en":  # its Russian label was not captured
        found.append(_line(words["provider_info"], f"ProvType: {provider_type}, KeySpec: 1, Flags: 0x0"))
    return found


def _usages(words: Mapping[str, str], usages: Sequence[str]) -> list[str]:
    return [
        _line(words["usage"], usage) if place == 0 else " " * (_COLUMN + 2) + usage
        for place, usage in enumerate(usages)
    ]


def _line(label: str, value: str) -> str:
    return f"{label:<{_COLUMN}}: {value}"


def _name(run: Run, parts: Sequence[Sequence[Any]]) -> str:
    russian = run.language == "ru" and run.profile.version == "5.0.13"
    words = [f"{_RUSSIAN_KEYS.get(key, key) if russian else key}={_quoted(value)}" for key, value in parts]
    if run.profile.system != "windows":
        return ", ".join(words)
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > _WRAP:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word + ","
    return ("\n" + " " * (_COLUMN + 2)).join(lines)[:-1]


def _quoted(value: str) -> str:
    if "," in value or '"' in value:
        return '"' + value.replace('"', '""') + '"'
    return value
