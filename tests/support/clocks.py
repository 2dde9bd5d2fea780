"""Clocks that are wrong, for programs of their own."""

TWO_YEARS_AHEAD = """
import datetime, time
class Ahead(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(days=730)
_time, datetime.datetime = time.time, Ahead
time.time = lambda: _time() + 730 * 86400
"""
"""A `sitecustomize.py` on PYTHONPATH with it: every clock of that Python stands two years ahead."""
