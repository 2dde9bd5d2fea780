"""The payer of the demo: opens the acquirer's page and pays there, as a browser would."""

import http.client
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode, urlsplit

_TIMEOUT_SECONDS = 10


class PayerRefusedError(Exception):
    """The page didn't take the payment; the message says what it answered."""


def pay_on_page(url: str, *, ca: Path, card: Mapping[str, str] | None = None) -> str:
    """Press the button on the payment page, and return where the payer is sent afterwards.

    `card`: what the payer writes there, `pan` and, where it is asked for, `holder`.

    Raises:
        PayerRefusedError: the page isn't there, or didn't take the money.
    """
    parts = urlsplit(url)
    context = ssl.create_default_context(cafile=str(ca))
    connection = http.client.HTTPSConnection(parts.netloc, timeout=_TIMEOUT_SECONDS, context=context)
    try:
        connection.request(
            "POST",
            parts.path,
            body=urlencode({"outcome": "approve", **(card or {})}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.SEE_OTHER:
            raise PayerRefusedError(f"the payment page answered {answer.status}")
        return answer.headers["Location"] or ""
    except OSError as error:
        raise PayerRefusedError(f"the payment page can't be reached: {error}") from error
    finally:
        connection.close()
