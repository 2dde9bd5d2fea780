"""The ministry's list: whose key it is, when its centre was accredited, and what makes a signature qualified."""

import base64
from datetime import UTC, datetime

import pytest

from gost.accreditation import AccreditationList
from gost.certificate import CertificateFacts
from gost.errors import MalformedError
from gost.qualification import Qualified, qualify
from tests.unit.gost.pki import Authority, OpenSsl, Owner

IN_FORCE = (("Действует", "2020-01-01T00:00:00Z"),)
ISSUED = "2026-05-01T00:00:00.0000000Z"


def listed(
    *certificates: CertificateFacts,
    history: tuple[tuple[str, str], ...] = IN_FORCE,
    issued: str = ISSUED,
    key_id: str = "",
    with_data: bool = True,
) -> bytes:
    """A list of one centre, in the shape of the published one."""
    statuses = [
        f"<СтатусАккредитации><Статус>{status}</Статус><ДействуетС>{since}</ДействуетС></СтатусАккредитации>"
        for status, since in history
    ]
    entries = []
    for each in certificates:
        data = f"<Данные>{base64.b64encode(each.der).decode()}</Данные>" if with_data else ""
        entries.append(f"<ДанныеСертификата><Отпечаток>{each.thumbprint}</Отпечаток>{data}</ДанныеСертификата>")
    return f"""<?xml version="1.0" encoding="utf-8"?>
<АккредитованныеУдостоверяющиеЦентры><Версия>1</Версия><Дата>{issued}</Дата>
<УдостоверяющийЦентр><Название>Общество "Центр"</Название><КраткоеНазвание>УЦ Пример</КраткоеНазвание>
<ОГРН>1027700132195</ОГРН><ПрограммноАппаратныеКомплексы><ПрограммноАппаратныйКомплекс>
<Псевдоним>УЦ</Псевдоним><КлючиУполномоченныхЛиц><Ключ><ИдентификаторКлюча>{key_id.upper()}</ИдентификаторКлюча>
<Сертификаты>{"".join(entries)}</Сертификаты></Ключ></КлючиУполномоченныхЛиц>
</ПрограммноАппаратныйКомплекс></ПрограммноАппаратныеКомплексы>
<СтатусАккредитации><Статус>{history[-1][0]}</Статус><ДействуетС>{history[-1][1]}</ДействуетС></СтатусАккредитации>
<ИсторияСтатусовАккредитации>{"".join(statuses)}</ИсторияСтатусовАккредитации>
</УдостоверяющийЦентр></АккредитованныеУдостоверяющиеЦентры>""".encode()


@pytest.fixture(scope="module")
def qualified(root: Authority) -> CertificateFacts:
    """Issued on 2026-01-01."""
    return root.issue("qualified-owner", extensions="qualified").certificate


@pytest.mark.parametrize("with_data", [True, False])
def test_a_certificate_of_the_list_is_its_centres(with_data: bool, root: Authority) -> None:
    centre = AccreditationList(listed(root.certificate, with_data=with_data)).centre_of(root.certificate)
    assert centre is not None
    assert (centre.name, centre.ogrn) == ("УЦ Пример", "1027700132195")


def test_another_certificate_for_the_same_key_is_its_centres_too(openssl: OpenSsl, root: Authority) -> None:
    """As when the ministry certifies the key of a CA that also signed itself."""
    ca = Authority(openssl, "certified", subject="/CN=Certified").sign_itself()
    cross = root.certify(ca.copy(openssl, "certified-again", serial="6001")).certificate
    key_id = ca.certificate.subject_key_id or ""
    assert AccreditationList(listed(ca.certificate, key_id=key_id)).centre_of(cross) is not None
    assert AccreditationList(listed(root.certificate, key_id=key_id)).centre_of(cross) is None, (
        "an identifier is a claim"
    )
    assert AccreditationList(listed(ca.certificate, key_id="00")).centre_of(cross) is None


def test_the_periods_follow_from_the_history() -> None:
    history = (
        ("Действует", "2015-01-01T00:00:00Z"),
        ("Приостановлена", "2016-01-01T00:00:00"),
        ("Действует", "2017-01-01T03:00:00+03:00"),
        ("Прекращена", "2020-01-01T00:00:00.1234567Z"),
    )
    (centre,) = AccreditationList(listed(history=history))._by_key_id[""]
    answers = {year: centre.centre.was_accredited(datetime(year, 1, 1, tzinfo=UTC)) for year in range(2014, 2022)}
    in_force = {year for year, was in answers.items() if was}
    assert in_force == {2015, 2017, 2018, 2019, 2020}


def test_a_good_certificate_of_an_accredited_centre_is_qualified(root: Authority, qualified: CertificateFacts) -> None:
    found = qualify(qualified, root.certificate, AccreditationList(listed(root.certificate)))
    assert (found.answer, found.centre) == (Qualified.YES, "УЦ Пример")


def test_without_a_list_it_is_not_determined(root: Authority, qualified: CertificateFacts) -> None:
    assert qualify(qualified, root.certificate, None).answer is Qualified.NOT_DETERMINED


def test_a_list_older_than_the_certificate_does_not_determine_it(root: Authority, qualified: CertificateFacts) -> None:
    old = AccreditationList(listed(root.certificate, issued="2025-12-31T00:00:00Z"))
    found = qualify(qualified, root.certificate, old)
    assert found.answer is Qualified.NOT_DETERMINED
    assert "get a new list" in found.explanation


def test_an_issuer_newer_than_the_list_is_not_determined(
    openssl: OpenSsl, root: Authority, qualified: CertificateFacts
) -> None:
    young = root.certify(Authority(openssl, "young", subject="/CN=Young")).certificate
    old = AccreditationList(listed(root.certificate, issued="2025-12-31T00:00:00Z"))
    assert qualify(qualified, young, old).answer is Qualified.NOT_DETERMINED


@pytest.mark.parametrize("status", ["Прекращена", "Аннулирована", "Приостановлена", "действует условно", ""])
def test_an_accreditation_that_had_ended_makes_nothing_qualified(
    status: str, root: Authority, qualified: CertificateFacts
) -> None:
    history = (*IN_FORCE, (status, "2025-12-31T00:00:00Z"))
    found = qualify(qualified, root.certificate, AccreditationList(listed(root.certificate, history=history)))
    assert (found.answer, found.centre) == (Qualified.NO, "УЦ Пример")


def test_one_that_ended_later_leaves_earlier_certificates_qualified(
    root: Authority, qualified: CertificateFacts
) -> None:
    history = (*IN_FORCE, ("Прекращена", "2026-02-01T00:00:00Z"))
    accreditation = AccreditationList(listed(root.certificate, history=history))
    assert qualify(qualified, root.certificate, accreditation).answer is Qualified.YES


def test_an_issuer_that_is_not_on_the_list_makes_nothing_qualified(
    openssl: OpenSsl, root: Authority, qualified: CertificateFacts
) -> None:
    other = Authority(openssl, "unlisted", subject="/CN=Unlisted").sign_itself().certificate
    assert qualify(qualified, root.certificate, AccreditationList(listed(other))).answer is Qualified.NO
    assert qualify(qualified, None, AccreditationList(listed(other))).answer is Qualified.NO


def test_a_certificate_without_the_marks_of_the_law_is_not_qualified(root: Authority, signer: Owner) -> None:
    found = qualify(signer.certificate, root.certificate, AccreditationList(listed(root.certificate)))
    assert found.answer is Qualified.NO
    assert "subjectSignTool, issuerSignTool" in found.explanation


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        (b"", "well-formed"),
        (b"<html/>", "root"),
        (listed(issued="yesterday"), "date"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "type declaration"),
    ],
)
def test_what_is_no_list_is_refused(xml: bytes, problem: str) -> None:
    with pytest.raises(MalformedError, match=problem):
        AccreditationList(xml)


def test_one_bad_date_leaves_its_centre_untold_and_the_list_readable(
    root: Authority, qualified: CertificateFacts
) -> None:
    history = (*IN_FORCE, ("Прекращена", "скоро"))
    found = qualify(qualified, root.certificate, AccreditationList(listed(root.certificate, history=history)))
    assert (found.answer, found.centre) == (Qualified.NOT_DETERMINED, "УЦ Пример")


def test_a_certificate_that_is_no_base64_is_known_by_its_thumbprint(root: Authority) -> None:
    broken = listed(root.certificate).replace("<Данные>".encode(), "<Данные>*".encode())
    assert AccreditationList(broken).centre_of(root.certificate) is not None
