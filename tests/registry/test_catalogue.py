from django.core.management import call_command

from dsp_platform.exchange.models import Operator
from registry import selectors
from registry.models import Benefit, Programme

CODES = {
    "idpoor",
    "health-equity-fund",
    "family-package",
    "disability-card",
    "nssf-voluntary-health",
    "scholarship",
    "school-feeding",
    "tvet-stipend",
    "emergency-support",
}


def test_the_catalogue_is_in_both_languages_with_sources(operators):
    call_command("load_catalogue", verbosity=0)
    programmes = Programme.objects.all()
    assert {programme.code for programme in programmes} == CODES
    for programme in programmes:
        for field in ("name", "summary", "for_whom"):
            assert getattr(programme, f"{field}_km"), programme.code
            assert getattr(programme, f"{field}_en"), programme.code
        assert programme.source
    assert not Benefit.objects.filter(source="").exists()


def test_operators_that_are_not_connected_get_nothing(operators):
    call_command("load_catalogue", verbosity=0)
    assert set(Operator.objects.filter(active=False).values_list("code", flat=True)) == {
        "moeys",
        "mlvt",
        "nsaf",
    }


def test_what_a_steward_changed_stays(operators):
    call_command("load_catalogue", verbosity=0)
    Programme.objects.filter(code="idpoor").update(state="paused")
    call_command("load_catalogue", verbosity=0)
    assert selectors.programme("idpoor").state == "paused"
    assert Programme.objects.count() == len(CODES)


def test_only_benefits_of_today_are_shown(operators):
    call_command("load_catalogue", verbosity=0)
    basic = Benefit.objects.get(amount=34_000)
    basic.valid_to = "2025-12-31"
    basic.save()
    shown = {benefit.amount for benefit in selectors.programme("family-package").benefits.all()}
    assert 34_000 not in shown
    assert 400_000 in shown
