"""Workbooks are read by a process of their own, which a hostile or a broken file may bring down."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from registry.imports.reading.headings import heading_key, number_lacking
from registry.imports.reading.sheet import Note, Numbered, Row, Sheet, Unreadable, sheet_of

MEMORY_MB, CPU_SECONDS, UNPACKED_MB = 400, 600, 3000
MOST_SHEETS = 10
"""So many more are looked through for the headings."""
NONE_OF_THEM = 10_000
"""More headings than a source names."""
SILENT_SECONDS = 300
"""So long it may say nothing: formulas and fonts are counted before the first row is told."""
_PROGRAM = "registry.imports.reading.workbook_process"


@contextmanager
def open_workbook(path: Path, *, wanted: Collection[str], sheet: str) -> Iterator[Sheet]:
    """Without a name of a sheet the first one that has all headings, or else most of them: before it a cover
    may stand, on which some of their words are written."""
    with ExitStack() as opened:
        yield _with_headings(path, wanted, sheet, opened)


def _with_headings(path: Path, wanted: Collection[str], sheet: str, opened: ExitStack) -> Sheet:
    lacking: dict[str, int] = {}
    names = deque([sheet])
    while names:
        about: dict[str, Any] = {}
        attempt = ExitStack()
        try:
            found = attempt.enter_context(_open(path, wanted, names.popleft(), about))
        except Unreadable as refused:
            if sheet or refused.code not in ("no_headings", "empty") or not (lacking or about):
                raise
            missing = NONE_OF_THEM
        else:
            missing = number_lacking(found.columns, wanted)
            if sheet or not missing or not (lacking or about["others"]):
                opened.push(attempt)
                return found
            attempt.close()
        if not lacking:
            names.extend(about["others"][:MOST_SHEETS])
        if about:
            lacking[about["sheet"]] = missing
    best = min(lacking, key=lambda name: lacking[name])
    if lacking[best] == NONE_OF_THEM:
        raise Unreadable("no_headings_in_sheets", sheets=", ".join(lacking))
    return opened.enter_context(_open(path, wanted, best, {}))


@contextmanager
def _open(path: Path, wanted: Collection[str], sheet: str, about: dict[str, Any]) -> Iterator[Sheet]:
    """Without the environment of this process, in which secrets stand. ``about``: gets what it says first."""
    limits = [str(limit) for limit in (MEMORY_MB, CPU_SECONDS, UNPACKED_MB)]
    process = subprocess.Popen(
        [sys.executable, "-m", _PROGRAM, str(path.resolve()), sheet, *limits],
        cwd=settings.BASE_DIR,
        env={"PATH": os.defpath, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        told = _Told(process)
        about |= told.next()
        notes, old_fonts = _notes(about)
        opened = sheet_of(_rows(told), wanted=wanted, notes=notes, expected=about["rows"], with_empty=False)
        _refuse_old_fonts(old_fonts, opened, wanted)
        if merged := _below_headings(about["merged"], opened):
            notes.append(Note("merged", {"number": len(merged)}))
            opened.rows = _filled(opened.rows, merged)
        yield opened
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]


class _Told:
    """What the process says: one JSON text a line."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process, self.silent = process, False

    def next(self) -> Any:
        timer = threading.Timer(SILENT_SECONDS, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            line = self.process.stdout.readline()  # type: ignore[union-attr]
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            raise self._ended()
        said = json.loads(line)
        if isinstance(said, dict) and "refused" in said:
            raise Unreadable(said["refused"], **said["params"])
        return said

    def _give_up(self) -> None:
        self.silent = True
        self.process.kill()

    def _ended(self) -> Unreadable:
        status = self.process.wait()
        if self.silent or status == -signal.SIGXCPU:
            return Unreadable("too_much_time")
        # Where memory cannot be had the reader is aborted, or Python says so.
        return Unreadable("too_much_memory" if status < 0 else "damaged")


def _rows(told: _Told) -> Iterator[Numbered]:
    while pack := told.next():
        first, rows = pack
        yield from enumerate(rows, first)


def _notes(about: dict[str, Any]) -> tuple[list[Note], list[dict[str, Any]]]:
    notes = [Note("workbook", {"kind": about["kind"], "sheet": about["sheet"], "number": about["sheets"]})]
    if about["macros"]:
        notes.append(Note("macros"))
    if about["formulas"]:
        notes.append(Note("formulas", {"number": about["formulas"]}))
    if about["fonts"]:
        notes.append(Note("fonts", {"fonts": ", ".join(about["fonts"])}))
    notes += [Note("old_font_named", {"font": font}) for font in about["old_fonts_named"]]
    return notes, about["old_fonts"]


def _below_headings(merged: list[list[int]], opened: Sheet) -> list[list[int]]:
    """Of the cells that cover several rows those of the table, by their first row."""
    below = next(note.params["row"] for note in opened.notes if note.code == "headings")
    width = len(opened.columns)
    return sorted(one for one in merged if one[0] > below and 0 <= one[2] < width)


def _filled(rows: Iterator[Row], merged: list[list[int]]) -> Iterator[Row]:
    """What stands in a merged cell, in each row that it covers: a program keeps it in the first alone."""
    waiting = deque(merged)
    covering: dict[int, tuple[int, str]] = {}
    for row in rows:
        cells = [*row.cells]
        while waiting and waiting[0][0] <= row.number:
            first, last, column = waiting.popleft()
            if first == row.number:
                covering[column] = (last, cells[column])
        for column, (last, text) in list(covering.items()):
            if row.number > last:
                del covering[column]
            elif not cells[column]:
                cells[column] = text
        yield row._replace(cells=cells)


def _refuse_old_fonts(old_fonts: list[dict[str, Any]], opened: Sheet, wanted: Collection[str]) -> None:
    """Those of the title above the table do no harm, nor those of columns that nobody reads."""
    first = next(note.params["row"] for note in opened.notes if note.code == "headings") + 1
    keys = {heading_key(name) for name in wanted}
    read = {at for at, name in enumerate(opened.columns) if not keys or heading_key(name) in keys}
    for font in old_fonts:
        cells = sum(
            number for row, column, number in font["cells"] if column in read and (not row or row >= first)
        )
        if cells:
            raise Unreadable("old_font", font=font["name"], number=cells)
