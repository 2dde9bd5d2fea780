"""How one attempt at an upstream can fail, in the terms that decide on retry, breaker and outcome."""

from datetime import timedelta


class AttemptError(Exception):
    """One attempt failed. Seen only inside the outbound chain, which turns the last one into a hub error.

    `may_have_acted`: the upstream may have done what was asked. `counts`: it tells of the upstream's health, so the
    breaker counts it. `repeatable`: another attempt may go better. `retry_after`: what the upstream asked for.
    """

    may_have_acted = True
    counts = True
    repeatable = True

    def __init__(self, what: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class NotSentError(AttemptError):
    """No connection (DNS, connect, TLS failed or took too long): not a byte of the request has left."""

    may_have_acted = False


class AnswerLostError(AttemptError):
    """The request may have left, and no whole answer came: timeout, reset, cut short."""


class AnswerInvalidError(AttemptError):
    """A whole answer came, and it can't be read: HTML, a broken document, a token under another key."""


class UpstreamFailedError(AttemptError):
    """The upstream says that it failed (5xx); what it did before that, nobody knows."""


class UpstreamClosedError(AttemptError):
    """The upstream says that it takes no requests now (maintenance): nothing was done."""

    may_have_acted = False


class QuotaExceededError(AttemptError):
    """The upstream says that we ask too much (429): nothing was done, and it is well."""

    may_have_acted = False
    counts = False


class CredentialsRefusedError(AttemptError):
    """The upstream refuses our certificate or key (401, 403, a TLS alert): nothing was done."""

    may_have_acted = False
    counts = False
    repeatable = False


class RequestRejectedError(AttemptError):
    """The upstream has no such operation or takes no such request (404, 405, ... without a word of its own)."""

    may_have_acted = False
    counts = False
    repeatable = False
