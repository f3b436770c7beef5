"""A programme's rule and amounts have versions with a date from which each holds."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from dsp_platform.approval.services import approve
from registry.models import Benefit, Programme, RuleVersion
from registry.programmes.amounts import from_snapshot, overlapping, snapshot_of
from registry.programmes.changes import amounts_now, propose_programme_change
from registry.programmes.selectors import amounts_of
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)


def amount(first=TODAY, last=None, **values):
    row = {
        "id": None, "kind": "gives", "label_km": "សាច់ប្រាក់", "label_en": "Cash",
        "amount": 40_000, "percent": None,
        "per_km": "", "per_en": "", "valid_from": first, "precision": "day", "valid_to": last,
        "confidential": False, "source_km": "", "source_en": "",
    }  # fmt: skip
    return row | values


@as_owner()
def saved(programme, *rows):
    return [
        Benefit.objects.create(programme=programme, **{name: row[name] for name in row if name != "id"})
        for row in rows
    ]


def propose(programme, steward, **wanted):
    return propose_programme_change(programme=programme, actor=steward, reason="law", **wanted)


def agreed(programme, steward, second_steward, **wanted):
    proposal = propose(programme, steward, **wanted)
    approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    return proposal


def test_each_version_is_kept_with_the_moment_from_which_it_holds(family_package, steward, second_steward):
    first = family_package.rule
    agreed(family_package, steward, second_steward, rule="age >= 60")
    old, new = RuleVersion.objects.filter(programme=family_package).order_by("number")
    assert [(old.number, old.rule), (new.number, new.rule)] == [(1, first), (2, "age >= 60")]
    assert old.holds_from < new.holds_from
    assert timezone.localdate(new.holds_from) == timezone.localdate()


def test_a_change_of_texts_makes_no_version(family_package, steward, second_steward):
    agreed(family_package, steward, second_steward, summary_km="ថ្មី")
    assert RuleVersion.objects.filter(programme=family_package).count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_ruleversion SET rule = 'true'",
        "UPDATE registry_ruleversion SET holds_from = now() - interval '1 year'",
        "DELETE FROM registry_ruleversion",
        "INSERT INTO registry_ruleversion (programme_id, number, rule, holds_from)"
        " SELECT programme_id, number + 1, 'true', now() FROM registry_ruleversion",
    ],
)
def test_nobody_writes_a_version_by_hand(family_package, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_two_versions_never_begin_at_one_moment(family_package):
    held = RuleVersion.objects.get(programme=family_package)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic(), as_owner():
        RuleVersion.objects.create(
            programme=family_package, number=9, rule="true", holds_from=held.holds_from
        )


@pytest.mark.parametrize("who", ["steward", "auditor"])
def test_the_history_is_read_in_the_admin(family_package, steward, second_steward, request, who):
    agreed(family_package, steward, second_steward, rule="age >= 73")
    address = f"/en/admin/registry/programme/{family_package.pk}/change/"
    page = browser(request.getfixturevalue(who)).get(address).content.decode()
    assert "Versions of the rule:" in page
    assert "age &gt;= 73" in page
    assert "poverty_level in" in page


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("rows", "overlap"),
    [
        ([amount(), amount()], True),
        ([amount(TODAY - 9 * DAY, TODAY), amount(TODAY)], True),
        ([amount(TODAY - 9 * DAY, TODAY - DAY), amount(TODAY)], False),
        ([amount(TODAY), amount(TODAY - 9 * DAY, TODAY - DAY)], False),
        ([amount(), amount(TODAY + 9 * DAY, precision="about")], False),
        ([amount(), amount(label_km="ផ្សេង")], False),
        ([amount(), amount(per_km="ក្នុងមួយខែ")], False),
        ([amount(), amount(kind="costs")], False),
    ],
)
def test_form_and_database_refuse_the_same_overlaps(family_package, rows, overlap):
    assert bool(overlapping(rows)) == overlap
    saved(family_package, *rows)
    if overlap:
        with pytest.raises(IntegrityError, match="benefit_one_at_a_time"):
            connection.check_constraints()
    else:
        connection.check_constraints()


def test_an_amount_cannot_be_proposed_beside_one_that_holds(family_package, steward, second_steward):
    saved(family_package, amount())
    with pytest.raises(ValidationError, match="«"):
        propose(family_package, steward, benefits=[*amounts_now(family_package), amount(TODAY + DAY)])


def test_an_amount_approved_for_a_later_day_is_told_before(family_package, steward, second_steward, client):
    saved(family_package, amount(date(2024, 1, 1)))
    day = timezone.localdate() + 40 * DAY
    (now,) = amounts_now(family_package)
    benefits = [{**now, "valid_to": day - DAY}, amount(day, amount=55_000)]
    agreed(family_package, steward, second_steward, benefits=benefits, effective_from=day)
    told = amounts_of(family_package, approved=True)
    assert ([one.amount for one in told.gives], [one.amount for one in told.coming]) == ([40_000], [55_000])
    page = client.get("/en/programmes/family-package/").content.decode()
    assert f"from {day:%d/%m/%Y}" in page


def test_a_confidential_amount_approved_for_later_is_not_told(family_package, steward, second_steward):
    day = timezone.localdate() + 40 * DAY
    benefits = [amount(day, confidential=True)]
    agreed(family_package, steward, second_steward, benefits=benefits, effective_from=day)
    assert amounts_of(family_package, approved=True).coming == []


def test_amounts_are_told_again_as_they_were_kept(family_package):
    (held,) = saved(family_package, amount(amount=None, percent="2.60", per_en="of the wage"))
    held.refresh_from_db()
    (again,) = from_snapshot(snapshot_of([held]))
    for name in ("label_km", "label_en", "amount", "percent", "per_en", "valid_from", "kind"):
        assert getattr(again, name) == getattr(held, name)


def test_every_programme_of_the_catalogue_has_its_version(operators):
    call_command("load_catalogue", verbosity=0)
    assert RuleVersion.objects.count() == Programme.objects.count() > 10
    connection.check_constraints()
