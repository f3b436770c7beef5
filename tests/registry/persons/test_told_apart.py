"""Members of one name: the date of birth, or the number, tells them apart."""

from datetime import date

from django.utils import translation

from dsp_platform.khmer.dates import PartialDate
from registry.models import Person
from registry.persons.told_apart import names_by_spid, names_of_draft

DARA = {"family_name": "សុខ", "given_name": "ដារា"}


def person(spid: str, born: PartialDate, **names: str) -> Person:
    one = Person(spid=spid, **{**DARA, **names})
    one.born = born
    return one


ELDER = person("100000000001", PartialDate(date(2010, 5, 1), "year"))
TWIN = person("100000000002", PartialDate(date(2015, 5, 2)))
OTHER_TWIN = person("100000000003", PartialDate(date(2015, 5, 2)))
MOTHER = person("100000000004", PartialDate(date(1985, 5, 2)), given_name="ស្រីមុំ")


def test_a_name_that_nobody_else_has_stands_alone():
    assert names_by_spid([MOTHER, TWIN]) == {MOTHER.spid: "សុខ ស្រីមុំ", TWIN.spid: "សុខ ដារា"}


def test_the_date_of_birth_follows_as_it_is_known():
    assert names_by_spid([ELDER, TWIN, MOTHER]) == {
        ELDER.spid: "សុខ ដារា (2010)",
        TWIN.spid: "សុខ ដារា (02/05/2015)",
        MOTHER.spid: "សុខ ស្រីមុំ",
    }


def test_the_spid_follows_where_the_date_is_the_same_too():
    assert names_by_spid([ELDER, TWIN, OTHER_TWIN]) == {
        ELDER.spid: "សុខ ដារា (2010)",
        TWIN.spid: "សុខ ដារា (02/05/2015, SPID 1000 0000 0002)",
        OTHER_TWIN.spid: "សុខ ដារា (02/05/2015, SPID 1000 0000 0003)",
    }


def test_members_without_an_spid_are_told_apart_by_their_place():
    draft = [{"id": 1, **DARA, "born": "1985"}, {"id": 3, **DARA, "born": "1985"}, {"id": 4, **DARA}]
    with translation.override("en"):
        assert names_of_draft(draft) == {
            1: "សុខ ដារា (1985, member 1)",
            3: "សុខ ដារា (1985, member 2)",
            4: "សុខ ដារា (member 3)",
        }
