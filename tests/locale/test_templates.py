"""No text of a page is outside the translation tags."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html"))

_NOT_WORDS = [
    re.compile(r"{%\s*block bodyclass\s*%}.*?{%\s*endblock\b.*?%}", re.S),
    re.compile(r"{%\s*comment.*?endcomment\s*%}", re.S),
    re.compile(r"{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}", re.S),
    re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.S),
    re.compile(r"<(script|style|svg)\b.*?</\1>", re.S),
    re.compile(r"<!--.*?-->|&\w+;", re.S),
]
_SEEN_ATTRIBUTE = re.compile(r"""\b(?:alt|title|placeholder|aria-label)=["']([^"']*)["']""")
_TAG = re.compile(r"<[^>]*>", re.S)
_WORD = re.compile(r"[A-Za-z\u1780-\u17b3]{2,}")
# Names that are the same in both languages, and the names of the languages, each in its own.
_NAMES = {"SPID", "DSPP", "English", "QR"}


def words_outside_tags(source: str) -> list[str]:
    for pattern in _NOT_WORDS:
        source = pattern.sub(" ", source)
    seen = " ".join(_SEEN_ATTRIBUTE.findall(source)) + _TAG.sub(" ", source)
    return [word for word in _WORD.findall(seen) if word not in _NAMES]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_word_of_a_page_can_be_translated(path: Path) -> None:
    assert words_outside_tags(path.read_text(encoding="utf-8")) == []


def test_untranslated_words_are_seen() -> None:
    assert words_outside_tags('<p title="Hint">Hello {{ name }}</p>{% translate "Bye" %}') == [
        "Hint",
        "Hello",
    ]
