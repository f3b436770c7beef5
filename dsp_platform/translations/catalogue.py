"""The translations of one language: a ``.po`` file that people edit, a ``.mo`` file that Django reads."""

import os
import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dsp_platform.translations.extraction import Found

_PLACEHOLDER = re.compile(r"%%|%\(\w+\)[#0\- +]*[\d.]*[a-z]|%[a-z]|\{\w*\}")
# No dates, authors or tool versions: the file changes only when its messages change.
_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def write(path: Path, catalog: Catalog) -> None:
    body = BytesIO()
    write_po(body, catalog, width=100, omit_header=True, ignore_obsolete=True, include_lineno=False)
    header = _HEADER.format(language=catalog.locale_identifier, plurals=catalog.plural_forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + body.getvalue().decode(), encoding="utf-8")


def update(path: Path, language: str, found: Iterable[Found]) -> Catalog:
    """Write the strings found in the code to the file, with its existing translations.

    A new string gets no translation: there is no fuzzy matching.
    """
    known = read(path, language)
    catalog = Catalog(locale=language)
    for one in _grouped(found):
        old = known.get(one.singular, one.context)
        message = catalog.add(
            one.id, locations=one.locations, context=one.context, string=_string(old, one.id)
        )
        if old is not None:
            message.user_comments = old.user_comments
    write(path, catalog)
    return catalog


class _Occurrences:
    """All places of one string."""

    def __init__(self, found: Found) -> None:
        self.singular, self.context = found.singular, found.context
        self.plural: str | None = None
        self.files: list[str] = []

    @property
    def id(self) -> str | tuple[str, str]:
        return (self.singular, self.plural) if self.plural else self.singular

    @property
    def locations(self) -> list[tuple[str, int]]:
        return [(file, 0) for file in dict.fromkeys(self.files)]


def _grouped(found: Iterable[Found]) -> Iterable[_Occurrences]:
    by_key: dict[tuple[str | None, str], _Occurrences] = {}
    for one in found:
        if one.singular:
            occurrences = by_key.setdefault((one.context, one.singular), _Occurrences(one))
            occurrences.plural = occurrences.plural or one.plural
            occurrences.files.append(one.file)
    return by_key.values()


def _string(old: Message | None, new_id: str | tuple[str, str]) -> str | tuple[str, ...]:
    if old is None or not old.string:
        return ""
    first = old.string if isinstance(old.string, str) else old.string[0]
    if isinstance(new_id, str):
        return first
    return old.string if isinstance(old.string, tuple) else (first,)


def problems(path: Path, language: str, found: Iterable[Found]) -> list[str]:
    """Why the file is not current and complete, one line for each fault."""
    catalog = read(path, language)
    wanted = {(one.context, one.singular): one for one in _grouped(found)}
    lines = [
        f"missing: {one.singular!r} ({', '.join(dict.fromkeys(one.files))})"
        for one in wanted.values()
        if catalog.get(one.singular, one.context) is None
    ]
    for message in catalog:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        one = wanted.get((message.context, ids[0]))
        if one is None:
            lines.append(f"obsolete: {ids[0]!r}")
        elif one.plural and one.plural not in ids:
            lines.append(f"missing: plural {one.plural!r}")
        elif not all(strings) or not strings or message.fuzzy:
            lines.append(f"untranslated: {ids[0]!r} ({', '.join(dict.fromkeys(one.files))})")
        elif any(placeholders(string) != placeholders(ids[-1]) for string in strings):
            lines.append(f"placeholders differ: {ids[-1]!r} and {strings[0]!r}")
    return lines


def placeholders(text: str) -> set[str]:
    return {found for found in _PLACEHOLDER.findall(text) if found != "%%"}


def compile_all(folders: Iterable[Path]) -> list[Path]:
    """Compile every ``.po`` file below these locale folders that is newer than its ``.mo`` file."""
    compiled = []
    for folder in folders:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                # Replaced atomically: a server that starts meanwhile reads the old file or the new one.
                part = target.with_suffix(f".{os.getpid()}.part")
                with part.open("wb") as file:
                    write_mo(file, read(source, source.parent.parent.name))
                part.replace(target)
                compiled.append(target)
    return compiled
