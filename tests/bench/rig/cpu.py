"""What something costs this process of CPU, what the processes cost that it starts included."""

import resource
import time
from collections.abc import Callable, Sequence


def per_cpu_second(work: Callable[[], object], *, seconds: float = 1.0) -> float:
    """Do something over and over for some seconds, and return how often that was a second of CPU."""
    began, cpu = time.perf_counter(), cpu_seconds()
    count = 0
    while time.perf_counter() - began < seconds:
        work()
        count += 1
    return count / (cpu_seconds() - cpu)


def each_cpu_seconds(works: Sequence[Callable[[], object]]) -> list[float]:
    """Do each of these once, and return what each took of CPU."""
    taken = []
    for work in works:
        cpu = cpu_seconds()
        work()
        taken.append(cpu_seconds() - cpu)
    return taken


def cpu_seconds() -> float:
    """CPU time of this process and of its children that have ended, to the microsecond."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
