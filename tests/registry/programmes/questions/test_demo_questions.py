import pytest
from django.core.management import CommandError, call_command

from dsp_platform.accounts.models import User
from registry.models import Programme, QuestionsVersion
from tests.roles import as_owner


@pytest.fixture
def asking(operators):
    with as_owner():
        for code in ("family-package", "nssf-voluntary-health"):
            Programme.objects.create(code=code, operator=operators["nssf"], name_km=code, state="open")


def test_two_programmes_of_the_demonstration_ask(asking, steward, second_steward):
    User.objects.filter(pk=steward.pk).update(username="steward.one")
    User.objects.filter(pk=second_steward.pk).update(username="steward.two")
    for _ in range(2):
        call_command("load_demo_questions", verbosity=0)
    assert [len(one.questions) for one in QuestionsVersion.objects.order_by("pk")] == [4, 3]


def test_stewards_come_first(asking):
    with pytest.raises(CommandError):
        call_command("load_demo_questions", verbosity=0)
