"""Workers that tasks are sent to: processes of this machine, started when first needed, or those of a scheduler."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from optimizer.study.ground import Ground
from optimizer.study.question import AskedWrongly

HERE = "127.0.0.1"

ANSWER = 10.0
"""Seconds that a scheduler has to answer."""

NOBODY = 120.0
"""Seconds that there may be no worker at all."""

REFRESH = 1.0
"""Seconds after which workers are counted again: some die, and those of a scheduler come and go."""

RESTART = "10 minutes"
"""Time in which a worker that died may be followed by another before Dask gives its place up; left to itself, it does
so after 15 seconds, less than the start may take on a busy machine."""

CERTIFICATE = ("ca-file", "client.cert", "client.key")
"""Settings of Dask, below ``distributed.comm.tls``, without which no scheduler is spoken to."""


class PoolFault(AskedWrongly):
    """The workers asked for cannot be used; its text is a sentence for the user."""


class Pool:
    """Workers, none of which is started or spoken to before the first ground is sent.

    Attributes:
        scheduler: address of the scheduler; None for workers of this machine.
    """

    def __init__(self, workers: int | None = None, scheduler: str | None = None) -> None:
        """Notes what is asked for.

        Args:
            workers: processes on this machine; None for one on each core that this process may use. With 1, all work
                is done in this process.
            scheduler: address of a scheduler, ``tls://host:8786``; its workers serve, as many as there are.

        Raises:
            PoolFault: no workers, or an address that is none, or is neither encrypted nor of this machine.
        """
        if workers is not None and workers < 1:
            raise PoolFault(f"{workers} workers cannot be used: the least is 1, which works in this process")
        if scheduler is not None:
            _refuse(scheduler)
        self.scheduler = scheduler
        self._wanted = workers
        self._cluster: Any = None
        self._client: Any = None
        self._staged: list[str] = []
        self._settings = contextlib.ExitStack()
        self._counted, self._seen, self._size = -REFRESH, 0.0, 0

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def alone(self) -> bool:
        """Whether all work is done in this process."""
        return self.scheduler is None and (self._wanted or cores()) < 2

    @property
    def running(self) -> bool:
        """Whether the workers are there already."""
        return self._client is not None

    @property
    def size(self) -> int:
        """How many workers there are; before they are started, how many there will be, 0 for a scheduler's.

        Raises:
            PoolFault: there are none, and there were none for :data:`NOBODY` seconds.
        """
        now = time.monotonic()
        if self._client is None:
            return (self._wanted or cores()) if self.scheduler is None else 0
        if now - self._counted > REFRESH:
            self._counted, self._size = now, len(self._client.nthreads())
            self._seen = now if self._size else self._seen
            if self._cluster is not None and self._size < (self._wanted or cores()):
                # what Dask has given up all the same is started anew
                self._cluster.scale(self._wanted or cores())
            if now - self._seen > NOBODY:
                raise PoolFault(f"there is no worker left of {self._words}")
        return self._size

    def recount(self) -> None:
        """A worker died: until another is there, there is less room, and what is sent would wait behind other work."""
        self._counted = -REFRESH

    def stage(self, ground: Ground) -> str:
        """Sends a ground to every worker, once; gives what its batches call it.

        Raises:
            PoolFault: the workers cannot be reached, or have another program.
        """
        from optimizer.study.worker import Stage

        if self._client is None:
            self._start()
        token = uuid4().hex
        stage = Stage(token, ground, own=self.scheduler is None)
        self._client.register_plugin(stage)
        self._staged.append(stage.name)
        return token

    def submit(self, landed: Callable[[Any], object], batch: str, token: str, *arguments: Any) -> Any:
        """Sends a batch, as :func:`optimizer.study.worker.perform` takes it; gives its future.

        Args:
            landed: called with the future, in another thread, when it has ended, however it did.
            batch: name of the batch.
            token: the ground.
            arguments: what else `perform` takes.
        """
        from optimizer.study.worker import perform

        future = self._client.submit(perform, token, batch, *arguments, key=f"optimizer-{batch}", pure=False)
        future.add_done_callback(landed)
        return future

    def stop(self, batches: Sequence[str]) -> None:
        """Asks the workers to stop their searches for batches; what these found comes as their result."""
        from optimizer.study.worker import stop

        if batches and self.running:
            self._client.run(stop, list(batches), on_error="ignore")

    def watch(self) -> None:
        """Looks whether the workers can still be reached.

        Raises:
            PoolFault: they cannot.
        """
        if self._client.status not in ("running", "connecting"):
            raise PoolFault(f"the connection to {self._words} was lost; what was answered is kept")

    def close(self) -> None:
        """Ends what was started, and leaves nothing with a scheduler that was there before."""
        client, cluster, self._client, self._cluster = self._client, self._cluster, None, None
        if client is not None:
            with contextlib.suppress(Exception):  # whatever keeps a scheduler from being told, there is nothing to do
                for name in self._staged if cluster is None else ():
                    client.unregister_worker_plugin(name)
            client.close()
        if cluster is not None:
            cluster.close()
        self._settings.close()
        self._staged.clear()

    @property
    def _words(self) -> str:
        return "the workers of this machine" if self.scheduler is None else f"the scheduler at {self.scheduler}"

    def _start(self) -> None:
        import dask
        import distributed

        client: Any = distributed.Client  # the library's own signatures are not whole
        if self.scheduler is None:
            self._settings.enter_context(dask.config.set({"distributed.deploy.lost-worker-timeout": RESTART}))
            self._cluster = _started(self.size)
            self._client = client(self._cluster, set_as_default=False)
            self._seen = time.monotonic()
            return
        try:
            with _quiet():
                self._client = client(
                    self.scheduler, security=_security(self.scheduler), timeout=ANSWER, set_as_default=False
                )
        except (OSError, ValueError) as fault:
            raise PoolFault(f"the scheduler at {self.scheduler} does not answer ({_first(fault)})") from None
        self._agreed()

    def _agreed(self) -> None:
        """Looks whether the workers of a scheduler have this program.

        Raises:
            PoolFault: there are none, or some have none or another version.
        """
        from optimizer.study.worker import program

        try:
            self._client.wait_for_workers(1, timeout=ANSWER)
            versions = set(self._client.run(program).values())
        except TimeoutError:
            self.close()
            raise PoolFault(f"the scheduler at {self.scheduler} has no workers") from None
        except Exception as fault:  # whatever a worker says when it lacks the program or one of its packages
            self.close()
            raise PoolFault(f"the workers of {self.scheduler} cannot run this program ({_first(fault)})") from None
        if versions != {program()}:
            self.close()
            raise PoolFault(f"the workers of {self.scheduler} have version {', '.join(sorted(versions))} of this "
                            f"program, which here is {program()}: install the same on all")
        self._seen = time.monotonic()


def cores() -> int:
    """The cores that this process may use."""
    from dask.system import CPU_COUNT

    return int(CPU_COUNT)


def _first(fault: BaseException) -> str:
    return str(fault).partition("\n")[0].rstrip(".") or type(fault).__name__


def _refuse(address: str) -> None:
    """Refuses an address that is none, or of a scheduler to which everybody on the way could send programs."""
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("tls", "tcp") and bool(parts.hostname) and parts.port is not None
    except ValueError:
        whole = False
    if not whole:
        raise PoolFault(f"'{address}' is no address of a scheduler: write e.g. tls://host:8786")
    if parts.scheme == "tcp" and not _loopback(str(parts.hostname)):
        raise PoolFault(f"{address} is not encrypted, and whoever reaches it can run programs there and here: "
                        "use a scheduler with tls:// (docs/cluster.md shows one)")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _security(address: str) -> Any:
    """The certificates that the settings of Dask name.

    Raises:
        PoolFault: they name none, or files that are not there.
    """
    from dask import config

    if address.startswith("tcp:"):
        return None
    files = {name: config.get(f"distributed.comm.tls.{name}", None) for name in CERTIFICATE}
    for name, file in files.items():
        variable = f"DASK_DISTRIBUTED__COMM__TLS__{name.replace('.', '__').replace('-', '_').upper()}"
        if not file:
            raise PoolFault(f"{address} needs a certificate, and the settings of Dask name no {name}: "
                            f"set {variable} (docs/cluster.md)")
        if not Path(file).is_file():
            raise PoolFault(f"{address} needs a certificate, and there is no file '{file}', which {variable} names")
    return _certified()


@contextlib.contextmanager
def _quiet() -> Any:
    """Without what Dask logs of a scheduler that does not answer, which is told as a sentence."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def _started(workers: int) -> Any:
    """Workers of this machine, each a process of its own, spawned anew: after a solve with threads a fork would hang.

    They listen on loopback alone. A worker that dies is followed by another, and its batch told as lost at once.
    """
    import distributed
    from dask import config

    cluster: Any = distributed.LocalCluster
    quiet = {
        "distributed.scheduler.http.routes": [], "distributed.worker.multiprocessing-method": "spawn",
        "distributed.admin.system-monitor.gil.enabled": False,
    }
    security = own_certificate()
    with config.set(quiet):
        return cluster(
            n_workers=workers, threads_per_worker=1, processes=True, host=HERE, memory_limit=0,
            silence_logs=logging.CRITICAL, dashboard_address=None, security=security,
            protocol="tcp://" if security is None else "tls://",
            scheduler_kwargs={"dashboard": False, "dashboard_address": f"{HERE}:0", "allowed_failures": 0},
        )


def _certified(**files: str) -> Any:
    """Encrypted, both sides shown by a certificate; what is not given stands in the settings of Dask."""
    from distributed import security

    maker: Any = security.Security
    return maker(require_encryption=True, **files)


def own_certificate() -> Any:
    """A certificate for the workers of this machine, which nobody else has: other users reach loopback ports too.

    It is made by the program ``openssl``; None where that is not installed or does not make one.
    """
    program = shutil.which("openssl")
    if program is None:
        return None
    with TemporaryDirectory(prefix="optimizer-") as folder:
        key, certificate = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        done = subprocess.run(
            [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
             "30", "-subj", "/CN=optimizer", "-keyout", os.fspath(key), "-out", os.fspath(certificate)],
            capture_output=True, check=False,
        )
        if done.returncode:
            return None
        mine, secret = certificate.read_text(), key.read_text()
    return _certified(
        tls_ca_file=mine, tls_scheduler_cert=mine, tls_scheduler_key=secret,
        tls_worker_cert=mine, tls_worker_key=secret, tls_client_cert=mine, tls_client_key=secret,
    )
