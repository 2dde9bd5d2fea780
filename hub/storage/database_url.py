"""What a database's URL may say in the settings."""

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def checked_database_url(value: str) -> str:
    """Return the URL if the hub can use it and it holds no password.

    Raises:
        ValueError: what to write instead; never the URL itself.
    """
    try:
        url = make_url(value)
    except (ArgumentError, ValueError) as error:
        raise ValueError("write a URL, for example sqlite:///state/landhub.db") from error
    if url.password is not None or "password" in url.query:
        raise ValueError("a password doesn't belong into the URL; name it as storage.password, env:NAME or file:PATH")
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return value
    if url.drivername == "postgresql" and url.database:
        return value
    raise ValueError("write sqlite:///FILE or postgresql://USER@HOST:PORT/DATABASE")
