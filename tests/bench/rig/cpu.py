"""How often this process does something a second of CPU, that of the processes it starts included."""

import os
import time
from collections.abc import Callable


def per_cpu_second(work: Callable[[], object], *, seconds: float = 1.0) -> float:
    """Do something over and over for some seconds, and return how often that was a second of CPU."""
    began, cpu = time.perf_counter(), cpu_seconds()
    count = 0
    while time.perf_counter() - began < seconds:
        work()
        count += 1
    return count / (cpu_seconds() - cpu)


def counted_per_cpu_second(work: Callable[[], object], count: int) -> float:
    """Do something so many times, and return how often that was a second of CPU."""
    cpu = cpu_seconds()
    for _ in range(count):
        work()
    return count / (cpu_seconds() - cpu)


def cpu_seconds() -> float:
    """CPU time of this process and of its children that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
