"""What happened between the comparison of a file and its writing, or while it is written."""

import pytest

from dsp_platform.khmer.dates import PartialDate
from registry.merging.services import merge
from registry.models import DuplicateCase, Person
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.duplicates.cast import decide
from tests.registry.imports.conftest import approve, compared, row, sophea, work
from tests.registry.imports.staging.test_references import DAUGHTER, enrolled
from tests.registry.imports.staging.test_references import enrolling as enrolling

H = {"household": "", "relationship": ""}


def dies(person, _kept, **_two):
    Person.objects.filter(pk=person.pk).update(died_on="2026-11-01", death_precision="day")


def becomes_an_alias(person, kept, **two):
    merge(kept=kept, merged=person, **two)


@pytest.mark.parametrize("ends", [dies, becomes_an_alias])
def test_whose_record_ends_while_the_batch_is_written_is_not_filled(
    ends, source, steward, second_steward, imported
):
    """The version is as it was when the row was compared again: it ended after that."""
    imported([row("2", **H), row("7", **H, given_name="វិបុល", born="1960-01-02")])
    known, other = (Person.objects.get(given_name=name) for name in ("ដារ៉ា", "វិបុល"))
    run = approve(compared(source, [row("2", **H, phone="012345678")], steward), steward, second_steward)
    ends(known, other, actor=steward, approved_by=second_steward)
    Person.objects.filter(pk=known.pk).update(version=known.version)
    assert work(run).outcomes == {"fills": 1}
    assert not Person.objects.exclude(phone="").exists()


def test_a_card_that_somebody_with_another_name_has_by_now_is_seen(source, steward, second_steward, sokha):
    run = approve(compared(source, [sophea()], steward), steward, second_steward)
    other = person_details(
        family_name="ចាន់", given_name="វិបុល", latin_family_name="Chan", latin_given_name="Vibol", sex="male",
        document_type="identity_card", document_number="012345678",
    )  # fmt: skip
    register_household(actor=sokha, details=household_details(other))
    assert ["number_of_another", "", 1, 2, {}] in work(run).findings


def test_who_may_be_somebody_of_the_file_and_of_whom_came_since_has_a_case_with_both(
    source, steward, second_steward, sokha
):
    run = compared(source, [row("2", **H), row("3", **H, born="2001")], steward)
    approve(run, steward, second_steward)
    came = person_details(family_name="សុខ", given_name="ដារ៉ា", sex="male", born=PartialDate.parse("2001"))
    register_household(actor=sokha, details=household_details(came))
    assert work(run).outcomes == {"likely": 2}
    assert DuplicateCase.objects.filter(of_file=True).count() == 3


@pytest.mark.parametrize("is_asked", [False, True])
def test_nobody_is_enrolled_while_a_steward_or_the_commune_decides(enrolling, imported, steward, is_asked):
    """Their source gave them the number of somebody else."""
    imported([sophea(), row("2")])
    imported([sophea(), row("2", **DAUGHTER)])
    if is_asked:
        decide(DuplicateCase.objects.get(), "ask", steward, commune="010201", note="Is this Dara?")
    run = imported([sophea(), row("2", **DAUGHTER, phone="012345678")])
    assert "enrols" not in {code for code, *_more in run.findings}
    assert enrolled() == ["ដារ៉ា", "សុភា"]
