"""Column types that the tables of the core and of the modules share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from hub.core.crypto import MAGIC

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """An aware time as whole microseconds since 1970: the same order and precision on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Store UTC microseconds; a naive time is a bug and raises TypeError."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - same
        """Read an aware UTC time."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes sealed by hub.core.crypto.SealedColumn; plaintext is refused, so it can't be stored by mistake."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Let sealed values pass.

        Raises:
            ValueError: the value was not sealed.
        """
        if value is not None and not value.startswith(MAGIC):
            raise ValueError("this column holds sealed values only; pass it through its SealedColumn")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - same
        """Return the sealed bytes."""
        return None if value is None else bytes(value)
