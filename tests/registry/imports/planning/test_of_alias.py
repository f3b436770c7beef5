"""A source goes on telling of a record that was merged into Sophea's: nothing of who she is, of her phone,
her documents or her home comes by that. It is her double's record, number 50 of the source."""

from datetime import timedelta

import pytest
from django.db.models import F

from registry.imports.undoing.undoing import undo_step
from registry.merging.contract import Side
from registry.merging.services import merge
from registry.models import IdentityDocument, Membership, Merge, Person, SourceConflict, SourceRecord
from tests.registry.imports.conftest import FAMILY, approve, compared, row, sophea, work

ALONE = {"household": "", "relationship": "", "card": ""}
DOUBLE = sophea("50", **ALONE, born="1971-06-05", village="01020102")


@pytest.fixture
def merging(steward, second_steward):
    """Of those with these dates of birth."""

    def two(kept="1970-05-06", merged="1971-06-05", **how):
        kept, merged = (Person.objects.get(date_of_birth=born) for born in (kept, merged))
        merge(kept=kept, merged=merged, actor=steward, approved_by=second_steward, **how)
        return kept, merged

    return two


def who_is(person):
    found = Person.objects.filter(pk=person.pk)
    return found.values_list("family_name", "given_name", "phone", "date_of_birth").get()


def conflicts():
    return sorted(SourceConflict.objects.filter(state="open").values_list("field", flat=True))


def test_no_phone_birth_or_document_comes_by_it_in_whatever_file(imported, merging):
    imported([*FAMILY[:2], DOUBLE])
    kept, merged = merging()
    assert imported([DOUBLE]).outcomes == {"known": 1}
    before = who_is(kept)
    for more in ({"phone": "012666001"}, {"phone": "012666001", "family_name": "សុក"}):
        run = imported([{**DOUBLE, **more}])
        assert run.outcomes == {"conflict": 1}
        assert "of_alias" in [finding[0] for finding in run.findings]
    assert who_is(kept) == before
    assert conflicts() == ["date_of_birth", "family_name", "phone", "village_code"]
    assert SourceRecord.objects.get(reference="50").person == merged


def test_a_document_that_neither_had_stays_away(imported, merging):
    imported([sophea(card=""), row("2"), DOUBLE])
    merging()
    run = imported([{**DOUBLE, "card": "012345678"}])
    assert "of_alias" in [finding[0] for finding in run.findings]
    assert not IdentityDocument.objects.exists()


def test_merged_while_the_import_waited(imported, merging, source, steward, second_steward):
    imported([*FAMILY[:2], DOUBLE])
    run = approve(compared(source, [{**DOUBLE, "phone": "012666001"}], steward), steward, second_steward)
    assert "fills" in run.outcomes
    kept, _merged = merging()
    work(run)
    assert Person.objects.get(pk=kept.pk).phone == ""


@pytest.mark.parametrize("more", [{}, {"phone": "012666001"}])
def test_nobody_moves_by_it(imported, merging, source, steward, more):
    """Her double was to live in the household H7, of which there was no head."""
    double = {**DOUBLE, "household": "H7", "relationship": "child"}
    imported([sophea(**ALONE), double])
    kept, _merged = merging()
    head = row("51", relationship="head", born="1951-01-01", village="01020102", household="H7")
    run = compared(source, [head, {**double, **more}], steward)
    assert not [finding for finding in run.findings if finding[0].startswith("moves_in")]
    imported([head, {**double, **more}])
    assert Membership.objects.count() == 1
    assert not kept.memberships.exists()


def test_what_is_found_out_anew_is_written(imported, merging):
    """As of whoever was registered before the file came."""
    imported([*FAMILY[:2], DOUBLE])
    kept, _merged = merging()
    imported([{**DOUBLE, "household": "H7", "relationship": "head", "poverty_level": "level1"}])
    assert kept.memberships.get().household.poverty_level == "level1"


def test_the_import_is_undone_with_what_the_source_said_of_the_alias(imported, merging):
    imported([*FAMILY[:2], DOUBLE])
    _kept, merged = merging()
    Merge.objects.update(at=F("at") - timedelta(days=1))  # before the import, not within one transaction
    said = SourceRecord.objects.filter(reference="50").values("digest", "person")
    before = said[0]
    run = imported([{**DOUBLE, "phone": "012666001"}])
    assert said[0] != before
    type(run).objects.filter(pk=run.pk).update(state="undoing")
    undo_step({"run": run.pk}, None)
    run.refresh_from_db()
    assert not run.reason
    assert (said[0], before["person"]) == (before, merged.pk)


def test_what_a_steward_chose_stays_whatever_the_row_of_either_says(imported, merging):
    double = {**DOUBLE, "family_name": "សុក"}
    imported([*FAMILY[:2], double])
    kept, _merged = merging(values={"name": Side.MERGED, "born": Side.KEPT})
    imported([{**double, "born": "1971-06-06"}, sophea(family_name="សុខា", phone="012666001")])
    chosen = Person.objects.get(pk=kept.pk)
    assert (chosen.family_name, str(chosen.born)) == ("សុក", "1970-05-06")
