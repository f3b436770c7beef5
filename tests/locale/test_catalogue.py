from collections.abc import Iterator
from pathlib import Path

import pytest

from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import normalise
from dsp_platform.management.commands.messages import LANGUAGE, folders
from dsp_platform.translations.catalogue import problems, read
from dsp_platform.translations.extraction import extract
from tests.packages import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
CATALOGUES = sorted((ROOT / "locale").rglob("*.po"))
# What fits one part of a text message in Khmer, and space for a reference or a code.
ONE_PART = 70
FILLED_IN = {
    "reference": "A-7K2M-9QXF",
    "code": "123456",
    "phone": "023 123 4567",
    "date": "28/12/2026",
    "spid": "1234 5678 9012",
}
FILLED_IN["cause"] = "លេខថ្មីបានចាប់ផ្តើមការចុះបញ្ជី"  # the longest


def strings(path: Path) -> Iterator[tuple[str, str]]:
    """The first location and the Khmer of each string."""
    for message in read(path, LANGUAGE):
        if message.id and message.string:
            khmer = message.string if isinstance(message.string, str) else message.string[0]
            yield message.locations[0][0], khmer


def test_every_string_of_the_code_has_its_khmer() -> None:
    assert problems(CATALOGUE, LANGUAGE, extract(ROOT, folders())) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_khmer_is_spelt_in_the_one_order(path: Path) -> None:
    assert [khmer for _, khmer in strings(path) if normalise(khmer) != khmer] == []


def test_text_messages_fit_into_one_part() -> None:
    of_messages = ("/texts.py", "/sms_templates.py")
    texts = [khmer for place, khmer in strings(CATALOGUE) if place.endswith(of_messages)]
    assert texts
    assert [text for text in texts if len(text % FILLED_IN) > ONE_PART] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_telephone_is_spelt_one_way(path: Path) -> None:
    assert [khmer for _, khmer in strings(path) if "ទូរស័ព្ទ" in khmer] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_numbers_stand_in_one_kind_of_digits(path: Path) -> None:
    """The placeholders of all plural forms."""
    assert [khmer for _, khmer in strings(path) if latin_digits(khmer) != khmer] == []


@pytest.mark.parametrize("folder", ["templates", *PACKAGES])
def test_no_page_and_no_form_writes_khmer_digits_itself(folder: str) -> None:
    about_digits = ("khmer/digits.py", "accounts/phones/numbers.py")  # what people may type
    sources = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".html", ".txt")]
    texts = {path.as_posix(): path.read_text() for path in sources}
    assert texts
    wrong = [path for path, text in texts.items() if latin_digits(text) != text]
    assert [path for path in wrong if not path.endswith(about_digits)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sentence_stands_twice_in_one_string(path: Path) -> None:
    def twice(khmer: str) -> bool:
        sentences = [one.strip() for one in khmer.split("។") if one.strip()]
        return len(set(sentences)) < len(sentences)

    assert [khmer for _, khmer in strings(path) if twice(khmer)] == []
