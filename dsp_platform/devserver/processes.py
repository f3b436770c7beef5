"""Child processes, their ports, and the lock on a folder of services."""

import fcntl
import importlib.util
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import SystemRandom
from typing import IO

# The ports that Linux gives to outgoing connections.
EPHEMERAL_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
FIRST_PORT = 10_000
START_SECONDS = 60
STOP_SECONDS = 30


class EmbeddedError(Exception):
    """``str(error)`` is a sentence for whoever called the command."""


def package_folder(name: str) -> Path:
    """The package is not imported: its programs are needed, its start-up code is not."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name} is not installed. Run: make run")
    return Path(spec.origin).parent


def first_ephemeral_port() -> int:
    with suppress(OSError):
        return int(EPHEMERAL_PORTS.read_text().split()[0])
    return 32_768


def free_port() -> int:
    """Not an ephemeral one: an outgoing connection may take that while a server restarts, and keeps it for a
    minute after its end (TIME_WAIT).
    """
    ports = range(FIRST_PORT, max(first_ephemeral_port(), FIRST_PORT + 1000))
    return next(filter(is_free, SystemRandom().sample(ports, 1000)))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one process at a time may run the services of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # for the account that runs PostgreSQL
    with (folder / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(
                f"The platform is already running from {folder}. Stop it there with Ctrl-C first."
            ) from None
        yield


def spawn(command: list[str], *, log: Path | IO[bytes], **options: object) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches the parent only, which stops its children in order."""
    output = log.open("ab") if isinstance(log, Path) else log
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(  # type: ignore[call-overload]
        command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **options
    )


def is_ready(process: subprocess.Popen[bytes], answers: Callable[[], bool]) -> bool:
    """Wait until it answers. False if it ends, or does not answer within START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if answers():
            return True
        time.sleep(0.1)
    return False


def stop_processes(processes: Iterable[subprocess.Popen[bytes]], stop_signal: signal.Signals) -> None:
    """Signal all, wait for all, then kill what is left and the children of each."""
    processes = list(processes)
    for process in processes:
        if process.poll() is None:
            process.send_signal(stop_signal)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
        # A child leads a process group, which may outlive it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
