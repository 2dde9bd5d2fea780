"""The list of accredited certification authorities: who was accredited, when, and with which keys.

The ministry publishes it at ``https://e-trust.gosuslugi.ru/app/scc/portal/api/v1/portal/ca/getxml``, its elements named
in Russian. It is data that an installation gives and vouches for; the XML signature on it is not checked here. One bad
entry among thousands spoils only itself, and never to the good of its centre.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from gost.certificate import CertificateFacts, read_certificate
from gost.errors import MalformedError
from gost.xml_input import parse_xml

MAX_LIST_BYTES: Final = 128 * 1024 * 1024  # the published one has some tens of MiB

_ROOT: Final = "АккредитованныеУдостоверяющиеЦентры"
_IN_FORCE: Final = "действует"
_KEYS: Final = "ПрограммноАппаратныеКомплексы/ПрограммноАппаратныйКомплекс/КлючиУполномоченныхЛиц/Ключ"
_MAX_TEXT: Final = 500  # of a centre's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """When an accreditation was in force: from ``begins``, up to ``ends``, or still if that is None. Aware UTC."""

    begins: datetime
    ends: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether the time is in it."""
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """One certification authority of the list; ``periods`` is None where a date of its accreditation can't be read."""

    name: str
    ogrn: str
    periods: tuple[Period, ...] | None

    def was_accredited(self, at: datetime) -> bool | None:
        """Whether its accreditation was in force then; None if the list does not tell."""
        return None if self.periods is None else any(period.covers(at) for period in self.periods)


@dataclass(frozen=True, slots=True)
class _Key:
    centre: Centre
    certificates: tuple[bytes, ...]


class AccreditationList:
    """The list, read once and shared between threads. ``issued`` says of when it is.

    Args:
        xml: the file.

    Raises:
        MalformedError: it is not such a list, or its own date can't be read.
    """

    __slots__ = ("_by_key_id", "_by_thumbprint", "issued")

    def __init__(self, xml: bytes) -> None:
        root = parse_xml(xml, max_bytes=MAX_LIST_BYTES)
        if root.tag != _ROOT:
            raise MalformedError(f"not a list of accredited centres: its root is no {_ROOT}")
        self.issued: Final = _date(root.findtext("Дата"))
        by_thumbprint: dict[str, Centre] = {}
        by_key_id: dict[str, list[_Key]] = {}
        for element in root.iterfind("УдостоверяющийЦентр"):
            centre = _centre(element)
            for key in element.iterfind(_KEYS):
                thumbprints, certificates = _certificates(key)
                by_thumbprint.update(dict.fromkeys(thumbprints, centre))
                by_key_id.setdefault(_hexadecimal(key.findtext("ИдентификаторКлюча")), []).append(
                    _Key(centre, tuple(certificates))
                )
        self._by_thumbprint: Final[Mapping[str, Centre]] = by_thumbprint
        self._by_key_id: Final[Mapping[str, list[_Key]]] = by_key_id

    def centre_of(self, issuer: CertificateFacts) -> Centre | None:
        """Whose certificate or key this is: by the certificate itself, or by a key identifier with the same key."""
        centre = self._by_thumbprint.get(issuer.thumbprint)
        if centre is not None or issuer.subject_key_id is None:
            return centre
        for key in self._by_key_id.get(issuer.subject_key_id, ()):
            if any(_has_key_of(der, issuer) for der in key.certificates):
                return key.centre
        return None


def _centre(element: etree._Element) -> Centre:
    name = element.findtext("КраткоеНазвание") or element.findtext("Название") or ""
    statuses = [
        *element.iterfind("ИсторияСтатусовАккредитации/СтатусАккредитации"),
        *element.iterfind("СтатусАккредитации"),
    ]
    return Centre(
        name=name.strip()[:_MAX_TEXT],
        ogrn=(element.findtext("ОГРН") or "").strip(),
        periods=_periods_of(statuses),
    )


def _periods_of(statuses: Iterable[etree._Element]) -> tuple[Period, ...] | None:
    try:
        return tuple(_periods(_status(each) for each in statuses))
    except MalformedError:
        return None


def _status(element: etree._Element) -> tuple[datetime, bool]:
    """Since when it holds, and whether the accreditation is in force by it."""
    status = (element.findtext("Статус") or "").strip().lower()
    return _date(element.findtext("ДействуетС")), status == _IN_FORCE


def _periods(statuses: Iterable[tuple[datetime, bool]]) -> Iterator[Period]:
    """Of two statuses since the same moment, the one that is not in force counts."""
    begins: datetime | None = None
    for since, in_force in sorted(set(statuses), key=lambda each: (each[0], not each[1])):
        if in_force and begins is None:
            begins = since
        elif not in_force and begins is not None:
            yield Period(begins=begins, ends=since)
            begins = None
    if begins is not None:
        yield Period(begins=begins, ends=None)


def _certificates(key: etree._Element) -> tuple[list[str], list[bytes]]:
    """Thumbprints and DER of the certificates a key has; where a certificate is there, its own hash counts."""
    thumbprints, certificates = [], []
    for each in key.iterfind("Сертификаты/ДанныеСертификата"):
        der = _base64(each.findtext("Данные"))
        if der:
            certificates.append(der)
            thumbprints.append(hashlib.sha1(der, usedforsecurity=False).hexdigest().upper())
        else:
            thumbprints.append(_hexadecimal(each.findtext("Отпечаток")).upper())
    return [each for each in thumbprints if each], certificates


def _has_key_of(der: bytes, issuer: CertificateFacts) -> bool:
    try:
        return read_certificate(der).public_key_sha256 == issuer.public_key_sha256
    except MalformedError:  # of an algorithm or a time that nobody reads any more
        return False


def _base64(text: str | None) -> bytes:
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _hexadecimal(text: str | None) -> str:
    return "".join((text or "").split()).replace(":", "").lower()


def _date(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError as error:
        raise MalformedError("a date of the list of accredited centres can't be read: fetch it again") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
