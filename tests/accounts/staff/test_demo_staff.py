import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django_otp.oath import totp

from dsp_platform.accounts.models import User
from dsp_platform.approval.models import Proposal

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_staff_of_every_kind_and_loading_twice_changes_nothing():
    for _ in range(2):
        call_command("load_demo_staff", verbosity=0)
    assert set(User.objects.values_list("role", flat=True)) == {"official", "reviewer", "steward", "auditor"}
    assert User.objects.filter(role="steward").count() == 2
    clerk = User.objects.get(username="clerk.banteay")
    assert clerk.area_code == "010201"
    assert clerk.totpdevice_set.count() == 1


def test_the_demonstrations_staff_never_come_to_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("load_demo_staff", verbosity=0)


def test_the_code_is_told_in_the_demonstration_only(settings, capsys):
    call_command("load_demo_staff", verbosity=0)
    with pytest.raises(CommandError):
        call_command("demo_code", "clerk.banteay")
    settings.DEMO = True
    call_command("demo_code", "clerk.banteay")
    device = User.objects.get(username="clerk.banteay").totpdevice_set.get()
    assert capsys.readouterr().out.strip() == f"{totp(device.bin_key):06}"


def test_an_older_demonstration_gets_its_auditor_by_both_stewards(steward, second_steward):
    call_command("load_demo_staff", verbosity=0)
    auditor = User.objects.get(username="auditor.one")
    proposal = Proposal.objects.get(subject="auditor.one")
    assert auditor.is_active
    assert (proposal.proposed_by, proposal.decided_by) == (steward, second_steward)
