"""The folders of ``tests/`` and ``templates/`` are those of the packages they belong to."""

from pathlib import Path

import pytest

from tests.packages import BASE, PACKAGES
from tests.structure.test_imports import sources

# Folders, with all below them, that belong to no package, and why.
WITHOUT_A_ROOM = {
    "tests/benchmarks": "of benchmarks/",
    "tests/browser": "journeys through all packages",
    "tests/faults": "breaks the parts that all packages need",
    "tests/locale": "of locale/",
    "tests/structure": "about all sources",
    "templates/admin": "Django's admin looks for them by app and model",
    "templates/components": "included by pages of all packages",
    "templates/pictures": "included by pages of all packages",
}


def rooms() -> set[str]:
    """Packages and modules: a module with many tests may have a folder of them, like a package."""
    found = {
        path.parent if path.name == "__init__.py" else path.with_suffix("") for path in sources(*PACKAGES)
    }
    return {path.relative_to(BASE).as_posix().removeprefix("dsp_platform/") for path in found}


def is_excepted(folder: Path) -> bool:
    return any(str(one) in WITHOUT_A_ROOM for one in (folder, *folder.parents))


@pytest.mark.parametrize("mirror", ["tests", "templates"])
def test_every_folder_is_that_of_a_room(mirror):
    filled = {path.parent for path in (BASE / mirror).rglob("*") if path.suffix in (".py", ".html", ".txt")}
    folders = {folder.relative_to(BASE) for folder in filled if folder != BASE / mirror}
    own = {folder.relative_to(mirror).as_posix() for folder in folders if not is_excepted(folder)}
    assert len(own) > 20
    assert own - rooms() == set()


def test_every_exception_is_there():
    assert [name for name in WITHOUT_A_ROOM if not (BASE / name).is_dir()] == []
