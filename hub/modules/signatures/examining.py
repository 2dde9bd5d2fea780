"""What `hub doctor` says of the revocation lists that verifications rest on: whose, how old, and for how long good."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from gost.certificate import CertificateFacts, read_certificates
from gost.errors import MalformedError
from gost.revocation import read_revocation_list
from hub.core.findings import Finding, bad, doubtful, good
from hub.modules.signatures.fetching import age_told
from hub.modules.signatures.settings import SignaturesSettings, TrustSettings
from hub.modules.signatures.trust import crl_patterns, files_of

_REMEDY = "fetch it again from the address its CA publishes, or have the hub do so: trust.fetching"


def examine(settings: SignaturesSettings, path: Callable[[str], Path], now: datetime) -> Sequence[Finding]:
    """Look at each list as it lies there; asks nobody."""
    trust = settings.trust
    try:
        known = _known(trust, path)
    except (OSError, MalformedError) as error:
        return [bad("trust", f"anchors or intermediates can't be read: {error}", "mend modules.signatures.trust")]
    files = files_of(crl_patterns(trust), path)
    found = [_judged(file, known, now) for file in files]
    folder = path(trust.fetching.folder)
    missing = [name for name in trust.fetching.points if not (folder / f"{name}.crl").exists()]
    found += [bad(f"crl {name}", "it was never fetched", f"hub probe signatures.crl.{name}") for name in missing]
    return found


def _judged(file: Path, known: Sequence[CertificateFacts], now: datetime) -> Finding:
    check = f"crl {file.name}"
    try:
        facts = read_revocation_list(file.read_bytes(), known)
    except (OSError, MalformedError) as error:
        return bad(check, str(error), _REMEDY)
    told = age_told(facts, now)
    if not facts.is_signed:
        remedy = "add its CA to trust.intermediates, or take the list away"
        return doubtful(check, f"{told}, by no CA of the trust settings", remedy)
    if facts.next_update is None or facts.next_update <= now:
        return bad(check, f"{told}: it is stale, and verifications are INDETERMINATE", _REMEDY)
    return good(check, told)


def _known(trust: TrustSettings, path: Callable[[str], Path]) -> list[CertificateFacts]:
    files = files_of((*trust.anchors, *trust.intermediates, *trust.timestamp_anchors), path)
    return [facts for file in files for facts in read_certificates(file.read_bytes())]
