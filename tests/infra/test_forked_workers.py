"""A forked worker is to the emulator what one of its own is: a script with pipes, that ends."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.local.launchers.forked_workers import ForkedWorker, WorkerForks

SAYS_WHAT_IT_IS = """
import json, os, sys
line = sys.stdin.readline().strip()
print(json.dumps([line, os.getcwd(), os.environ["GIVEN"], len(os.environ), __name__, sys.argv]))
sys.stdout.flush()
print("logged", file=sys.stderr)
"""
LISTS_WHAT_IT_LOADS = """
import json, sys
print(json.dumps(["boto3" in sys.modules, "kassa" in sys.modules, sys.path]))
"""
SELECTABLE = 1024  # descriptors below it: those that select() takes
WAITS = "import sys\nprint('up', flush=True)\nsys.stdin.readline()\n"


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerForks]:
    started = WorkerForks(str(tmp_path_factory.mktemp("packages")))
    yield started
    started.stop()


def forked(forks: WorkerForks, folder: Path, script: str) -> ForkedWorker:
    path = folder / "worker.py"
    path.write_text(script)
    return forks.fork([sys.executable, str(path)], cwd=str(folder), env={"GIVEN": "ä"})


def test_a_worker_runs_its_script_with_its_environment_folder_and_pipes(
    forks: WorkerForks, tmp_path: Path
) -> None:
    with forked(forks, tmp_path, SAYS_WHAT_IT_IS) as worker:
        worker.stdin.write("given\n")

        line, folder, given, variables, name, arguments = json.loads(worker.stdout.readline())

        assert worker.stderr.read() == "logged\n"
        assert worker.wait(10) == 0
    assert (line, folder, given, variables) == ("given", str(tmp_path), "ä", 1)
    assert (name, arguments) == ("__main__", [str(tmp_path / "worker.py")])


def test_others_packages_are_loaded_nothing_of_ours_is_and_the_folder_is_not_on_the_path(
    forks: WorkerForks, tmp_path: Path
) -> None:
    with forked(forks, tmp_path, LISTS_WHAT_IT_LOADS) as worker:
        has_boto3, has_kassa, path = json.loads(worker.stdout.readline())

    assert (has_boto3, has_kassa) == (True, False)
    assert not [folder for folder in path if "packages0" in folder]


def test_a_worker_goes_on_until_it_is_ended(forks: WorkerForks, tmp_path: Path) -> None:
    with forked(forks, tmp_path, WAITS) as worker:
        assert worker.stdout.readline() == "up\n"
        assert worker.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(0.01)

        worker.terminate()

        assert worker.wait(10) == 0
        worker.kill()  # nobody any more


def test_its_pipes_may_have_any_number(forks: WorkerForks, tmp_path: Path) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2048, most[1]), most[1]))
    with ExitStack() as held:
        while held.enter_context(open(os.devnull)).fileno() < SELECTABLE:
            pass
        with forked(forks, tmp_path, WAITS) as worker:
            assert worker.stdout.fileno() > SELECTABLE
            assert worker.poll() is None
            worker.kill()
            assert worker.wait(10) == 0
    resource.setrlimit(resource.RLIMIT_NOFILE, most)


def test_a_script_that_fails_says_why_and_is_over(forks: WorkerForks, tmp_path: Path) -> None:
    with forked(forks, tmp_path, "raise ValueError('broken')") as worker:
        assert "ValueError: broken" in worker.stderr.read()
        assert worker.wait(10) == 0


def test_workers_run_at_once_and_one_that_ends_leaves_the_others(
    forks: WorkerForks, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    with forked(forks, folders[0], WAITS) as first, forked(forks, folders[1], WAITS) as second:
        assert [one.stdout.readline() for one in (first, second)] == ["up\n"] * 2

        first.kill()

        assert first.wait(10) == 0
        assert second.poll() is None
        second.stdin.write("go\n")
        assert second.wait(10) == 0
