"""Chains that were judged before, until something in them begins or ends: most of a verification is its chain."""

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gost.report import Chain

MAX_VERDICTS: Final = 1024  # one for each signer seen lately; some 5 KiB each

_BESIDE_A_MOMENT: Final = timedelta(seconds=1)  # OpenSSL counts in whole seconds: so near to a date nothing is kept
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_LATEST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A chain, and all moments at which it may come out otherwise: the dates of each certificate and list looked at."""

    chain: Chain
    moments: frozenset[datetime]


@dataclass(frozen=True, slots=True)
class _Kept:
    judged: Judgement
    begins: datetime
    ends: datetime


class Verdicts:
    """Keeps a chain between the two moments around the time it was judged for. Safe to share between threads.

    Belongs to one set of anchors and lists; whatever else a chain depends on is part of its subject.
    """

    __slots__ = ("_kept", "_lock")

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def get(self, subject: Hashable, at: datetime, judge: Callable[[], Judgement]) -> Judgement:
        """The judgement of ``subject`` as of ``at``, judged now unless that was done between the same two moments."""
        with self._lock:
            kept = self._kept.get(subject)
            if kept is not None and kept.begins < at < kept.ends:
                self._kept.move_to_end(subject)
                return kept.judged
        judged = judge()
        around = _between(judged, at)
        if around.begins < at < around.ends:
            with self._lock:
                self._kept[subject] = around
                self._kept.move_to_end(subject)
                if len(self._kept) > MAX_VERDICTS:
                    self._kept.popitem(last=False)
        return judged


def _between(judged: Judgement, at: datetime) -> _Kept:
    moments = sorted(judged.moments)
    passed = bisect_right(moments, at)
    begins = moments[passed - 1] + _BESIDE_A_MOMENT if passed else _EARLIEST
    ends = moments[passed] - _BESIDE_A_MOMENT if passed < len(moments) else _LATEST
    return _Kept(judged, begins, ends)
