"""Who calls: the name in the client certificate, after everything the TLS library lets through was checked again."""

from dataclasses import dataclass
from datetime import datetime

from cachetools import LRUCache
from cryptography import x509

from hub.core.clock import Clock
from hub.core.errors import UnauthenticatedError
from hub.rpc.access import Access
from hub.rpc.passage import Identity, Passage
from hub.rpc.trust import Trust, caller_name, validity

_MOST_CERTIFICATES = 1024  # known at once; one more only costs a parse
_UNKNOWN_ISSUER = "issuer"


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What was found out about one certificate: good from, until, the objection to it, and whose it is."""

    not_before: datetime
    not_after: datetime
    objection: str
    identity: Identity | None


class Identify:
    """Turns the certificate of a connection into a caller of the settings.

    TLS checked it when the connection was made; it may have expired or been revoked since, and TLS knows nothing of
    small keys, SHA-1 and our lists. What is found out is kept by certificate until a trust file or the callers change.
    """

    def __init__(self, *, access: Access, trust: Trust, clock: Clock) -> None:
        self._access = access
        self._trust = trust
        self._clock = clock
        self._version = (trust.version, access.version)
        self._leaves: LRUCache[bytes, _Leaf] = LRUCache(_MOST_CERTIFICATES)

    def check(self, passage: Passage) -> None:
        """Set passage.identity.

        Raises:
            UnauthenticatedError: no certificate, a refused one (CERTIFICATE_REFUSED, metadata names the cause), or a
                name the settings don't know (CALLER_UNKNOWN).
        """
        pem = next(iter(passage.context.auth_context().get("x509_pem_cert", ())), b"")
        if not pem:
            raise UnauthenticatedError("show a client certificate of this hub's callers' CA")
        leaf = self._leaf(pem)
        objection = leaf.objection
        if not leaf.not_before <= self._clock.now() <= leaf.not_after:
            objection = "expired"
        if objection:
            raise UnauthenticatedError(
                f"the client certificate is refused ({objection}); have a new one issued",
                reason="CERTIFICATE_REFUSED",
                metadata={"cause": objection},
            )
        if leaf.identity is None:
            raise UnauthenticatedError("the name in the client certificate is not on this hub's list of callers")
        passage.identity = leaf.identity

    def _leaf(self, pem: bytes) -> _Leaf:
        leaf = self._known(pem)
        if leaf.objection == _UNKNOWN_ISSUER:  # TLS, which looks at each handshake, may know a new CA before we do
            leaf = self._known(pem, at_once=True)
        return leaf

    def _known(self, pem: bytes, *, at_once: bool = False) -> _Leaf:
        self._trust.refresh(at_once=at_once)
        version = (self._trust.version, self._access.version)
        if self._version != version:
            self._version = version
            self._leaves.clear()
        leaf = self._leaves.get(pem)
        if leaf is None:
            leaf = self._leaves[pem] = self._examined(pem)
        return leaf

    def _examined(self, pem: bytes) -> _Leaf:
        certificate = x509.load_pem_x509_certificate(pem)
        not_before, not_after = validity(certificate)
        name = caller_name(certificate)
        known = self._access.rules.callers.get(name)
        identity = None if known is None else Identity(caller=name, group=known.group or name, roles=known.roles)
        return _Leaf(not_before, not_after, self._trust.objection(certificate), identity)
