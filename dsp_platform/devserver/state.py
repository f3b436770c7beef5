"""What the folder of `make run` stores: secrets, ports, running processes."""

import json
import os
from contextlib import suppress
from pathlib import Path

import psutil

from dsp_platform.devserver.embedded import Services, new_keys
from dsp_platform.devserver.processes import EmbeddedError, free_port, is_free

BASE = Path(__file__).resolve().parents[2]


def folder() -> Path:
    return Path(os.environ.get("DSPP_FOLDER") or BASE / ".local").resolve()


def port_from(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise EmbeddedError(f"{name} must be a port number from 1024 to 65535, not “{text}”.")
    return int(text)


def load(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}
    except ValueError:
        raise EmbeddedError(f"{path} is damaged. Start over with: make reset") from None


def save(path: Path, values: dict[str, str]) -> None:
    """Atomically; readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(values, indent=1))
    new.rename(path)


def services() -> Services:
    """With the secrets and ports that were chosen when the folder was made."""
    secrets_file = folder() / "secrets.json"
    stored = load(secrets_file)
    keys = new_keys() | stored  # a later release may have added some
    if keys != stored:
        save(secrets_file, keys)
    ports = load(folder() / "ports.json")
    return Services(folder(), keys, int(ports.get("POSTGRES", 0)), int(ports.get("REDIS", 0)))


def choose_ports(parts: Services) -> None:
    """The port that was asked for, else the stored one, else a free one. Stores the choice."""
    ports = {}
    for name, part in (("POSTGRES", parts.postgres), ("REDIS", parts.redis)):
        asked = f"DSPP_{name}_PORT"
        if os.environ.get(asked):
            part.port = port_from(asked, 0)
            if not is_free(part.port):
                raise EmbeddedError(f"Port {part.port} is taken by another program. Choose another {asked}.")
        elif not part.port or not is_free(part.port):
            part.port = free_port()
        ports[name] = str(part.port)
    save(folder() / "ports.json", ports)


def stop_orphans(parts: Services) -> None:
    """Kill what a killed run left behind, identified by process number and start time."""
    for pid, born in load(folder() / "processes.json").items():
        with suppress(psutil.Error):
            orphan = psutil.Process(int(pid))
            if f"{orphan.create_time():.1f}" == born:
                for process in [*orphan.children(recursive=True), orphan]:
                    process.kill()
    parts.postgres.stop_orphan()
    parts.redis.stop_orphan()
