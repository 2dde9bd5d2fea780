"""The supervisor, over small programs that behave like a hub process or don't."""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from hub.app.processes import private_address, unshareable
from hub.app.supervisor import Supervisor, WorkersFailedError
from hub.core.clock import SystemClock
from hub.settings import parse_settings

# Says that it serves, leaves its pid, and ends on SIGTERM or when its input ends, as `hub serve --process N` does.
SERVING = """
import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
open(f"{sys.argv[2]}/{sys.argv[1]}.{os.getpid()}", "x")
print("landhub serves: grpc 7443", flush=True)
sys.stdin.read()
"""
FAILING = "print('no', flush=True)"
PATIENCE_SECONDS = 30


def _supervisor(folder: Path, *, program: Callable[[int], str] = lambda _: SERVING) -> Supervisor:
    def command(number: int) -> Sequence[str]:
        return (sys.executable, "-c", program(number), str(number), str(folder))

    return Supervisor(command=command, processes=2, drain_seconds=5, clock=SystemClock())


def _started(folder: Path) -> list[tuple[int, int]]:
    """Place and pid of every process that ever served, in order."""
    files = sorted(folder.glob("*.*"), key=lambda path: path.stat().st_mtime_ns)
    return [(int(path.stem), int(path.suffix[1:])) for path in files]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.01)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_all_are_started_told_of_once_and_stopped_together(tmp_path: Path) -> None:
    stop, told = asyncio.Event(), list[int]()

    def serving() -> None:
        told.append(1)
        stop.set()

    await _supervisor(tmp_path).run(stop, serving=serving)
    assert told == [1]
    assert sorted(place for place, _ in _started(tmp_path)) == [0, 1]
    assert not any(_lives(pid) for _, pid in _started(tmp_path))


async def test_a_process_that_does_not_start_stops_the_others_and_is_told_of(tmp_path: Path) -> None:
    supervisor = _supervisor(tmp_path, program=lambda number: FAILING if number else SERVING)
    with pytest.raises(WorkersFailedError):
        await supervisor.run(asyncio.Event(), serving=lambda: pytest.fail("not all of them serve"))
    assert not any(_lives(pid) for _, pid in _started(tmp_path))


async def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(_supervisor(tmp_path).run(stop, serving=lambda: None))
    await _until(lambda: len(_started(tmp_path)) == 2)
    place, pid = _started(tmp_path)[0]
    os.kill(pid, 9)
    await _until(lambda: len(_started(tmp_path)) == 3)
    assert _started(tmp_path)[2][0] == place
    stop.set()
    await running


async def test_a_restart_replaces_one_after_the_other_and_never_ends_one_before_its_successor_serves(
    tmp_path: Path,
) -> None:
    stop, serving = asyncio.Event(), asyncio.Event()
    supervisor = _supervisor(tmp_path)
    running = asyncio.create_task(supervisor.run(stop, serving=serving.set))
    await serving.wait()
    old = dict(_started(tmp_path))
    supervisor.restart()
    await _until(lambda: len(_started(tmp_path)) >= 3)
    assert sum(_lives(pid) for _, pid in _started(tmp_path)) >= 2
    await _until(lambda: len(_started(tmp_path)) == 4 and not any(_lives(pid) for pid in old.values()))
    assert [place for place, _ in _started(tmp_path)[2:]] == [0, 1]
    stop.set()
    await running


async def test_a_restart_that_is_asked_for_too_early_waits_until_all_have_started(tmp_path: Path) -> None:
    stop = asyncio.Event()
    supervisor = _supervisor(tmp_path)
    running = asyncio.create_task(supervisor.run(stop, serving=lambda: None))
    await asyncio.sleep(0)
    supervisor.restart()
    await _until(lambda: len(_started(tmp_path)) == 4)
    assert sorted(place for place, _ in _started(tmp_path)[:2]) == [0, 1]
    stop.set()
    await running


async def test_a_release_that_does_not_start_leaves_the_old_one_serving(tmp_path: Path) -> None:
    broken: list[bool] = []
    stop, serving = asyncio.Event(), asyncio.Event()
    supervisor = _supervisor(tmp_path, program=lambda _: FAILING if broken else SERVING)
    running = asyncio.create_task(supervisor.run(stop, serving=serving.set))
    await serving.wait()
    broken.append(True)
    supervisor.restart()
    await _until(lambda: not [task for task in supervisor._tasks if task.get_name() == "rolling restart"])
    assert all(_lives(pid) for _, pid in _started(tmp_path))
    assert len(_started(tmp_path)) == 2
    stop.set()
    await running


def test_processes_need_postgresql_and_ports_that_are_named() -> None:
    text = '[server]\nprocesses = 2\naddress = "127.0.0.1:0"\n'
    problems = list(unshareable(parse_settings(text)))
    assert [problem.split(":")[0] for problem in problems] == ["server.processes", "server.address"]
    good = '[server]\nprocesses = 2\n[storage]\nurl = "postgresql://hub@db/landhub"\n'
    assert list(unshareable(parse_settings(good))) == []


def test_each_process_has_a_private_listener_of_its_own() -> None:
    settings = parse_settings("")
    found = [private_address(settings, process) for process in (None, 0, 1, 2)]
    assert found == ["127.0.0.1:7481", "127.0.0.1:7481", "127.0.0.1:7482", "127.0.0.1:7483"]
