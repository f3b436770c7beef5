"""Examples from all over the file, each with who it may be and what it would change."""

from datetime import date

import pytest
from django.utils import translation

from dsp_platform.khmer.dates import PartialDate
from registry.imports.runs.preview import findings_in_words
from registry.imports.runs.selectors import Example, _evidence, examples_of
from registry.models import Person, StagedRow
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.imports.conftest import compared, many, row, sophea


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def examples(run, outcome) -> list[Example]:
    label = str(StagedRow.Outcome(outcome).label)
    return dict(examples_of(run)).get(label, [])


def test_they_are_of_several_families_from_all_over_the_file(source, steward):
    run = compared(source, many(20), steward)
    numbers = [example.number for example in examples(run, "new")]
    assert len(numbers) == 5
    assert numbers[-1] - numbers[0] >= 30
    assert all(later - earlier > 2 for earlier, later in zip(numbers, numbers[1:], strict=False))


@pytest.mark.parametrize(("rows", "shown"), [(3, [2, 3, 4]), (6, [2, 3, 4, 5, 6])])
def test_rows_that_stand_together_are_shown_too(source, steward, rows, shown):
    wrong = [row(f"x{number}", born="31/02/2001") for number in range(rows)]
    run = compared(source, [*wrong, *many(20)], steward)
    assert [example.number for example in examples(run, "refused")] == shown


def test_it_is_said_which_fields_are_filled(source, steward, sokha):
    head = person_details(
        family_name="សុខ", given_name="សុភា", born=PartialDate(date(1970, 1, 1), "year"),
        document_type="identity_card", document_number="012345678",
    )  # fmt: skip
    register_household(actor=sokha, details=household_details(head))
    run = compared(source, [sophea(phone="012345678")], steward)
    (example,) = examples(run, "fills")
    assert set(example.fills.split(", ")) == {"Date of birth", "Phone number"}


def test_a_document_that_is_not_on_record_is_filled_too(source, steward, imported):
    imported([sophea(card="")])
    run = compared(source, [sophea(card="098765432")], steward)
    (example,) = examples(run, "fills")
    assert example.fills == "Number of the identity document"


def test_a_likely_double_names_the_other_masked_and_why(source, steward, sokha):
    twin = person_details(family_name="សុខ", given_name="ដារ៉ា", sex="male", born=PartialDate(date(2001, 2, 3)))
    register_household(actor=sokha, details=household_details(twin))
    run = compared(source, [row("2", household="", relationship="", born="2001-02")], steward)
    (example,) = examples(run, "likely")
    spid = Person.objects.get().spid
    assert example.other.startswith(f"SPID …{spid[-4:]}, ស… ដ…, 2001, ")
    assert "+ Date of birth: the same month" in example.evidence


def test_what_hardly_counts_is_no_evidence_of_the_preview():
    found = _evidence([["village", "village", -0.2], ["given_name", "same", 7.6], ["birth", "year", 1]])
    with translation.override("en"):
        assert list(found) == ["+ Given name: the same", "+ Date of birth: the same year"]


def test_of_two_rows_that_differ_the_other_row_is_named(source, steward):
    run = compared(source, [sophea(), sophea("9", household="H9", born="1971-05-06")], steward)
    (example,) = examples(run, "twice")
    assert example.differs == "Date of birth"
    assert example.other.startswith("row 2, ")


def test_a_village_is_named(source, steward, areas):
    (example,) = examples(compared(source, [sophea()], steward), "new")
    assert example.village == areas["01020101"].name


def test_findings_name_the_value_that_the_mapping_lacks(source, steward):
    rows = [row("1", sex="X"), row("2", sex="Y"), row("3", sex="Y")]
    run = compared(source, rows, steward)
    found = [(line.words, line.count) for line in findings_in_words(run, values=True)]
    assert [
        (count, "“Y”" in words or "“X”" in words) for words, count in found if "known as a sex" in words
    ] == [
        (2, True),
        (1, True),
    ]


def test_whoever_may_not_read_the_file_sees_no_value_of_it(source, steward):
    run = compared(source, [row("1", sex="X"), row("2", sex="Y")], steward)
    (line,) = [line for line in findings_in_words(run, values=False) if "known as a sex" in line.words]
    assert ("“…”" in line.words, line.count) == (True, 2)


def test_of_many_values_the_rest_is_counted_together(source, steward):
    run = compared(source, [row(str(number), sex=f"S{number}") for number in range(30)], steward)
    lines = [line for line in findings_in_words(run, values=True) if "known as a sex" in line.words]
    assert (len(lines), sum(line.count for line in lines), lines[0].count) == (21, 30, 10)
