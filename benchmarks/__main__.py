"""``python -m benchmarks NAME [--size N] [--json]``: speed as a ratio to a limit taken in the same run.

Each benchmark is a module with ``run(size) -> dict`` and ``SIZE``, its size when none is given. It
gets an embedded PostgreSQL and Redis of its own, and an empty migrated database.
"""

import argparse
import importlib
import json
import os
import pkgutil
import resource
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import django
from django.core.management import call_command

import benchmarks
from dsp_platform.devserver import state
from dsp_platform.devserver.embedded import Services, new_keys
from dsp_platform.devserver.processes import free_port

NO_BENCHMARKS = {"population"}
# They read persons that are made up once.
OF_POPULATION = ("desks", "eligibility", "search")
# A module of that name could not be imported.
MODULES = {"import": "imports"}


def names() -> list[str]:
    modules = {m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_")}
    return sorted(modules - NO_BENCHMARKS - set(MODULES.values()) | MODULES.keys())


def figures(name: str, size: int | None, files: Mapping[str, Path] = MappingProxyType({})) -> dict[str, Any]:
    """In the empty, migrated database that the settings point to."""
    module = importlib.import_module(f"benchmarks.{MODULES.get(name, name)}")
    size = size or module.SIZE
    found = {"benchmark": name, "size": size, **module.run(size, **files)}
    # ru_maxrss is in KiB on Linux.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**found, "peak_memory_mib": round(peak, 1)}


def measure(
    name: str, size: int | None, files: Mapping[str, Path], keep: Path | None = None
) -> dict[str, Any]:
    folder = keep.resolve() if keep else Path(tempfile.mkdtemp(prefix="dspp-benchmark-"))
    keys = new_keys() | state.load(folder / "secrets.json")
    state.save(folder / "secrets.json", keys)
    # Durable, as in production: a limit measured with fsync off would flatter nobody but ourselves.
    services = Services(folder, keys, free_port(), free_port(), durable=True)
    try:
        with services:
            os.environ.update(
                services.environment(), DSPP_MODE="demo", DJANGO_SETTINGS_MODULE="dsp_platform.settings"
            )
            django.setup()
            call_command("migrate", verbosity=0)
            found = figures(name, size, files)
            django.db.connections.close_all()
    finally:
        if not keep:
            services.postgres.discard()
            shutil.rmtree(folder, ignore_errors=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=names())
    parser.add_argument("--size", type=int)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--people", type=Path, help="for matching: CSV of persons")
    parser.add_argument("--truth", type=Path, help="for matching: CSV of the pairs that are one person")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help=f"for {', '.join(OF_POPULATION)}: where the persons are made, and found by the next run;"
        " delete it when tables or persons are made otherwise",
    )
    options = parser.parse_args()
    if options.keep and options.name not in OF_POPULATION:
        parser.error(f"--keep is for {', '.join(OF_POPULATION)}")
    if (options.people is None) != (options.truth is None) or (options.people and options.name != "matching"):
        parser.error("--people and --truth are for matching, and go together")
    files = {"people": options.people, "truth_file": options.truth} if options.people else {}
    found = measure(options.name, options.size, files, options.keep)
    missed = found.get("misses", [])
    if options.json:
        json.dump(found, sys.stdout, default=str)
        print()
    else:
        _print(found)
    if missed:
        sys.exit("Missed: " + "; ".join(missed))


def _print(found: Mapping[str, Any]) -> None:
    for name, value in found.items():
        print(
            f"{name.replace('_', ' '):<28} {value:,.2f}"
            if isinstance(value, float)
            else f"{name.replace('_', ' '):<28} {value}"
        )


if __name__ == "__main__":
    main()
