"""Opens what people send: the kind is told by the content, never by the name of the file."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.imports.reading.sheet import Sheet


@contextmanager
def open_sheet(path: Path, *, wanted: Collection[str] = (), sheet: str = "") -> Iterator[Sheet]:
    """``wanted``: the columns that the mapping names, by which the row of the headings is found. ``sheet``:
    the name of one of several; without it the first that has anything.

    Raises ``Unreadable``, also while rows are taken.
    """
    raise NotImplementedError
    yield
