"""A GOST timestamp authority (RFC 3161): asn1crypto reads and writes, the OpenSSL command line signs.

It shares nothing with `gost/`, so that what the hub takes for a timestamp was made by somebody else. OpenSSL's own
`ts -reply` works with the gost engine too, but only by the machine's clock and without faults.
"""

import dataclasses
from collections.abc import Collection
from datetime import datetime, timedelta

from asn1crypto import cms, core, tsp

from sandbox.faults import Fault, FaultKind
from sandbox.openssl import run_openssl
from sandbox.test_ca import Issued, Subject, TestAuthority

POLICY = "1.2.643.100.113.99.1"
_DIGESTS = frozenset({"1.2.643.7.1.1.2.2", "1.2.643.7.1.1.2.3", "2.16.840.1.101.3.4.2.1"})
_CONTENT_TYPE = "1.2.840.113549.1.9.16.1.4"
_ACCURACY_SECONDS = 1


@dataclasses.dataclass(slots=True, kw_only=True)
class TimestampAuthority:
    """One authority. `answer` never raises over what it is asked: it says so in RFC 3161's words."""

    ca: TestAuthority
    signer: Issued
    expired: Issued
    """The signer whose certificate ended yesterday, for the fault of that name."""
    serial_number: int = 0

    @classmethod
    def create(cls, ca: TestAuthority) -> "TimestampAuthority":
        """Have certificates for timestamps issued, or take those from before; they lie in the CA's directory."""
        subject = Subject(common_name="Служба штампов времени (песочница)", organisation="landhub sandbox")
        signer = ca.find("tsa") or ca.issue("tsa", subject, extended_key_usage="timeStamping")
        yesterday = signer.not_before - timedelta(days=1)
        expired = ca.find("tsa-expired") or ca.issue(
            "tsa-expired", subject, not_after=yesterday, extended_key_usage="timeStamping"
        )
        return cls(ca=ca, signer=signer, expired=expired)

    def answer(self, query: bytes, *, at: datetime, faults: Collection[Fault] = ()) -> bytes:
        """A TimeStampResp in DER to a TimeStampReq, with the time `at` (aware) unless a fault has it otherwise."""
        struck = {fault.kind: fault for fault in faults}
        if FaultKind.TIMESTAMP_REJECTED in struck:
            return _refused("time_not_available")
        try:
            request = tsp.TimeStampReq.load(query, strict=True)
            imprint = request["message_imprint"]
            algorithm = imprint["hash_algorithm"]["algorithm"].dotted
            policy = request["req_policy"].dotted if request["req_policy"].native else POLICY
        except (ValueError, TypeError):
            return _refused("bad_data_format")
        if algorithm not in _DIGESTS:
            return _refused("bad_alg")
        if policy != POLICY:
            return _refused("unaccepted_policy")
        token = self._token(self._info(request, at, struck), request, struck)
        return _granted(token)

    def _info(self, request: tsp.TimeStampReq, at: datetime, struck: dict[FaultKind, Fault]) -> bytes:
        imprint = request["message_imprint"]
        hashed: bytes = imprint["hashed_message"].native
        if FaultKind.TIMESTAMP_WRONG_IMPRINT in struck:
            hashed = bytes(byte ^ 1 for byte in hashed)
        nonce = request["nonce"].native
        if FaultKind.TIMESTAMP_WRONG_NONCE in struck:
            nonce = (nonce or 0) + 1
        if FaultKind.TIMESTAMP_CLOCK_WRONG in struck:
            at += timedelta(seconds=struck[FaultKind.TIMESTAMP_CLOCK_WRONG].seconds)
        self.serial_number += 1
        fields = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": {"hash_algorithm": imprint["hash_algorithm"], "hashed_message": hashed},
            "serial_number": self.serial_number,
            "gen_time": at.replace(microsecond=0),
            "accuracy": {"seconds": _ACCURACY_SECONDS},
        }
        if nonce is not None:
            fields["nonce"] = nonce
        der: bytes = tsp.TSTInfo(fields).dump()
        return der

    def _token(self, info: bytes, request: tsp.TimeStampReq, struck: dict[FaultKind, Fault]) -> bytes:
        by = self.expired if FaultKind.TIMESTAMP_CERTIFICATE_EXPIRED in struck else self.signer
        form = ("cms", "-sign", "-binary", "-nodetach", "-cades", "-nosmimecap", "-outform", "DER")
        what = ("-econtent_type", _CONTENT_TYPE, "-md", self.ca.digest_name)
        who = ("-signer", by.certificate_path, "-inkey", by.key_path)
        certificates = () if request["cert_req"].native else ("-nocerts",)
        return run_openssl((*form, *what, *who, *certificates), stdin=info, config=self.ca.config_path)


def _granted(token: bytes) -> bytes:
    status = {"status": "granted"}
    der: bytes = tsp.TimeStampResp({"status": status, "time_stamp_token": cms.ContentInfo.load(token)}).dump()
    return der


def _refused(failure: str) -> bytes:
    text = core.UTF8String("отказано")
    status = {"status": "rejection", "status_string": [text], "fail_info": {failure}}
    der: bytes = _Refusal({"status": status}).dump()
    return der


class _Refusal(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """A TimeStampResp without a token, which asn1crypto's own can't be written without."""

    _fields = [("status", tsp.PKIStatusInfo)]  # noqa: RUF012 - asn1crypto writes into it
