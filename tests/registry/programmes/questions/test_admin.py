"""A steward writes the questions of a programme in the admin, without a code and without JSON."""

import re
from html import unescape

import pytest

from registry.models import ProgrammeQuestion
from registry.programmes.questions.definition import draft_of, version_of
from tests.approval.cast import approve_waiting
from tests.registry.programmes.questions.cast import house_and_rent, write
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
SHOWN = re.compile(r'name="shown" value="([^"]+)"')
HOUSE = {
    "kind": "one", "title_km": "ផ្ទះរបស់អ្នកណា?", "title_en": "Whose is the house?", "hint_km": "",
    "hint_en": "", "choices_km": "ផ្ទាល់ខ្លួន\nជួល", "choices_en": "Our own\nRented", "dates": "any",
    "is_required": "on",
    "joined": "all",
}  # fmt: skip
RENT = {
    "kind": "number", "title_km": "ថ្លៃជួល", "title_en": "Rent", "hint_km": "", "hint_en": "", "least": "១",
    "dates": "any", "is_required": "on", "joined": "all",
}  # fmt: skip


@pytest.fixture
def desk(steward):
    return browser(steward)


def send(client, address, **typed):
    digest = SHOWN.search(client.get(address).content.decode())[1]
    return client.post(address, {**typed, "shown": digest}, follow=True)


def seen(answer):
    return unescape(answer.content.decode())


def page_of(programme):
    return f"/en/admin/registry/programmequestion/programme/{programme.pk}/"


def test_from_an_empty_page_to_what_citizens_are_asked(desk, family_package, second_steward):
    address = page_of(family_package)
    assert "There is none yet" in seen(desk.get(address))
    send(desk, f"{address}add/", **HOUSE)
    house = ProgrammeQuestion.objects.get()
    assert [(one["code"], one["en"]) for one in house.choices] == [("c1", "Our own"), ("c2", "Rented")]
    condition = f'q{house.pk}|==|"c2"'
    assert "Whose is the house?: Rented" in seen(desk.get(f"{address}add/"))
    assert "Whose is the house?: Rented" in seen(send(desk, f"{address}add/", **RENT, condition_0=condition))
    assert ProgrammeQuestion.objects.last().condition == f'q{house.pk} == "c2"'
    proposal = seen(send(desk, address, propose="1", reason="law"))
    assert "asked only if Whose is the house?: Rented" in proposal
    approve_waiting(second_steward)
    assert version_of(family_package).number == 1
    assert "Propose to publish" not in seen(desk.get(address))


def test_the_form_gives_back_the_conditions_that_it_took(desk, family_package, steward):
    _house, rent = house_and_rent(family_package, steward)
    old = write(family_package, steward, condition=f"age >= 60 || q{rent.pk} <= 400")
    form = desk.get(f"/en/admin/registry/programmequestion/{old.pk}/edit/").context["form"]
    assert [form[f"condition_{place}"].value() for place in range(3)] == ["age|>=|", f"q{rent.pk}|<=|", ""]
    assert (form["number_0"].value(), form["number_1"].value(), form["joined"].value()) == (
        "60",
        "400",
        "any",
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title_en": ""}, "Write the question in both languages."),
        ({"choices_en": "Our own"}, "Both languages need the same number of lines."),
        ({"choices_km": "ក", "choices_en": "a"}, "Write 2 to 30 choices"),
        ({"condition_0": "age|>=|"}, "Enter a number."),
        (
            {"condition_0": "age|>=|", "number_0": "60", "condition_1": "age|<=|", "number_1": "20"},
            "never so",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(desk, family_package, wrong, words):
    found = seen(send(desk, f"{page_of(family_package)}add/", **{**HOUSE, **wrong}))
    assert words in found
    assert "ផ្ទះរបស់អ្នកណា?" in found
    assert not ProgrammeQuestion.objects.exists()


def test_a_page_shown_before_a_change_changes_nothing(desk, family_package, steward):
    question = write(family_package, steward)
    address = f"/en/admin/registry/programmequestion/{question.pk}/edit/"
    stale = SHOWN.search(desk.get(address).content.decode())[1]
    send(desk, address, **{**HOUSE, "title_en": "Now"})
    answer = desk.post(address, {**HOUSE, "title_en": "Then", "shown": stale})
    assert "has changed since it was shown" in seen(answer)
    assert draft_of(family_package)[0].title_en == "Now"


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_preview_shows_them_as_citizens_will_see_them(desk, family_package, steward, language):
    house_and_rent(family_package, steward)
    found = seen(
        desk.get(f"/{language}/admin/registry/programmequestion/programme/{family_package.pk}/preview/")
    )
    assert ("Rented" in found, "ជួល" in found) == ((True, False) if language == "en" else (False, True))


def test_an_auditor_reads_and_changes_nothing(auditor, family_package, steward):
    question = write(family_package, steward)
    client = browser(auditor)
    assert client.get(page_of(family_package)).status_code == 200
    assert client.post(page_of(family_package), {"remove": question.pk}).status_code == 403
    assert client.get(f"/en/admin/registry/programmequestion/{question.pk}/edit/").status_code == 403
    assert ProgrammeQuestion.objects.exists()
