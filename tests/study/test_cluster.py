"""Workers of a pool: equal results, nothing lost with a worker, nothing done twice, and what is refused."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.runs.journal import JOURNAL, Journal
from optimizer.solve.events import Event, Note, Step, Stopping
from optimizer.study import cluster
from optimizer.study import pool as pools
from optimizer.study.cluster import Cluster
from optimizer.study.executor import QUESTION, Here
from optimizer.study.frontier import Frontier, frontier
from optimizer.study.ground import Ground
from optimizer.study.pool import Pool, PoolFault
from optimizer.study.question import Question
from optimizer.study.task import P, R, Task
from tests.study.tasks import JOB, Job, begun
from tests.study.test_frontier import EXACT, chosen, offers

DOCS = Path(__file__).parents[2] / "docs" / "cluster.md"
CAPS = tuple(Question(("cost",), caps=(("dependence", round(1 - i / 12, 4)),)) for i in range(12))
CHANGED = tuple(Question(("cost", "dependence")).on(Change("Demand[*].tonnes", "times", times)) for times in (0.9, 1.1))


class Eager(Cluster):
    """Sends everything to the workers, however little it is."""

    def _pays(self, task: Task[P, R], count: int, ahead: int) -> bool:
        return count > 0

    def _probe(self, task: Task[P, R], payload: P, key: str) -> None:
        """Nothing is tried here first."""


class Ordered(Journal):
    """A journal that knows in which order it was written."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(file)
        self.order: list[Any] = []

    def put_all(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        self.order += [answer["result"][0] for answer in answers.values()]
        super().put_all(answers)


@pytest.fixture(scope="module")
def two() -> Iterator[Pool]:
    with Pool(2) as pool:
        yield pool


def both(pool: Pool) -> Pool:
    """The pool, once those of its workers that a test has killed are followed by others."""
    while pool.size < 2:
        time.sleep(0.05)
    return pool


def jobs(log: Path, count: int, **special: Job) -> list[Job]:
    found = [Job(n, str(log)) for n in range(count)]
    for job in special.values():
        found[job.number] = job
    return found


def run(executor: Here, asked: list[Job]) -> list[tuple[int, int]]:
    return list(executor.run(JOB, asked, [str(job.number) for job in asked], [f"job {job.number}" for job in asked]))


def eager(pool: Pool, journal: Journal | None = None, heard: list[Event] | None = None) -> Eager:
    return Eager(Ground(offers(), EXACT), pool, journal=journal, on_event=None if heard is None else heard.append)


# ---- equal results


def assert_equal_answers(pool: Pool, *cases: Case) -> None:
    questions = [*CAPS, *CHANGED, CAPS[3]]
    for case in cases:
        there = list(Eager(Ground(case, EXACT), pool).ask(questions))
        here = list(Here(Ground(case, EXACT)).ask(questions))
        assert len(there) == len(questions)
        for one, other in zip(there, here, strict=True):
            assert (one.outcome, dict(one.reached), one.note) == (other.outcome, dict(other.reached), other.note)
            assert np.array_equal(one.values, other.values)


def test_two_workers_answer_as_one_process_does(two: Pool) -> None:
    """To the last digit, on changed cases too; what is asked twice is solved once."""
    assert_equal_answers(two, offers(), chosen(61))


def test_three_workers_answer_as_one_process_does() -> None:
    with Pool(3) as pool:
        assert_equal_answers(pool, chosen(61))


def test_results_come_in_order_and_are_noted_as_they_end(two: Pool, tmp_path: Path) -> None:
    journal, heard = Ordered(tmp_path / JOURNAL), list[Event]()
    asked = jobs(tmp_path / "log", 6, slow=Job(0, str(tmp_path / "log"), seconds=0.7))
    assert [number for number, _ in run(eager(two, journal, heard), asked)] == [0, 1, 2, 3, 4, 5]
    assert journal.order[-1] == 0, "the first took longest"
    assert sorted(journal.order) == sorted(begun(tmp_path / "log")) == [0, 1, 2, 3, 4, 5]
    steps = [event for event in heard if isinstance(event, Step)]
    assert [(step.number, step.ahead) for step in steps] == [(n, 6) for n in range(1, 7)]
    assert {step.text for step in steps} == {f"job {n}" for n in range(6)}


def test_what_is_noted_is_not_done_again(two: Pool, tmp_path: Path) -> None:
    journal, log = Journal(tmp_path / JOURNAL), tmp_path / "log"
    run(eager(two, journal), jobs(log, 4))
    whole = run(eager(two, Journal(tmp_path / JOURNAL)), jobs(log, 9))
    assert [number for number, _ in whole] == list(range(9))
    assert sorted(begun(log)) == list(range(9)), "each began once"


def test_small_tasks_go_in_batches(two: Pool, tmp_path: Path) -> None:
    """A thousand tasks of a millisecond: a quarter of what is left at a time, and a tenth of a second at least."""
    executor, sent, submit = eager(both(two)), list[int](), two.submit
    executor._seconds[JOB.name] = 0.001
    executor._measured = lambda *_: None  # type: ignore[method-assign]

    def counted(landed: Any, batch: str, token: str, *arguments: Any) -> Any:
        sent.append(len(arguments[1]))
        return submit(landed, batch, token, *arguments)

    two.submit = counted  # type: ignore[method-assign]
    try:
        results = run(executor, jobs(tmp_path / "log", 1000))
    finally:
        two.submit = submit  # type: ignore[method-assign]
    assert [number for number, _ in results] == list(range(1000))
    assert sent == [250, 188, 141, 106, 100, 100, 100, 15]


# ---- workers that die, tasks that fail


def test_a_killed_worker_costs_nothing_but_its_task(two: Pool, tmp_path: Path) -> None:
    """Tasks that last go one by one: what another worker is at, or has ended, is not touched."""
    log, heard = tmp_path / "log", list[Event]()
    both(two)
    asked = [Job(n, str(log), seconds=0.6, dies=int(n == 2)) for n in range(5)]
    assert [number for number, _ in run(eager(two, heard=heard), asked)] == list(range(5))
    assert [begun(log).count(n) for n in range(5)] == [1, 1, 2, 1, 1]
    assert not [event for event in heard if isinstance(event, Note)]


def test_a_worker_killed_from_outside(two: Pool, tmp_path: Path) -> None:
    """A real ``kill -9`` of the process that works on the second job."""
    log = tmp_path / "log"
    results = eager(two).run(JOB, [Job(n, str(log), seconds=0.8) for n in range(3)], ["0", "1", "2"])
    killer = threading.Thread(target=_kill, args=(log, 1))
    killer.start()
    assert [number for number, _ in results] == [0, 1, 2]
    killer.join()
    assert [begun(log).count(n) for n in range(3)] == [1, 2, 1]


def test_a_worker_that_was_given_up_is_followed_by_another(two: Pool, tmp_path: Path) -> None:
    """As Dask does where a worker does not come back in time: it is dropped with what watches over it."""
    name, watcher = next(iter(both(two)._cluster.workers.items()))
    del two._cluster.workers[name]
    two._cluster.sync(watcher.close)
    two.recount()
    assert two.size == 1
    assert both(two).size == 2
    assert [number for number, _ in run(eager(two), jobs(tmp_path / "log", 4))] == [0, 1, 2, 3]


def _kill(log: Path, number: int) -> None:
    while number not in begun(log):
        time.sleep(0.02)
    time.sleep(0.1)
    process = next(line.split()[1] for line in log.read_text().splitlines() if line.startswith(f"{number} "))
    os.kill(int(process), signal.SIGKILL)


def test_a_killed_batch_is_sent_again_task_by_task(two: Pool, tmp_path: Path) -> None:
    """In a batch of many one kills its worker each time: it alone is given up, and the note says so."""
    log, heard = tmp_path / "log", list[Event]()
    asked = jobs(log, 60, killer=Job(30, str(log), dies=9))
    results = run(eager(two, Journal(tmp_path / JOURNAL), heard), asked)
    assert [number for number, _ in results] == [*range(30), -1, *range(31, 60)]
    assert begun(log).count(30) == 3
    assert [event.text for event in heard if isinstance(event, Note)] == [
        "job 30 failed 3 times and is left out: the process that worked on it died."]
    assert len(Journal(tmp_path / JOURNAL)) == 59, "what failed may be tried again when the study goes on"


def test_what_is_refused_three_times_is_left_out(two: Pool, tmp_path: Path) -> None:
    log, heard = tmp_path / "log", list[Event]()
    asked = jobs(log, 5, once=Job(1, str(log), fails=1), thrice=Job(2, str(log), fails=3))
    assert [number for number, _ in run(eager(two, heard=heard), asked)] == [0, 1, -1, 3, 4]
    assert (begun(log).count(1), begun(log).count(2)) == (2, 3)
    assert [event.text for event in heard if isinstance(event, Note)] == [
        "job 2 failed 3 times and is left out: row 2 is broken."]


def test_a_fault_of_the_program_ends_it_and_what_ended_before_is_kept(two: Pool, tmp_path: Path) -> None:
    log, journal = tmp_path / "log", Journal()
    with pytest.raises(ZeroDivisionError, match="1/0"):
        run(eager(two, journal), jobs(log, 3, broken=Job(2, str(log), raises=True)))
    assert 1 <= len(journal) <= 2, "it was sent when one of the others had ended"
    assert [number for number, _ in run(eager(two, journal), jobs(log, 3))] == [0, 1, 2], "the workers serve on"


def test_a_change_that_cannot_be_made_is_told_as_here(two: Pool) -> None:
    wrong = [Question(("cost",)).on(Change("Deals[none].fee", "set", 1.0)), CAPS[0]]
    with pytest.raises(Exception, match="none") as there:
        list(eager(two).ask(wrong))
    with pytest.raises(type(there.value)) as here:
        list(Here(Ground(offers(), EXACT)).ask(wrong))
    assert str(there.value) == str(here.value)
    assert there.value.findings == here.value.findings  # type: ignore[attr-defined]


# ---- time and Ctrl-C


def test_ctrl_c_stops_what_is_searched_and_keeps_what_is_there(two: Pool, tmp_path: Path) -> None:
    """The first has ended, two go on until they are asked to stop: they end at once, and are not noted."""
    log, heard, journal = tmp_path / "log", list[Event](), Journal()
    executor = eager(both(two), journal, heard)
    asked = [Job(0, str(log)), *(Job(n, str(log), waits=True) for n in (1, 2)), Job(3, str(log))]
    results = executor.run(JOB, asked, ["0", "1", "2", "3"])
    assert next(results)[0] == 0
    while len(begun(log)) < 3:  # two are searched while the study looks at the first
        time.sleep(0.02)
    executor.ground.stop.asked = True
    began = time.monotonic()
    assert [number for number, _ in results] == [1, 2]
    assert time.monotonic() - began < cluster.PATIENCE
    assert (len(journal), begun(log).count(3)) == (1, 0)
    assert [event for event in heard if isinstance(event, Stopping)] == [Stopping()]
    assert executor.ended


def test_a_study_that_breaks_off_leaves_no_search_behind(two: Pool, tmp_path: Path) -> None:
    log = tmp_path / "log"
    asked = [Job(0, str(log)), Job(1, str(log), waits=True), Job(2, str(log), waits=True)]
    results = eager(two).run(JOB, asked, ["0", "1", "2"])
    next(results)
    results.close()  # type: ignore[attr-defined]
    began = time.monotonic()
    assert len(run(eager(two), jobs(tmp_path / "other", 4))) == 4
    assert time.monotonic() - began < 20.0


def test_without_time_nothing_is_sent_but_what_is_known_is_told(two: Pool, tmp_path: Path) -> None:
    journal, log = Journal(), tmp_path / "log"
    run(eager(two, journal), jobs(log, 2))
    late = Eager(Ground(offers(), EXACT), two, journal=journal, seconds=0.0)
    assert late.ended
    assert [number for number, _ in run(late, jobs(log, 4))] == [0, 1]
    assert sorted(begun(log)) == [0, 1]


# ---- killed, and gone on with


def test_killed_in_the_middle_a_study_goes_on_and_repeats_nothing(tmp_path: Path) -> None:
    """A real ``kill -9`` of the program and its workers: what was noted is not asked again, and the end is the same."""
    study = [sys.executable, "-m", "tests.study.killed", str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(DOCS.parents[1])}
    with subprocess.Popen(study, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True) as first:
        while not (tmp_path / JOURNAL).exists() or len(Journal(tmp_path / JOURNAL)) < 5:
            assert first.poll() is None, "it ended before it was killed"
            time.sleep(0.03)
        os.killpg(first.pid, signal.SIGKILL)
    here = Here(Ground(chosen(61), EXACT), journal=Journal(tmp_path / JOURNAL))
    before = (tmp_path / "log").read_text().split()
    noted = [key for key in before if here.journal.get(here._key(QUESTION, key)) is not None]
    assert len(noted) == len(here.journal) >= 5
    again = subprocess.run(study, env=env, capture_output=True, text=True, check=True, timeout=120)
    after = (tmp_path / "log").read_text().split()
    assert [after.count(key) for key in noted] == [1] * len(noted)
    assert len(after) == len(set(after)) + len(before) - len(noted), "what was under way alone was begun twice"
    whole = frontier(chosen(61), EXACT, points=12)
    assert again.stdout == told(whole)
    assert len(after) - len(before) + len(noted) == whole.solves


def told(found: Frontier) -> str:
    """What a frontier says, each number to its last digit."""
    lines = [repr((p.first, p.second, p.bound, p.reach, p.portfolio, p.segment)) for p in found.points]
    return "\n".join(lines)


# ---- when workers are started


def test_little_work_starts_no_workers(tmp_path: Path) -> None:
    with Pool(2) as pool:
        assert len(list(Cluster(Ground(offers(), EXACT), pool).ask(CAPS))) == len(CAPS)
        run(Cluster(Ground(offers(), EXACT), pool), jobs(tmp_path / "log", 3))
        assert not pool.running
    assert {line.split()[1] for line in (tmp_path / "log").read_text().splitlines()} == {str(os.getpid())}


def test_much_work_goes_to_the_workers(two: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is tried here and is short: it counts. With workers at hand the rest goes there."""
    monkeypatch.setattr(cluster, "PAYS", 0.1)
    log = tmp_path / "log"
    run(Cluster(Ground(offers(), EXACT), both(two)), [Job(n, str(log), seconds=0.05) for n in range(6)])
    lines = [line.split() for line in log.read_text().splitlines()]
    assert sorted(int(number) for number, _ in lines) == list(range(6))
    assert lines[0] == ["0", str(os.getpid())]
    assert str(os.getpid()) not in {process for number, process in lines if number != "0"}


def test_one_worker_is_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PAYS", 0.0)
    with Pool(1) as pool:
        run(Cluster(Ground(offers(), EXACT), pool), jobs(tmp_path / "log", 3))
        assert not pool.running


def test_workers_listen_on_this_machine_alone_and_to_nobody_without_the_key(two: Pool, tmp_path: Path) -> None:
    from distributed import Client

    run(eager(two), jobs(tmp_path / "log", 2))
    address = two._client.scheduler.address
    others = [worker["nanny"] for worker in two._client.scheduler_info(n_workers=-1)["workers"].values()]
    assert {re.sub(r"\d+$", "", one) for one in (address, *others)} <= {"tls://127.0.0.1:", "tcp://127.0.0.1:"}
    if address.startswith("tls"):
        with pools._quiet(), pytest.raises(OSError, match=r"(?i)connect|timed out"):
            Client(address.replace("tls", "tcp"), timeout=1, set_as_default=False)


# ---- a scheduler that runs already


@pytest.mark.parametrize(("address", "told"), [
    ("tcp://10.1.2.3:8786", "tcp://10.1.2.3:8786 is not encrypted, and whoever reaches it can run programs"),
    ("tcp://cluster.example.org:8786", "is not encrypted"),
    ("cluster:8786", "is no address of a scheduler: write e.g. tls://host:8786"),
    ("tls://cluster", "is no address"), ("tls://:8786", "is no address"), ("", "'' is no address"),
    ("tls://host:port", "is no address"), ("http://host:80", "is no address"), ("tls://[::1", "is no address"),
])
def test_an_address_that_cannot_be_used_is_told(address: str, told: str) -> None:
    with pytest.raises(PoolFault) as fault:
        Pool(scheduler=address)
    assert told in str(fault.value)


def test_no_workers_are_refused() -> None:
    with pytest.raises(PoolFault, match="0 workers cannot be used: the least is 1"):
        Pool(0)


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "ANSWER", 1.0)
    with Pool(scheduler=f"tcp://127.0.0.1:{free_port()}") as pool, pytest.raises(PoolFault, match="does not answer"):
        list(Cluster(Ground(offers(), EXACT), pool).ask(CAPS))


def test_a_missing_certificate_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dask import config

    with Pool(scheduler="tls://127.0.0.1:8786") as pool, pytest.raises(PoolFault) as fault:
        list(Cluster(Ground(offers(), EXACT), pool).ask(CAPS))
    assert "name no ca-file: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE (docs/cluster.md)" in str(fault.value)
    names = dict.fromkeys(pools.CERTIFICATE, str(tmp_path / "none.pem"))
    with (
        config.set({f"distributed.comm.tls.{name}": file for name, file in names.items()}),
        Pool(scheduler="tls://127.0.0.1:8786") as pool, pytest.raises(PoolFault, match=r"no file '.*none\.pem'"),
    ):
        list(Cluster(Ground(offers(), EXACT), pool).ask(CAPS))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: str, folder: Path, env: Mapping[str, str]) -> Iterator[None]:
    with (folder / "said").open("ab") as said:
        process = subprocess.Popen(shlex.split(command), cwd=folder, env=env, stdout=said, stderr=said)
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.mark.skipif(shutil.which("openssl") is None or sys.platform == "win32", reason="the page's commands need it")
def test_a_cluster_started_as_the_page_says_answers_alike(tmp_path: Path) -> None:
    """The very commands of docs/cluster.md, but for the machine's name and the port."""
    text = DOCS.read_text(encoding="utf-8").replace("cluster.example.org", "127.0.0.1")
    text = text.replace("8786", str(free_port()))
    certificates, settings, scheduler, worker, _ = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    subprocess.run(["sh", "-ec", certificates], cwd=tmp_path, check=True, capture_output=True)
    shown = subprocess.run(["sh", "-ec", f"{settings}\nenv"], cwd=tmp_path, check=True, capture_output=True, text=True)
    env = dict(line.split("=", 1) for line in shown.stdout.splitlines() if line.startswith("DASK_"))
    assert len(env) == 8
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(DOCS.parents[1]), **env}
    address = re.search(r"tls://127\.0\.0\.1:\d+", text)
    assert address is not None
    asking = [sys.executable, "-m", "tests.study.asking", address[0]]
    with running(scheduler, tmp_path, env), running(worker.replace("--nworkers -1", "--nworkers 1"), tmp_path, env):
        done = subprocess.run(asking, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "equal", done.stderr + (tmp_path / "said").read_text()
