"""What the agent sees of a document, however it is cut into chunks, and what its policy makes of it."""

from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gost.digest import DigestAlgorithm, streebog256
from signer_agent.content import Look, text_id
from signer_agent.errors import PermissionDeniedError
from signer_agent.journal_record import Entry, Phase, chained
from signer_agent.ledger import CONTENT_MS, Ledger, content_texts
from signer_agent.model import AttestedBy, Content, ContentFormat, DocumentKind, SignatureFormat, SigningRequest
from signer_agent.policy import Policy
from signer_agent.settings import RuleSettings

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
THUMBPRINT = "AB" * 20
CONTRACT = "<договор>ДКП-2026/17, участок 50:20:0010101:101</договор>".encode()


def looked(document: bytes, *texts: str, cut: int = 7) -> Look:
    look = Look(algorithm=DigestAlgorithm.STREEBOG_256, texts=texts)
    for start in range(0, len(document), cut):
        look.update(document[start : start + cut])
    return look


@given(
    document=st.binary(min_size=1, max_size=300),
    cut=st.integers(1, 64),
    at=st.integers(0, 290),
    size=st.integers(1, 12),
)
def test_a_text_is_found_wherever_chunks_cut_it_and_the_digest_is_of_the_whole(
    document: bytes, cut: int, at: int, size: int
) -> None:
    needle = document[at : at + size].decode("utf-8", "ignore")
    look = looked(document, *([needle] if needle else []), "нет такого слова", cut=cut)
    assert look.digest() == streebog256(document)
    found = {text_id(needle)} if needle and needle.encode() in document else set()
    assert look.content().found == found


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"%PDF-1.7\n\x00\xff", ContentFormat.PDF),
        (b"\xef\xbb\xbf <?xml version='1.0'?><a/>", ContentFormat.XML),
        (CONTRACT, ContentFormat.XML),
        ("Договор".encode(), ContentFormat.TEXT),
        ("Договор".encode("cp1251"), ContentFormat.OTHER),
        ("Догово".encode() + b"\xd1", ContentFormat.OTHER),
        (b"text with \x00", ContentFormat.OTHER),
        (b"<a>" + b"x" * 2000 + b"\xff", ContentFormat.OTHER),
    ],
)
def test_the_format_is_what_all_the_bytes_say(document: bytes, expected: ContentFormat) -> None:
    assert looked(document).content().format is expected


def rule(**changes: object) -> RuleSettings:
    fields: dict[str, object] = {
        "name": "seen",
        "certificates": ["*"],
        "callers": ["crm"],
        "document_kinds": ["CONTRACT"],
        "attested_by": "content",
        **changes,
    }
    return RuleSettings.model_validate(fields)


def request(document: bytes = CONTRACT) -> SigningRequest:
    return SigningRequest(
        request_id="1",
        caller="crm",
        document_kind=DocumentKind.CONTRACT,
        digest=streebog256(document),
        digest_algorithm=DigestAlgorithm.STREEBOG_256,
        certificate=THUMBPRINT,
        format=SignatureFormat.CADES_BES_DETACHED,
    )


def ledger_that_saw(document: bytes, content: Content, *, at_ms: int = NOW_MS) -> Ledger:
    ledger = Ledger()
    entry = Entry(
        phase=Phase.SEEN,
        digest=streebog256(document).hex(),
        digest_algorithm="STREEBOG_256",
        details=MappingProxyType(dict(content_texts(content))),
    )
    ledger.apply(chained(entry, sequence=1, time_ms=at_ms, previous_hash=bytes(32)))
    return ledger


def refusal(policy: Policy, ledger: Ledger) -> tuple[str, str]:
    with pytest.raises(PermissionDeniedError) as caught:
        policy.decide(request(), ledger=ledger, now=NOW)
    return caught.value.reason, caught.value.metadata.get("cause", "")


def policy(*rules: RuleSettings) -> Policy:
    return Policy(rules=rules, attestation_keys={})


def test_a_document_that_was_not_seen_within_a_day_is_not_signed() -> None:
    assert refusal(policy(rule()), Ledger()) == ("CONTENT_NEEDED", "")
    content = looked(CONTRACT).content()
    stale = ledger_that_saw(CONTRACT, content, at_ms=NOW_MS - CONTENT_MS - 1)
    assert refusal(policy(rule()), stale) == ("CONTENT_NEEDED", "")
    other = ledger_that_saw(CONTRACT + b"!", content)
    assert refusal(policy(rule()), other) == ("CONTENT_NEEDED", "")


def test_what_the_rule_says_of_the_content_decides() -> None:
    wanted = "50:20:0010101:101"
    ledger = ledger_that_saw(CONTRACT, looked(CONTRACT, wanted, "ДКП").content())
    asked = rule(max_content_bytes=len(CONTRACT), content_formats=["xml"], content_must_contain=[wanted])
    permission = policy(asked).decide(request(), ledger=ledger, now=NOW)
    assert (permission.rule, permission.attested_by) == ("seen", AttestedBy.CONTENT)
    assert refusal(policy(rule(max_content_bytes=len(CONTRACT) - 1)), ledger) == ("CONTENT_REFUSED", "size")
    assert refusal(policy(rule(content_formats=["pdf", "text"])), ledger) == ("CONTENT_REFUSED", "format")
    assert refusal(policy(rule(content_must_contain=[wanted, "расторгнут"])), ledger) == ("CONTENT_REFUSED", "text")


def test_the_hubs_word_opens_nothing_that_a_look_at_the_document_guards() -> None:
    hub = rule(name="hub", attested_by="hub", allow_hub_attestation=True, cap_per_day=10)
    assert refusal(policy(hub, rule()), Ledger()) == ("CONTENT_NEEDED", "")
    caller = rule(name="caller", attested_by="caller", callers=["other"])
    ledger = ledger_that_saw(CONTRACT, looked(CONTRACT).content())
    assert refusal(policy(rule(), caller), ledger) == ("POLICY_REFUSED", "")
    assert [line.split(":")[0] for line in policy(hub, rule()).warnings()] == ["rule hub", "rule seen"]


def test_conditions_on_content_need_a_rule_that_sees_it() -> None:
    with pytest.raises(ValidationError, match="does the agent see documents"):
        rule(attested_by="caller", content_formats=["pdf"])


def test_no_text_of_a_rule_is_in_the_journal() -> None:
    texts = content_texts(looked(CONTRACT, "участок").content())
    assert texts["content_found"] == text_id("участок")
    assert "участок" not in str(texts)
