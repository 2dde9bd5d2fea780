"""Who may have what signed: rules in order, and what a hostile hub gets where the caller's own word is needed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gost.digest import DigestAlgorithm
from landhub.common.v1 import document_pb2, signing_pb2
from signer_agent.attestation import AttestationKey
from signer_agent.model import DocumentKind, SignatureFormat, SigningRequest
from signer_agent.policy import Policy
from tests.unit.agent.conftest import OpenBench
from tests.unit.agent.support import (
    NOON,
    Bench,
    Keys,
    attested,
    caller_rule,
    request,
    rule,
    sign_statement,
    statement_of,
    with_attestation,
)

LATER = NOON + timedelta(hours=1)


async def test_the_callers_own_word_gets_a_signature(guarded: Bench, keys: Keys, caller_key: Ed25519PrivateKey) -> None:
    made = await guarded.signed(attested(request(keys), caller_key))

    assert made.rule == "attested contracts"


async def test_an_ecdsa_key_attests_as_well(open_bench: OpenBench, keys: Keys) -> None:
    bench = await open_bench([caller_rule()])
    key = ec.generate_private_key(ec.SECP256R1())
    bench.attestation_keys["ec"] = AttestationKey(key=key.public_key(), caller="crm")  # type: ignore[index]
    bench.service._policy = Policy(rules=bench.rules, attestation_keys=bench.attestation_keys)

    await bench.signed(attested(request(keys), key, key_id="ec"))
    forged = attested(request(keys), ec.generate_private_key(ec.SECP256R1()), key_id="ec", nonce=b"m" * 16)

    assert await bench.refused(forged) == "ATTESTATION_INVALID"


async def test_the_hubs_word_alone_gets_nothing_under_a_callers_rule(guarded: Bench, keys: Keys) -> None:
    assert await guarded.refused(request(keys)) == "ATTESTATION_MISSING"


ForgedStatement = Callable[[signing_pb2.AttestationStatement], object]
OTHER_KIND = document_pb2.DOCUMENT_KIND_SPOUSE_CONSENT
STREEBOG_512 = signing_pb2.DIGEST_ALGORITHM_STREEBOG_512


@pytest.mark.parametrize(
    "forge",
    [
        lambda said: setattr(said, "digest", bytes(32)),
        lambda said: setattr(said, "digest", said.digest + bytes(32)),
        lambda said: setattr(said, "digest_algorithm", STREEBOG_512),
        lambda said: setattr(said, "document_kind", OTHER_KIND),
        lambda said: setattr(said, "certificate_thumbprint", "0" * 40),
        lambda said: setattr(said, "format", 0),
        lambda said: setattr(said, "nonce", b"short"),
        lambda said: setattr(said, "nonce", b""),
        lambda said: said.ClearField("expire_time"),
        lambda said: said.expire_time.FromDatetime(NOON + timedelta(hours=24, seconds=1)),
        lambda said: setattr(said.expire_time, "seconds", 2**62),
    ],
)
async def test_a_statement_about_anything_else_is_refused(
    guarded: Bench, keys: Keys, caller_key: Ed25519PrivateKey, forge: ForgedStatement
) -> None:
    asked = request(keys)
    statement = statement_of(asked, expires=LATER)
    forge(statement)

    answer = await guarded.refused(with_attestation(asked, sign_statement(statement.SerializeToString(), caller_key)))

    assert answer == "ATTESTATION_INVALID"


@pytest.mark.parametrize(
    "change",
    [
        {"digest": bytes(32)},
        {"digest": bytes(64), "digest_algorithm": DigestAlgorithm.STREEBOG_512},
        {"caller": "bank"},
        {"caller": "CRM"},
        {"document_kind": DocumentKind.SPOUSE_CONSENT},
        {"document_kind": DocumentKind.OTHER},
    ],
)
async def test_a_request_changed_on_its_way_is_refused(
    open_bench: OpenBench, keys: Keys, caller_key: Ed25519PrivateKey, change: dict[str, object]
) -> None:
    everything = caller_rule(callers=["*"], document_kinds=[kind.value for kind in DocumentKind])
    bench = await open_bench([everything])
    honest = attested(request(keys), caller_key)

    assert await bench.refused(replace(honest, **change)) == "ATTESTATION_INVALID"  # type: ignore[arg-type]


async def test_another_certificate_than_the_attested_is_refused(
    guarded: Bench, keys: Keys, caller_key: Ed25519PrivateKey
) -> None:
    honest = attested(request(keys), caller_key)

    assert await guarded.refused(replace(honest, certificate=keys.thumbprints["other"])) == "ATTESTATION_INVALID"


async def test_words_signed_by_other_keys_or_in_other_ways_are_refused(
    guarded: Bench, keys: Keys, caller_key: Ed25519PrivateKey
) -> None:
    asked = request(keys)
    statement = statement_of(asked, expires=LATER).SerializeToString()
    good = sign_statement(statement, caller_key)
    stranger = Ed25519PrivateKey.generate()
    broken = good.signature[:-1] + bytes(
        [good.signature[-1] ^ 1]
    )  # never the byte it had: of 16 keys one has a 0 there

    forgeries = [
        sign_statement(statement, stranger),
        sign_statement(statement, caller_key, key_id="unknown"),
        sign_statement(statement, caller_key, prefix=b""),  # the statement alone: no domain
        sign_statement(statement, caller_key, prefix=b"landhub.attestation.v2\x00"),
        sign_statement(b"no protobuf \xff", caller_key),
        sign_statement(statement + b"\xfa\x01\x02\x68\x69", caller_key),  # a field nobody here knows
        signing_pb2.CallerAttestation(statement=statement, signature=b"", key_id="crm-key"),
        signing_pb2.CallerAttestation(statement=statement, signature=broken, key_id="crm-key"),
        signing_pb2.CallerAttestation(statement=statement + b"\0", signature=good.signature, key_id="crm-key"),
    ]

    for forged in forgeries:
        assert await guarded.refused(with_attestation(asked, forged)) == "ATTESTATION_INVALID"


async def test_an_expired_word_is_refused(guarded: Bench, keys: Keys, caller_key: Ed25519PrivateKey) -> None:
    asked = attested(request(keys), caller_key, expires=NOON)

    assert await guarded.refused(asked) == "ATTESTATION_EXPIRED"


@pytest.mark.parametrize("restart", [False, True])
async def test_one_word_is_good_for_one_request(
    guarded: Bench, keys: Keys, caller_key: Ed25519PrivateKey, restart: bool
) -> None:
    asked = attested(request(keys), caller_key)
    made = await guarded.signed(asked)
    bench = await guarded.reopen() if restart else guarded

    replayed = replace(asked, request_id="00000000-0000-4000-8000-000000000001")

    assert await bench.refused(replayed) == "ATTESTATION_REPLAYED"
    assert await bench.signed(asked) == made  # the same request may ask again


async def test_one_word_under_another_name_of_its_key_is_still_good_for_one_request_only(
    guarded: Bench, keys: Keys, caller_key: Ed25519PrivateKey
) -> None:
    renamed = {
        "crm-key": AttestationKey(key=caller_key.public_key(), caller="crm"),
        "crm-key-2": AttestationKey(key=caller_key.public_key(), caller="crm"),
    }
    guarded.service._policy = Policy(rules=guarded.rules, attestation_keys=renamed)
    await guarded.signed(attested(request(keys), caller_key))

    assert await guarded.refused(attested(request(keys), caller_key, key_id="crm-key-2")) == "ATTESTATION_REPLAYED"


async def test_two_callers_may_happen_on_the_same_nonce(
    open_bench: OpenBench, keys: Keys, caller_key: Ed25519PrivateKey
) -> None:
    bench = await open_bench([caller_rule(callers=["*"])])
    bank_key = Ed25519PrivateKey.generate()
    both = {**bench.attestation_keys, "bank-key": AttestationKey(key=bank_key.public_key(), caller="bank")}
    bench.service._policy = Policy(rules=bench.rules, attestation_keys=both)

    await bench.signed(attested(request(keys), caller_key))
    await bench.signed(attested(request(keys, caller="bank"), bank_key, key_id="bank-key"))


async def test_one_word_sent_for_many_requests_at_once_is_honoured_once(
    guarded: Bench, keys: Keys, caller_key: Ed25519PrivateKey
) -> None:
    asked = attested(request(keys), caller_key)
    many = [replace(asked, request_id=f"00000000-0000-4000-8000-{number:012d}") for number in range(20)]

    answers = await guarded.service.sign(many)

    reasons = [getattr(answer, "reason", "signed") for answer in answers]
    assert sorted(set(reasons)) == ["ATTESTATION_REPLAYED", "signed"]
    assert reasons.count("signed") == 1


async def test_a_refused_word_is_not_used_up(guarded: Bench, keys: Keys, caller_key: Ed25519PrivateKey) -> None:
    asked = attested(request(keys), caller_key)
    stolen = replace(asked, request_id="00000000-0000-4000-8000-000000000001", digest=bytes(32))
    await guarded.refused(stolen)

    await guarded.signed(asked)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"caller": "bank"},
        {"document_kind": DocumentKind.OTHER},
        {"caller": "x", "document_kind": DocumentKind.OTHER},
    ],
)
@pytest.mark.parametrize("hub_first", [False, True])
async def test_naming_another_caller_or_kind_opens_no_certificate_that_a_callers_rule_guards(
    open_bench: OpenBench, keys: Keys, change: dict[str, object], hub_first: bool
) -> None:
    open_rule = rule("open", callers=["*"], document_kinds=[kind.value for kind in DocumentKind])
    guard = caller_rule(certificates=[keys.thumbprints["seller"]])
    bench = await open_bench([open_rule, guard] if hub_first else [guard, open_rule])
    asked = replace(request(keys), **change)  # type: ignore[arg-type]

    assert await bench.refused(asked) in {"POLICY_REFUSED", "ATTESTATION_MISSING"}
    other = await bench.signed(request(keys, certificate=keys.thumbprints["other"]))
    assert other.rule == "open"


async def test_a_guarded_certificate_is_opened_to_the_hub_only_in_so_many_words(
    open_bench: OpenBench, keys: Keys
) -> None:
    bench = await open_bench(
        [caller_rule(), rule("open", document_kinds=["POWER_OF_ATTORNEY"], despite_caller_rules=True)]
    )

    made = await bench.signed(request(keys, document_kind=DocumentKind.POWER_OF_ATTORNEY))

    assert made.rule == "open"


async def test_the_first_rule_that_fits_decides(open_bench: OpenBench, keys: Keys) -> None:
    bench = await open_bench([rule("one", cap_per_day=1), rule("two")])

    assert (await bench.signed(request(keys))).rule == "one"
    assert await bench.refused(request(keys)) == "CAP_REACHED"  # and doesn't fall through to the next


@pytest.mark.parametrize(
    "change", [{"caller": "bank"}, {"document_kind": DocumentKind.OTHER}, {"certificate": "0" * 40}]
)
async def test_what_no_rule_fits_is_refused(keys: Keys, open_bench: OpenBench, change: dict[str, object]) -> None:
    bench = await open_bench([rule(certificates=[keys.thumbprints["seller"]])])

    assert await bench.refused(request(keys, **change)) in {"POLICY_REFUSED", "CERTIFICATE_NOT_FOUND"}


def test_explain_tells_rule_by_rule(keys: Keys) -> None:
    seller = keys.thumbprints["seller"]
    rules = [
        rule("other certificates", certificates=["1" * 40]),
        rule("bank", callers=["bank"]),
        caller_rule("ours", certificates=[seller]),
    ]
    policy = Policy(rules=rules, attestation_keys={})

    assert list(policy.explain(request(keys))) == [
        "other certificates: no, it is for other certificates",
        "bank: no, it is for other callers",
        "ours: decides; allowed if the caller attests it with its own key",
    ]
    assert list(policy.explain(request(keys, caller="bank")))[1:3] == [
        "bank: no, rule ours guards this certificate by the caller's attestation",
        "ours: no, it is for other callers",
    ]


def test_explain_tells_of_each_other_rule_why_it_does_not_decide(keys: Keys) -> None:
    rules = [rule("t", formats=["CADES_T_DETACHED"]), rule("kinds", document_kinds=["OTHER"]), rule("one"), rule("two")]

    assert list(Policy(rules=rules, attestation_keys={}).explain(request(keys))) == [
        "t: no, it is for other formats",
        "kinds: no, it is for other kinds of documents",
        "one: decides; allowed if the hub says so, 1000 a day at most",
        "two: no, it fits too, but one stands before it",
    ]


@pytest.mark.parametrize(
    ("attested_with", "said"),
    [
        (None, "allowed if the caller attests it with its own key"),
        ("", "refused, ATTESTATION_MISSING"),
        ("nobody", "refused, ATTESTATION_INVALID: nobody is in no"),
        ("bank-key", "refused, ATTESTATION_INVALID: bank-key speaks for bank"),
        ("crm-key", "allowed if the caller attests it with its own key: crm-key may speak for it"),
    ],
)
def test_explain_tells_what_an_attestation_would_do(keys: Keys, attested_with: str | None, said: str) -> None:
    key = Ed25519PrivateKey.generate().public_key()
    known = {f"{name}-key": AttestationKey(key=key, caller=name) for name in ("crm", "bank")}
    policy = Policy(rules=[caller_rule()], attestation_keys=known)

    (line,) = policy.explain(request(keys), attested_with=attested_with)

    assert line.startswith(f"attested contracts: decides; {said}")


def test_explain_names_the_systems_whose_strings_for_esia_a_rule_signs(keys: Keys) -> None:
    form: dict[str, object] = {"formats": ["ESIA_CMS"], "document_kinds": ["OTHER"], "esia_client_ids": ["MNSV01"]}
    asked = request(keys, format=SignatureFormat.ESIA_CMS, document_kind=DocumentKind.OTHER)

    (line,) = Policy(rules=[rule("esia", **form)], attestation_keys={}).explain(asked)

    assert "client_id is one of MNSV01" in line


def test_rules_that_do_not_do_what_one_may_think_are_warned_of() -> None:
    key = AttestationKey(key=Ed25519PrivateKey.generate().public_key(), caller="crm")

    def warnings(*rules: object) -> list[str]:
        return list(Policy(rules=rules, attestation_keys={"crm": key}).warnings())  # type: ignore[arg-type]

    assert warnings(caller_rule(), rule(certificates=["1" * 40], despite_caller_rules=True))[0].startswith(
        "rule contracts: a compromised hub gets signatures"
    )
    assert warnings(caller_rule(), rule())[0].startswith("rule contracts: never used for the certificates of")
    assert warnings(caller_rule(callers=["bank"]))[0].startswith("rule attested contracts: none of its callers")
    assert warnings(caller_rule(certificates=["1" * 40]), rule(certificates=["2" * 40])) == []


def test_the_names_of_the_contract_are_known_here() -> None:
    def names(enum: object, prefix: str) -> set[str]:
        return {name.removeprefix(prefix) for name in enum.keys()} - {"UNSPECIFIED"}  # type: ignore[attr-defined]  # noqa: SIM118

    assert names(document_pb2.DocumentKind, "DOCUMENT_KIND_") == set(DocumentKind)
    assert names(signing_pb2.SignatureFormat, "SIGNATURE_FORMAT_") == set(SignatureFormat)
    assert names(signing_pb2.DigestAlgorithm, "DIGEST_ALGORITHM_") <= {item.name for item in DigestAlgorithm}
    assert SigningRequest.__dataclass_fields__
