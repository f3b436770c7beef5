"""Two accounts that one person could be behind are no two reviewers, nor one who is new a second one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications import errors
from applications.deciders import application_deciders
from applications.models import Application, HeldDecision
from applications.review import held
from applications.who_may import left_to_nobody, who_may_decide
from dsp_platform.accounts.models import User
from dsp_platform.casework.errors import MayBeOnePerson
from tests.applications.helpers import sign_in
from tests.applications.review.test_held import asks_second, hold

pytestmark = pytest.mark.django_db


def reviewer(name, days=365, invited_by=None) -> User:
    joined = timezone.now() - timedelta(days=days)
    return User.objects.create_staff(
        username=f"reviewer.{name}", password="x", role="reviewer", operator_code="nssf",
        full_name=name, invited_by=invited_by, date_joined=joined,
    )  # fmt: skip


@pytest.fixture
def first(programme, steward):
    asks_second(programme, second_review_share=100)
    return reviewer("first", invited_by=steward)


# The second one, and why they are none.
NOT_TWO = {
    "both invited, one of them lately": (lambda one, steward: reviewer("b", 31, steward), MayBeOnePerson),
    "one invited the other": (lambda one, steward: reviewer("c", 365, one), MayBeOnePerson),
    "new": (lambda one, steward: reviewer("d", 29), errors.SecondTooNew),
}


@pytest.fixture(params=NOT_TWO)
def no_second(request, application, first, steward):
    make, error = NOT_TWO[request.param]
    if "lately" in request.param:
        User.objects.filter(pk=first.pk).update(date_joined=timezone.now() - timedelta(days=29))
        first.refresh_from_db()
    return make(first, steward), error, hold(application, first)


def test_who_may_be_the_same_neither_agrees_nor_sends_back(no_second, application):
    user, error, made = no_second
    with pytest.raises(error):
        held.agree(held=made, actor=user)
    with pytest.raises(error):
        held.send_back(held=made, actor=user, note="x")
    made.refresh_from_db()
    assert (made.state, made.agreed_by) == (HeldDecision.State.HELD, None)


def test_it_is_neither_in_their_queue_nor_on_their_page(no_second, application):
    user, _error, _made = no_second
    assert not application_deciders.to_be_decided(Application.objects.all(), user).exists()
    page = sign_in(user).get(f"/en/admin/applications/application/{application.pk}/change/")
    assert 'value="agree"' not in page.content.decode()


def test_where_there_is_nobody_else_it_is_left_to_nobody(no_second, application):
    assert [*who_may_decide(application)] == []
    assert left_to_nobody() == [application]


def test_another_one_agrees(no_second, application):
    _user, _error, made = no_second
    other = reviewer("other", 31)
    assert application_deciders.to_be_decided(Application.objects.all(), other).exists()
    assert [*who_may_decide(application)] == [other]
    assert left_to_nobody() == []
    assert held.agree(held=made, actor=other).agreed_by == other
