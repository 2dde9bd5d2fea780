"""Makes the files of evidence of our signatures: the agent's parts, our audit, certificates and revocation lists."""

from collections.abc import Sequence

from evidence.assemble import assemble
from evidence.certificates import crl_ders
from evidence.chains import encoded
from evidence.container import AUDIT, SIGNATURE, SIGNATURE_AS_MADE, XML_SIGNATURE, EvidenceError, unpack
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.module_api import Evidence, EvidenceContext
from hub.modules.signatures.port import SignatureState
from hub.modules.signatures.records import BATCH, made_hash, made_lines
from hub.modules.signatures.records import SIGNATURE as RESOURCE
from hub.modules.signatures.settings import SignaturesSettings
from hub.modules.signatures.store import SignatureRow, SignaturesStore
from hub.modules.signatures.trust import Trust

_OURS = "OURS"


async def evidence_of(settings: SignaturesSettings, ctx: EvidenceContext) -> Sequence[Evidence]:
    """Return a file for each signature of ours that was made under the reference."""
    store = SignaturesStore(ring=ctx.columns)
    trust = Trust(settings=settings.trust, path=ctx.path, clock=SystemClock())
    rows = [row for row in store.under(ctx.conn, ctx.business_reference) if row.origin == _OURS]
    found = []
    for row in rows:
        if row.state == SignatureState.SIGNED:
            try:
                found.append(Evidence(name=row.id, file=await _file(ctx, store, trust, row)))
            except (EvidenceError, HubError) as error:
                found.append(Evidence(name=row.id, problem=str(error)))
    return found


async def _file(ctx: EvidenceContext, store: SignaturesStore, trust: Trust, row: SignatureRow) -> bytes:
    if row.cms is None:
        raise EvidenceError("its bytes were erased, with its owner's personal data")
    if ctx.signing is None or not row.asked_as:
        raise EvidenceError("its agent is not known here any more")
    parts = dict(unpack(await ctx.signing.evidence(row.agent, row.asked_as)))
    if XML_SIGNATURE not in parts and parts[SIGNATURE] != row.cms:
        parts[SIGNATURE_AS_MADE] = parts[SIGNATURE]  # what was added later is no part of what the agent journaled
        parts[SIGNATURE] = row.cms
    batch = store.batch(ctx.conn, row.batch_id)
    resources = (f"{RESOURCE}/{row.batch_id}", f"{BATCH}/{row.batch_id}")
    runs = await ctx.audited(resources, made_hash(batch))
    parts[AUDIT] = encoded(
        {"runs": [run.told() for run in runs], "signature_id": row.id, "signatures": made_lines(batch)}
    )
    known, crls = trust.known()
    return assemble(parts, known=known, crls=[der for crl in crls for der in crl_ders(crl)])
