from contextlib import nullcontext
from datetime import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from dsp_platform.database import roles as database_roles
from dsp_platform.exchange.models import LedgerEntry, Operator
from dsp_platform.web.pictures import PICTURES
from registry.models import Benefit, LifeSituation, Programme
from registry.programmes import selectors
from tests.roles import as_owner

CODES = {
    "idpoor",
    "health-equity-fund",
    "family-package",
    "disability-card",
    "nssf-voluntary-health",
    "nssf-health",
    "nssf-occupational-risk",
    "nssf-pension",
    "scholarship",
    "school-feeding",
    "tvet-stipend",
    "emergency-support",
}
NEEDED = ("name", "summary", "for_whom", "source")
SHOWN = ("gives", "how_to", "documents", "how_long", "contact", "state_note")
AFTER_THE_RISE = timezone.make_aware(datetime(2027, 11, 2))  # noqa: DTZ001


@pytest.fixture
def catalogue(operators):
    call_command("load_catalogue", verbosity=0)


def amounts(code: str):
    return selectors.amounts_of(selectors.programme(code))


def test_every_programme_says_everything_in_both_languages(catalogue):
    programmes = Programme.objects.all()
    assert {programme.code for programme in programmes} == CODES
    for programme in programmes:
        for field in NEEDED:
            assert getattr(programme, f"{field}_km"), (programme.code, field)
            assert getattr(programme, f"{field}_en"), (programme.code, field)
        for field in SHOWN:
            km, en = (getattr(programme, f"{field}_{language}") or "" for language in ("km", "en"))
            assert len(km.splitlines()) == len(en.splitlines()), (programme.code, field)
        assert programme.situations.exists(), programme.code
        assert programme.state == "open" or programme.state_note


def test_every_amount_has_a_day_a_source_and_its_words(catalogue):
    benefits = Benefit.objects.all()
    assert benefits
    for benefit in benefits:
        benefit.clean()
        assert benefit.valid_from
        for field in ("label", "per", "source"):
            assert getattr(benefit, f"{field}_km"), (benefit.label_en, field)
            assert getattr(benefit, f"{field}_en"), (benefit.label_en, field)


def test_situations_have_names_and_pictures(catalogue):
    assert len(selectors.situations()) == 8
    for situation in selectors.situations():
        situation.clean()
        assert situation.name_km
        assert situation.name_en
        assert situation.picture in PICTURES
        assert selectors.programmes(situation)


def test_a_picture_that_does_not_exist_is_refused():
    with pytest.raises(ValidationError):
        LifeSituation(code="x", picture="unicorn").clean()


@pytest.mark.parametrize("worth", [{}, {"amount": 1000, "percent": 2}])
def test_an_amount_is_riel_or_a_percentage(worth):
    with pytest.raises(ValidationError):
        Benefit(**worth).clean()


def test_operators_that_are_not_connected_get_nothing(catalogue):
    apart = Operator.objects.filter(active=False)
    assert set(apart.values_list("code", flat=True)) == {"mlvt"}
    assert not LedgerEntry.objects.filter(operator__in=apart).exists()


def test_only_the_owner_of_the_tables_loads_it(operators, monkeypatch):
    monkeypatch.setattr(database_roles, "owner", nullcontext)
    with pytest.raises(CommandError, match="owner"):
        call_command("load_catalogue", verbosity=0)


def test_what_a_steward_changed_stays(catalogue):
    with as_owner():
        Programme.objects.filter(code="idpoor").update(state="paused")
    LifeSituation.objects.filter(code="baby").update(position=70)
    call_command("load_catalogue", verbosity=0)
    assert selectors.programme("idpoor").state == "paused"
    assert LifeSituation.objects.get(code="baby").position == 70


@pytest.mark.parametrize("change", [{"name_en": "Bring 50,000 riel"}, {"name_km": "x"}, {"code": "x"}])
def test_nobody_writes_on_the_start_page_alone(catalogue, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        LifeSituation.objects.filter(code="baby").update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        LifeSituation.objects.create(**{"code": "new", "name_km": "x", "name_en": "x", **change})
    assert Programme.objects.count() == len(CODES)


def test_an_amount_that_has_ended_becomes_history(catalogue):
    with as_owner():
        Benefit.objects.filter(amount=34_000).update(valid_to="2025-12-31")
    found = amounts("family-package")
    assert [benefit.amount for benefit in found.past] == [34_000]
    assert 400_000 in [benefit.amount for benefit in found.gives]


def test_a_contribution_is_a_cost(catalogue):
    found = amounts("nssf-voluntary-health")
    assert not found.gives
    assert [benefit.amount for benefit in found.costs] == [15_600]


def test_a_rise_without_a_day_stays_announced(catalogue):
    with time_machine.travel(AFTER_THE_RISE):
        found = amounts("nssf-pension")
    assert [benefit.percent for benefit in found.coming] == [8]
    assert [benefit.percent for benefit in found.costs] == [2, 2]


def test_what_is_confidential_is_on_no_page(catalogue, client):
    assert Benefit.objects.get(confidential=True).amount == 28_000
    for language in ("km", "en"):
        for path in ("", "programmes/", "programmes/family-package/"):
            html = client.get(f"/{language}/{path}").content.decode()
            assert "28,000" not in html
            assert "HIV" not in html
            assert "អេដស៍" not in html
