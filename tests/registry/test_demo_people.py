import pytest
from django.core.management import CommandError, call_command

from dsp_platform.accounts.models import User
from registry.duplicates.sweep import sweep
from registry.models import DuplicateCase, Household, Person, Programme
from registry.persons.households import household_of, members_of
from registry.persons.selectors import subject_for
from tests.roles import as_owner


def test_the_demonstration_has_households_and_a_citizen(areas, commune_clerk, other_clerk):
    for _ in range(2):
        call_command("load_demo_people", verbosity=0)
    assert Household.objects.count() == 5
    citizen = User.objects.get(phone="+85512345678")
    person = subject_for(citizen, None)
    assert person.given_name == "ស៊ុខា"
    assert len(members_of(household_of(person))) == 4
    assert Person.objects.filter(verification="commune").count() == 9


def test_officials_come_first(areas):
    with pytest.raises(CommandError):
        call_command("load_demo_people", verbosity=0)


def test_its_programmes_have_days_to_appeal(areas, commune_clerk, other_clerk, operators):
    with as_owner():
        Programme.objects.create(
            code="health", operator=operators["nssf"], name_km="សុខភាព", name_en="Health", state="open",
            takes_applications=True,
        )  # fmt: skip
    call_command("load_demo_people", verbosity=0)
    assert Programme.objects.get().appeal_days == 30


def test_two_of_them_are_on_the_desk_of_the_stewards(areas, commune_clerk, other_clerk):
    call_command("load_demo_people", verbosity=0)
    sweep()
    found = {(case.first.latin_name, case.second.latin_name) for case in DuplicateCase.objects.all()}
    assert found == {("Hun Chenda", "Hun Chinda"), ("Yim Sophal", "Yim Sophol")}
