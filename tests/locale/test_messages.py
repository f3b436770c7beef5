from gettext import GNUTranslations
from pathlib import Path

import pytest

from dsp_platform.translations.catalogue import compile_all, problems, update
from dsp_platform.translations.extraction import Found, extract

PO = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Continue"
msgstr "បន្ត"

msgid "Gone"
msgstr "បាត់"

msgid "Hello %(name)s"
msgstr "សួស្តី %(nom)s"

msgid "%(count)s person"
msgid_plural "%(count)s people"
msgstr[0] "%(count)s នាក់"

msgid "Later"
msgstr ""
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "km" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO, encoding="utf-8")
    return path


def found_in(tmp_path: Path, name: str, source: str) -> list[Found]:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / name).write_text(source, encoding="utf-8")
    return extract(tmp_path, ["code"])


def test_strings_of_a_python_file(tmp_path: Path) -> None:
    source = """
from django.utils import translation
from django.utils.translation import gettext_lazy as _, ngettext, pgettext as p
_("One")
_("Two "
  "halves")
ngettext("%(n)s day", "%(n)s days", 3)
p("month", "May")
translation.gettext("Three")
_(variable)
other("Not for people")
"""
    assert found_in(tmp_path, "views.py", source) == [
        Found("code/views.py", "One"),
        Found("code/views.py", "Two halves"),
        Found("code/views.py", "%(n)s day", plural="%(n)s days"),
        Found("code/views.py", "May", context="month"),
        Found("code/views.py", "Three"),
    ]


def test_strings_of_a_template(tmp_path: Path) -> None:
    source = """<h1 class="x">{% translate "It's here" %}</h1> Don't {{ value|default:_("none") }}
{% translate "May" context "month" %}
{% blocktranslate trimmed %}
  Hello
  {{ name }}
{% endblocktranslate %}
{% blocktranslate count n=days %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"""
    assert found_in(tmp_path, "page.html", source) == [
        Found("code/page.html", "It's here"),
        Found("code/page.html", "none"),
        Found("code/page.html", "May", context="month"),
        Found("code/page.html", "Hello %(name)s"),
        Found("code/page.html", "%(n)s day", plural="%(n)s days"),
    ]


def test_an_f_string_is_refused(tmp_path: Path) -> None:
    source = "from django.utils.translation import gettext as _\n_(f'Hello {name}')\n"
    with pytest.raises(SyntaxError, match=r"views\.py:2: an f-string"):
        found_in(tmp_path, "views.py", source)


def test_extracting_keeps_translations_and_guesses_none(catalogue: Path) -> None:
    strings = [Found("a.py", "Continue"), Found("a.py", "Continue now"), Found("b.html", "Continue")]
    update(catalogue, "km", strings)
    text = catalogue.read_text(encoding="utf-8")
    assert '#: a.py b.html\nmsgid "Continue"\nmsgstr "បន្ត"' in text
    assert 'msgid "Continue now"\nmsgstr ""' in text
    assert "Gone" not in text


def test_extracting_twice_changes_nothing(catalogue: Path) -> None:
    strings = [Found("a.py", "Continue"), Found("a.py", "%(count)s person", plural="%(count)s people")]
    update(catalogue, "km", strings)
    once = catalogue.read_bytes()
    update(catalogue, "km", strings)
    assert catalogue.read_bytes() == once
    assert "%(count)s នាក់" in once.decode()


def test_each_kind_of_problem_is_named(catalogue: Path) -> None:
    strings = [
        Found("a.py", "Continue"),
        Found("a.py", "New"),
        Found("a.py", "Later"),
        Found("a.py", "Hello %(name)s"),
        Found("a.py", "%(count)s person", plural="%(count)s people"),
    ]
    assert sorted(line.split(":")[0] for line in problems(catalogue, "km", strings)) == [
        "missing",
        "obsolete",
        "placeholders differ",
        "untranslated",
    ]


def test_compiled_when_newer(catalogue: Path, tmp_path: Path) -> None:
    assert compile_all([tmp_path]) == [catalogue.with_suffix(".mo")]
    assert compile_all([tmp_path]) == []
    with catalogue.with_suffix(".mo").open("rb") as file:
        words = GNUTranslations(file)
    assert words.gettext("Continue") == "បន្ត"
    assert words.ngettext("%(count)s person", "%(count)s people", 5) == "%(count)s នាក់"
