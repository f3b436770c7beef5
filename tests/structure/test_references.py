"""A reference is read out and typed as one word: no page breaks it at its hyphens."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "templates"
PAGES = sorted(path for path in ROOT.rglob("*.html") if path.relative_to(ROOT).parts[0] != "admin")
TITLE = re.compile(r"{% block title %}.*?{% endblock(?: title)? %}", re.DOTALL)
BROKEN = re.compile(r'(?<!class="reference">)(?<!class="spid">){{ (?:\w+\.)+reference }}')
TRANSLATED = re.compile(r"{% blocktranslate [^%]*\breference=[\w.]+(?![\w.|])")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_reference_stays_in_one_line(path):
    shown = TITLE.sub("", path.read_text())
    assert not BROKEN.findall(shown)
    assert not TRANSLATED.findall(shown)


def test_the_class_does_so():
    assert ".reference { white-space: nowrap; }" in (ROOT.parent / "static/dspp.css").read_text()
