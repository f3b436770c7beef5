"""Who of earlier files would come into a household is counted and shown before anybody approves it."""

from datetime import date

import pytest
from django.utils import translation

from dsp_platform.khmer.dates import PartialDate
from registry.imports.runs.preview import findings_in_words
from registry.imports.runs.selectors import examples_of
from registry.models import DuplicateCase, Membership, Person
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.duplicates.cast import decide
from tests.registry.imports.conftest import approve, compared, row, sophea, work
from tests.registry.imports.planning.test_beside import enrols_in, lines_of, trusting
from tests.registry.imports.writing.test_joining import CHANTHA, living

SOPHEA = person_details(
    family_name="សុខ", given_name="សុភា", latin_family_name="", latin_given_name="",
    born=PartialDate(date(1970, 5, 6)), document_type="identity_card", document_number="012345678",
)  # fmt: skip
WORDS = "Somebody of an earlier file who lives nowhere: comes into this household."


JOINS = "Somebody new: comes into a household that is registered already."


def joining(run):
    return [rows for code, _column, rows, *_more in run.findings if code == "joins"]


def moving(run):
    return [(code, rows) for code, _column, rows, *_more in run.findings if code.startswith("moves_in")]


def shown(run):
    with translation.override("en"):
        examples = dict(examples_of(run)).get("already registered: come into a household", [])
        return [(one.number, one.name) for one in examples]


def test_whoever_waits_for_a_head_is_in_the_preview_and_in_what_is_approved(source, steward, imported):
    imported([row("2"), CHANTHA])
    run = compared(source, [sophea()], steward)
    assert moving(run) == [("moves_in_earlier", 2)]
    assert shown(run) == [(2, "ស… ដ…"), (2, "ស… ច…")]
    assert lines_of(run, steward)[WORDS] == "2"


def test_a_row_that_says_nothing_new_of_them_is_theirs(source, steward, imported):
    imported([row("2")])
    run = compared(source, [sophea(), row("2")], steward)
    assert run.outcomes == {"new": 1, "known": 1}
    assert (moving(run), shown(run)) == ([("moves_in", 1)], [(3, "ស… ដ…")])


@pytest.mark.parametrize("elsewhere", [{"household": "H2"}, {"family_name": "ចាន់", "village": "01020102"}])
def test_nobody_is_shown_who_waits_for_another_head(source, steward, imported, elsewhere):
    imported([row("2")])
    assert moving(compared(source, [sophea(**elsewhere)], steward)) == []


def test_of_two_who_may_be_one_the_first_is_shown(source, steward, second_steward, imported):
    imported([row("2"), row("3", born="2001")])
    assert moving(compared(source, [sophea()], steward)) == [("moves_in_earlier", 1)]
    decide(DuplicateCase.objects.get(), "different", second_steward)
    assert moving(compared(source, [sophea()], steward)) == [("moves_in_earlier", 2)]


def test_nor_beside_a_newcomer_whom_they_may_be(source, steward, imported):
    """The file has him too, and without his number: he comes in as a likely double of who waits."""
    imported([row("2")])
    run = compared(source, [sophea(), row("9", born="2001")], steward)
    assert (run.outcomes, moving(run)) == ({"new": 1, "likely": 1}, [])


def test_nor_by_a_row_that_says_something_new(source, steward, imported):
    imported([sophea(), row("2")])
    imported([row("3", born="2001")])
    run = compared(source, [row("3", born="2001", member_number="M1")], steward)
    assert (run.outcomes, moving(run)) == ({"agrees": 1}, [])


def test_whoever_left_is_not_shown(source, steward, imported):
    imported([sophea(), row("2")])
    Membership.objects.filter(relationship="child").update(ended_on="2026-11-01")
    run = compared(source, [row("2", phone="012345678")], steward)
    assert (run.outcomes, moving(run)) == ({"fills": 1}, [])


def test_who_cannot_live_there_is_not_shown_again(source, steward, imported):
    """A son who is older than his mother."""
    imported([row("2", born="1960-02-03")])
    imported([sophea()])
    assert living() == [["សុភា"]]
    assert compared(source, [sophea(), row("2", born="1960-02-03")], steward).state == "nothing"


def test_newcomers_of_a_registered_household_are_told_apart_from_those_of_a_new_one(
    source, steward, imported
):
    imported([sophea()])
    others = {"household": "H2", "family_name": "ចាន់", "village": "01020102"}
    new = [
        sophea("8", given_name="ម៉ារី", card="098765432", born="1981-01-09", **others),
        row("9", given_name="មករា", **others),
    ]
    run = compared(source, [sophea(), row("2"), CHANTHA, *new], steward)
    assert (run.outcomes, joining(run)) == ({"new": 4, "known": 1}, [2])
    assert lines_of(run, steward)[JOINS] == "2"


def test_each_is_shown_with_the_head_whom_they_come_to(source, steward, imported):
    imported([sophea()])
    run = compared(source, [sophea(), row("2")], steward)
    with translation.override("en"):
        (example,) = dict(examples_of(run))["new: come into a household that is registered"]
    head = Person.objects.get()
    assert (example.number, example.name) == (3, "ស… ដ…")
    assert example.other.startswith(f"household of SPID …{head.spid[-4:]}, ស… ស…, 1970")


def test_also_with_the_first_file_of_a_source(source, steward, sokha):
    """Their mother is found by her card, in the household that she told at the counter."""
    register_household(actor=sokha, details=household_details(SOPHEA))
    run = compared(source, [sophea(), row("2")], steward)
    assert (run.outcomes, joining(run)) == ({"agrees": 1, "new": 1}, [1])


def test_also_where_the_file_has_only_them(source, steward, imported):
    imported([sophea()])
    assert joining(compared(source, [row("2")], steward)) == [1]


def test_nobody_is_shown_who_may_not_join(source, steward, imported):
    trusting(source, fill=[])
    imported([sophea()])
    assert joining(compared(source, [sophea(), row("2")], steward)) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The head of the household is registered, and this source may not add members to a household. "
               "The person is registered without one."),
        ("km", "មេគ្រួសារបានចុះបញ្ជីរួចហើយ ហើយប្រភពនេះមិនអាចបន្ថែមសមាជិកទៅក្នុងគ្រួសារបានទេ។ "
               "បុគ្គលនេះត្រូវបានចុះបញ្ជីដោយគ្មានគ្រួសារ។"),
    ],
)  # fmt: skip
def test_instead_it_is_said_that_they_come_in_without_a_household(source, steward, imported, language, words):
    trusting(source, fill=[])
    imported([sophea()])
    run = compared(source, [sophea(), row("2", born="2026-02-03"), CHANTHA], steward)
    assert (run.outcomes, run.findings) == ({"known": 1, "new": 2}, [["members_not_added", "", 2, 3, {}]])
    with translation.override(language):
        assert [line.words for line in findings_in_words(run, values=True)] == [words]
        examples = [one.findings for _title, some in examples_of(run) for one in some if one.number > 2]
    assert examples == [[words], [words]]


@pytest.mark.parametrize("cells", [{}, {"phone": "012345678"}])
def test_also_of_who_is_registered_without_one(source, steward, second_steward, imported, cells):
    """The file that brought them had no number of the household."""
    imported([sophea(), row("2", household="", relationship="")])
    trusting(source, fill=["phone"])
    run = compared(source, [sophea(), row("2", **cells)], steward)
    assert run.outcomes == {"known": 1, "fills" if cells else "agrees": 1}
    assert (moving(run), [one[0] for one in run.findings]) == (
        [], [*("fills" for _cell in cells), "members_not_added"]
    )  # fmt: skip
    work(approve(run, steward, second_steward))
    assert (living(), [one[2] for one in run.findings if one[0] == "members_not_added"]) == ([["សុភា"]], [1])
    again = compared(source, [sophea(), row("2", **cells)], steward)
    assert (again.state, [one[0] for one in again.findings]) == ("nothing", ["members_not_added"])


def test_nor_who_comes_to_a_head_who_lives_with_another_one(source, steward, imported):
    """His mother is registered as the spouse of a head, his row names her as the head."""
    imported([row("2", household="", relationship="")])
    imported([sophea("9", given_name="ម៉ារី", sex="male", card="098765432", born="1968-01-09", household="H2"),
              sophea(household="H2", relationship="spouse")])  # fmt: skip
    run = compared(source, [sophea(), row("2")], steward)
    assert moving(run) == []


def test_nor_who_comes_to_a_head_who_has_died(source, steward, imported):
    imported([sophea(), row("2", household="", relationship="")])
    Person.objects.filter(given_name="សុភា").update(died_on="2026-11-01")
    run = compared(source, [sophea(phone="012345678"), row("2")], steward)
    assert (run.outcomes, moving(run)) == ({"refused": 1, "agrees": 1}, [])


def test_of_two_rows_of_one_person_in_two_households_the_first_says_that_they_come(source, steward, imported):
    card = {"card": "087654321"}
    imported([row("2", **card, household="", relationship="")])
    aunt = sophea("8", given_name="ម៉ារី", born="1975-01-08", card="098765432", household="H2")
    run = compared(source, [sophea(), row("2", **card), aunt, row("9", **card, household="H2")], steward)
    assert (run.outcomes["twice"], moving(run)) == (1, [("moves_in", 1)])


def test_nor_who_cannot_live_there(source, steward, imported):
    """A son who is older than his mother."""
    imported([sophea()])
    run = compared(source, [sophea(), row("2", born="1960-02-03")], steward)
    assert joining(run) == []


def test_nor_who_may_be_somebody_there(source, steward, imported):
    imported([sophea(), row("2")])
    run = compared(source, [sophea(), row("3", born="2001")], steward)
    assert (run.outcomes, joining(run)) == ({"known": 1, "likely": 1}, [])


def test_who_is_kept_out_and_enrolled_is_still_counted_as_filled(source, steward, family_package, imported):
    imported([row("2"), row("3", born="2001")])
    enrols_in(source, family_package)
    run = compared(source, [sophea(), row("2"), row("3", born="2001", member_number="M1")], steward)
    assert run.outcomes == {"new": 1, "known": 1, "fills": 1}
    assert moving(run) == [("moves_in", 1)]


def test_of_two_rows_of_one_person_the_first_says_that_they_come(source, steward, imported):
    card = {"card": "087654321"}
    imported([row("2", **card)])
    again = [row(number, **card, member_number="M1") for number in ("2", "9")]
    run = compared(source, [sophea(), *again], steward)
    assert ["moves_in", "", 1, 3, {}] in run.findings
