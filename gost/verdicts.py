"""Chains that were judged before, for as long as no date in them passes: most of a verification is its chain."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from typing import Final

from gost.certificate import CertificateFacts
from gost.report import Chain

MAX_VERDICTS: Final = 1024  # one for each signer seen lately; some 5 KiB each

_BESIDE_A_MOMENT: Final = timedelta(seconds=1)  # OpenSSL counts in whole seconds: so near to a date nothing is kept


class Verdicts:
    """Keeps a chain between two moments at which it may come out otherwise. Safe to share between threads."""

    __slots__ = ("_kept", "_lock")

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._kept: OrderedDict[Hashable, Chain] = OrderedDict()

    def get(self, subject: Hashable, at: datetime, moments: Iterable[datetime], judge: Callable[[], Chain]) -> Chain:
        """The chain of ``subject`` as of ``at``, judged now unless that was done between the same two ``moments``."""
        passed = 0
        for moment in moments:
            if abs(at - moment) <= _BESIDE_A_MOMENT:
                return judge()
            passed += moment < at
        key = (subject, passed)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        judged = judge()
        with self._lock:
            self._kept[key] = judged
            if len(self._kept) > MAX_VERDICTS:
                self._kept.popitem(last=False)
        return judged


def moments_of(
    certificates: Iterable[CertificateFacts], lists: Iterable[tuple[datetime, datetime | None]]
) -> frozenset[datetime]:
    """When something about these certificates and lists (issued, next issue) begins or ends."""
    dates = {date for certificate in certificates for date in (certificate.not_before, certificate.not_after)}
    return frozenset(dates | {date for pair in lists for date in pair if date is not None})
