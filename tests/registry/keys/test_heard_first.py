"""Who changes a number first, or asks twice, takes nobody the hearing; nor who is near one whom it concerns."""

import pytest

from dsp_platform.accounts.models import Case, User
from dsp_platform.notifications.models import Message
from registry.errors import ChangeError
from registry.models import ChangeRequest, Person
from registry.selectors.concerned import hearing_of
from tests.registry.changes.cast import about, ask, decide, heard
from tests.registry.keys.conftest import MALY_PHONE

pytestmark = pytest.mark.django_db

HEAD_PHONE = "+85512777000"
DIED = {"born": ["2026-11-20", "day"]}


@pytest.fixture
def heng(maly):
    return User.objects.get(phone=HEAD_PHONE)


@pytest.fixture
def maly_at_home(maly):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    return maly.account


def told(request: ChangeRequest) -> set[str]:
    rows = Message.objects.filter(template="household_asked", subject_id=request.pk)
    return set(rows.values_list("phone", flat=True))


def for_(official: User, person: Person) -> Case:
    return Case.objects.create(official=official, subject_id=person.pk, reason="account", consent_text="x")


def put_number(official: User, person: Person, phone: str) -> None:
    ask(official, "phone", case=for_(official, person), who=about(person), phone={"phone": phone})


def ask_about(kind: str, heng: User, maly: Person) -> ChangeRequest:
    child = Person.objects.get(given_name="រិទ្ធ")
    relations = {heng.person.spid: "spouse", child.spid: "child"}
    answers = {
        "payee": {"payee": about(maly)},
        "head": {"head": about(maly), "relationships": relations},
        "death": {"who": about(maly), "died": DIED},
    }
    return ask(heng, kind, **answers[kind])


# --- an official changed the number first


@pytest.mark.parametrize("kind", ["payee", "head", "death"])
def test_whose_number_an_official_changed_first_is_told_at_the_old_one(
    maly, heng, other_clerk, second_clerk, kind
):
    put_number(other_clerk, maly, HEAD_PHONE)
    request = ask_about(kind, heng, maly)
    assert told(request) == {MALY_PHONE}
    assert hearing_of(request).until is not None


def test_nor_does_a_number_put_beside_the_account_of_who_asks_silence_another(maly, heng, other_clerk):
    Person.objects.filter(pk=maly.pk).update(registered_by=other_clerk)
    put_number(other_clerk, heng.person, MALY_PHONE)
    assert told(ask_about("payee", heng, maly)) == {MALY_PHONE}


def test_who_has_only_the_number_of_who_asks_is_waited_for_and_named(maly, heng, other_clerk, district):
    Person.objects.filter(pk=maly.pk).update(registered_by=other_clerk, phone=HEAD_PHONE)
    request = ask_about("payee", heng, maly)
    assert told(request) == set()
    assert hearing_of(request).untold == [maly]
    with pytest.raises(ChangeError):
        decide(request, district)
    assert decide(heard(request), district).state == "applied"
