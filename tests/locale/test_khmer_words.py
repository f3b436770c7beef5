"""Words that Khmer readers misunderstand, searched for in the whole catalogue."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from dsp_platform.translations.catalogue import read
from tests.locale.test_catalogue import CATALOGUE, LANGUAGE
from tests.packages import DOMAINS

# About several people; one person is never "they" in Khmer.
SEVERAL = (
    "Nobody could approve it:",
    "Others live in household",
    "These answered",
    "These were not told",
    "Whom it concerns can answer",
    "%(member)s and %(spouse)s marry.",
)
PLACES = {"ឃុំ": "ឃុំ/សង្កាត់", "ស្រុក": "ស្រុក/ខណ្ឌ"}
ELSEWHERE = ("ភូមិឃុំ", "ឃុំ និងសង្កាត់")  # the gazetteer; both named


def khmer() -> dict[str, str]:
    return {_one(one.id): _one(one.string) for one in read(CATALOGUE, LANGUAGE) if one.id and one.string}


def _one(words: str | tuple[str, ...] | list[str]) -> str:
    return words if isinstance(words, str) else words[0]


def test_one_person_is_not_many() -> None:
    assert [one for one, words in khmer().items() if "ពួកគេ" in words and not one.startswith(SEVERAL)] == []


@pytest.mark.parametrize("place", PLACES)
def test_a_commune_and_a_district_are_named_for_town_and_country(place: str) -> None:
    rest = khmer()
    for whole in (PLACES[place], *ELSEWHERE):
        rest = {one: words.replace(whole, "") for one, words in rest.items()}
    assert [one for one, words in rest.items() if place in words] == []


NAMES = {"ផតថល": re.compile("portal", re.I), "ថ្នាល": re.compile("platform|DSPP", re.I)}


@pytest.mark.parametrize("word", NAMES)
def test_portal_and_platform_are_told_apart(word: str) -> None:
    assert [one for one, words in khmer().items() if word in words and not NAMES[word].search(one)] == []


def test_a_card_has_one_word() -> None:
    assert [one for one, words in khmer().items() if "SPID កាត" in words] == []


@pytest.mark.parametrize(("never", "instead"), [("បណ្តឹង", "បណ្ដឹង"), ("ការគាំទ្រ", "ការឧបត្ថម្ភ")])
def test_a_word_has_one_spelling(never: str, instead: str) -> None:
    rest = khmer()
    assert [one for one, words in rest.items() if never in words] == []
    assert [one for one, words in rest.items() if instead in words]


ABBREVIATION = re.compile(r"([\u1780-\u17ff]\.){2,}$")  # ប.ស.ស.


def test_a_khmer_sentence_ends_with_the_khmer_sign() -> None:
    latin = re.compile(r"[\u1780-\u17ff»]\s?\.$")
    ended = {one: words.strip() for one, words in khmer().items() if latin.search(words.strip())}
    assert [one for one, words in ended.items() if not ABBREVIATION.search(words)] == []


def test_no_full_stop_follows_a_value() -> None:
    """Of either language: it stands in the text that is translated."""
    translated = re.compile(
        r"{% blocktranslate.*?{% endblocktranslate %}|{% comment.*?endcomment %}", re.DOTALL
    )
    after_value = re.compile(r"(?:[}%]}|</a>)\s*\.(?=\s|<|{|$)")
    base = Path(settings.BASE_DIR)
    templates = (base / "templates").rglob("*.html")
    found = [one.name for one in templates if after_value.search(translated.sub("", one.read_text()))]
    domains = [one for name in DOMAINS for one in (base / name).rglob("*.py")]
    found += [one.name for one in domains if re.search(r'f"[^"]*\}\.[ "]', one.read_text())]
    assert found == []


def test_a_label_ends_with_the_colon_of_its_language() -> None:
    label = re.compile(r"""(?:{% translate ["'][^"']*["'] %}):|[\u1780-\u17dd»]:""")
    templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    assert [one.name for one in templates if label.search(one.read_text())] == []
    assert [one for one, words in khmer().items() if label.search(words)] == []
