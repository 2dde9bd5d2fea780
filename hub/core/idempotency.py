"""One request_id, one effect: recognises a repeated request and refuses the same request_id with other content."""

import abc
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.crypto import KeyedHash
from hub.core.errors import AlreadyExistsError, InvalidRequestError

KEEP = timedelta(days=30)  # longer than any client retries; money and registrations are kept for ever


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What is remembered of a request: whose it was, a keyed hash of its content, and what it made."""

    caller: str
    method: str
    request_id: str
    fingerprint: bytes
    fingerprint_key_id: str
    resource: str
    resource_id: str
    job_id: str
    created_at: datetime
    expires_at: datetime | None


class IdempotencyStore(abc.ABC):
    """Rows of `idempotency_keys`; every method works inside the caller's transaction."""

    @abc.abstractmethod
    def add(self, conn: Connection, key: IdempotencyKey) -> bool:
        """Write a key; False if caller, method and request_id are taken."""

    @abc.abstractmethod
    def get(self, conn: Connection, caller: str, method: str, request_id: str) -> IdempotencyKey | None:
        """Return a key."""

    @abc.abstractmethod
    def prune(self, conn: Connection, *, now: datetime, limit: int) -> int:
        """Delete so many keys at most whose time is over; returns how many."""


class Idempotency:
    """Claims keys. The fingerprint's key may be rotated: older ones in `former` still recognise older requests."""

    def __init__(self, *, store: IdempotencyStore, fingerprints: KeyedHash, former: tuple[KeyedHash, ...] = ()) -> None:
        self._store = store
        self._fingerprints = fingerprints
        self._by_id = {keyed.key_id: keyed for keyed in (*former, fingerprints)}

    def fingerprint(self, call: Call) -> bytes:
        """Return the keyed hash of the call's content."""
        return self._fingerprints.digest("request", call.fingerprint)

    def find(self, conn: Connection, call: Call) -> IdempotencyKey | None:
        """Return the key if the same request came before; None if it is new.

        Raises:
            InvalidRequestError: the call has no request_id.
            AlreadyExistsError: the request_id was used for other content.
        """
        if not call.request_id:
            raise InvalidRequestError("set request_id to a new UUID, and repeat it when you retry")
        key = self._store.get(conn, call.caller, call.method, call.request_id)
        if key is None:
            return None
        keyed = self._by_id.get(key.fingerprint_key_id)
        if keyed is None or not hmac.compare_digest(keyed.digest("request", call.fingerprint), key.fingerprint):
            raise AlreadyExistsError(
                "this request_id was used for other content; send the same content again, or use a new request_id"
            )
        return key

    def claim(
        self,
        conn: Connection,
        call: Call,
        *,
        resource: str,
        resource_id: str,
        job_id: str,
        now: datetime,
        keep_forever: bool,
    ) -> bool:
        """Write the key of a new request; False if another transaction was faster."""
        key = IdempotencyKey(
            caller=call.caller,
            method=call.method,
            request_id=call.request_id,
            fingerprint=self.fingerprint(call),
            fingerprint_key_id=self._fingerprints.key_id,
            resource=resource,
            resource_id=resource_id,
            job_id=job_id,
            created_at=now,
            expires_at=None if keep_forever else now + KEEP,
        )
        return self._store.add(conn, key)
