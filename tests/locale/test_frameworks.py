"""The Khmer of Django and its companions: their own covers a third and is partly wrong."""

from pathlib import Path

import django
import pytest
from babel.messages.catalog import Catalog, Message
from django.utils.translation import gettext, ngettext, npgettext, override, pgettext

from dsp_platform.translations.catalogue import placeholders, read

ROOT = Path(__file__).resolve().parents[2]
FRAMEWORKS = ROOT / "locale" / "frameworks" / "km" / "LC_MESSAGES"
DJANGO = Path(django.__file__).parent

# Passwords are never sent by mail here, so these pages do not exist.
BY_MAIL = ("mail", "Please go to the following page", "In case you’ve forgotten", "Thanks for using", "team")


def first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def source(place: str, domain: str = "django") -> Catalog:
    return read(DJANGO / place / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po", "en")


@pytest.mark.parametrize(
    ("place", "domain"),
    [
        ("contrib/admin", "django"),
        ("contrib/admin", "djangojs"),
        ("contrib/auth", "django"),
        ("contrib/contenttypes", "django"),
        ("contrib/sessions", "django"),
    ],
)
def test_every_string_of_the_admin_has_its_khmer(place: str, domain: str) -> None:
    khmer = read(FRAMEWORKS / f"{domain}.po", "km")
    missing = [
        first(message)
        for message in source(place, domain)
        if message.id
        and khmer.get(first(message), message.context) is None
        and not any(word in first(message) for word in (*BY_MAIL, "Reset my password"))
    ]
    assert missing == []


def test_every_error_of_forms_has_its_khmer() -> None:
    khmer = read(FRAMEWORKS / "django.po", "km")
    starts = ("Enter ", "Ensure ", "Select a valid", "This field", "Please ", "No file", "The submitted")
    missing = [
        first(message)
        for message in source("conf")
        if first(message).startswith(starts) and khmer.get(first(message)) is None
    ]
    assert missing == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_no_string_is_empty_or_lost_a_placeholder(domain: str) -> None:
    for message in read(FRAMEWORKS / f"{domain}.po", "km"):
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            strings = [message.string] if isinstance(message.string, str) else list(message.string)
            assert all(strings), ids
            assert placeholders(strings[0]) == placeholders(ids[-1])


@pytest.mark.parametrize(
    ("english", "khmer"),
    [
        ("This field is required.", "ចាំបាច់បំពេញទិន្នន័យកន្លែងនេះ។"),
        ("Yes", "បាទ/ចាស"),
        ("No", "ទេ"),
        ("Delete", "លុប"),
        ("March", "មីនា"),
        ("Password", "ពាក្យសម្ងាត់"),
        ("Log out", "ចាកចេញ"),
        ("Invalid token. Please make sure you have entered it correctly.", None),
        ("Too many failed login attempts. Try again later.", None),
    ],
)
def test_our_khmer_stands_before_theirs(english: str, khmer: str | None) -> None:
    with override("km"):
        found = gettext(english)
    assert found == khmer if khmer else any("ក" <= letter <= "៹" for letter in found)


def test_khmer_has_one_plural_and_contexts() -> None:
    with override("km"):
        assert ngettext("%(num)d day", "%(num)d days", 1) == "%(num)d ថ្ងៃ"
        assert npgettext("none", "x", "y", 2) == "y"
        assert pgettext("abbrev. month", "March") == "មីនា"


def test_english_stays_english() -> None:
    with override("en"):
        assert gettext("This field is required.") == "This field is required."
        assert gettext("March") == "March"
