"""What is sent from a page is what it showed: a page that does not say so does nothing, wherever it is."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.database.history import history_of
from dsp_platform.notifications.models import Budget, MessageKind, Window
from registry.merging.services import merge
from registry.models import Membership, Person
from registry.provenance.services import Difference, note_conflicts
from registry.registration import members_elsewhere_views
from registry.registration.services import register_household
from tests.registry.cast import HEAD_PHONE, MALY_PHONE, household_details, person_details
from tests.registry.changes.cast import ask, joining
from tests.registry.duplicates.cast import case_of
from tests.registry.pages import Family
from tests.registry.programmes.questions.cast import write
from tests.roles import as_owner
from tests.sending import tables
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

DIGEST = re.compile(r'name="shown" value="([^"]+)"')
# As a page sends it that was loaded before it had a digest, and a page that showed something else.
NOT_THESE = ({}, {"shown": ""}, {"shown": "0" * 64})


class Page(NamedTuple):
    """Who is at it, its address, what its button sends besides the digest; and what the page is the answer
    to, where it has no address of its own."""

    client: Client
    address: str
    typed: dict
    answers: dict | None = None


@pytest.fixture
def neighbour(house) -> Person:
    """Of a household in another commune, with an account and a phone."""
    head = person_details(given_name="ហេង", phone=HEAD_PHONE)
    details = household_details(head, village_code="01020201")
    account = User.objects.create_citizen(phone=HEAD_PHONE)
    return register_household(actor=account, details=details).memberships.get().person


@pytest.fixture
def without_phone(neighbour) -> Person:
    """Lives with the neighbour and can be sent no code."""
    details = household_details(
        person_details(given_name="ពៅ"), person_details(given_name="ម៉ាលី", relationship="sibling"),
        village_code="01020201",
    )  # fmt: skip
    account = User.objects.create_citizen(phone=MALY_PHONE)
    household = register_household(actor=account, details=details)
    return household.memberships.get(relationship="sibling").person


@pytest.fixture
def agree_to_share(house, sharing, sokha) -> Page:
    return Page(browser(sokha), "/en/my/consents/nssf/give/", {})


@pytest.fixture
def share_no_more(house, sharing, sokha) -> Page:
    agreed = browser(sokha)
    page = Page(agreed, "/en/my/consents/nssf/give/", {})
    page.client.post(page.address, shown(page))
    return Page(agreed, "/en/my/consents/nssf/withdraw/", {})


@pytest.fixture
def apply(house) -> Page:
    """For what was not applied for yet."""
    stranger = house.strangers.memberships.get().person.account
    return Page(browser(stranger), "/en/apply/health/", {"consent": "on"})


@pytest.fixture
def agree_to_move(house, neighbour, sokha) -> Page:
    move = ask(sokha, "joins", **joining(neighbour))
    return Page(browser(neighbour.account), f"/en/my/moves/{move.reference}/", {"yes": "1"})


@pytest.fixture
def agree_to_move_at_the_counter(house, neighbour, sokha, commune_clerk) -> Page:
    move = ask(sokha, "joins", **joining(neighbour))
    return Page(browser(commune_clerk), f"/en/counter/moves/{move.reference}/", {"send": "1"})


@pytest.fixture
def answer_for_who_moves(house, without_phone, sokha, other_clerk) -> Page:
    move = ask(sokha, "joins", **joining(without_phone))
    typed = {"answer": "yes", "note": ""}
    return Page(browser(other_clerk), f"/en/counter/moves/{move.reference}/", typed)


@pytest.fixture
def agree_to_registration(neighbour, commune_clerk, monkeypatch) -> Page:
    assisted_session = AssistedSession.objects.create(
        official=commune_clerk, reason="register", consent_text="x"
    )
    details = household_details(person_details(given_name="ពៅ"), person_details(relationship="spouse"))
    monkeypatch.setattr(members_elsewhere_views, "_details", lambda _request: details)
    client = browser(commune_clerk)
    session = client.session
    asked = {"person": neighbour.pk, "member": 1, "assisted_session": str(assisted_session.pk)}
    session[members_elsewhere_views.ASKED] = asked
    session.save()
    return Page(client, "/en/register/yes/", {"send": "1"})


@pytest.fixture
def agree_to_registration_in_person(agree_to_registration, neighbour) -> Page:
    """Of somebody whom an import brought in: in no household, and without a phone."""
    Membership.objects.filter(person=neighbour).delete()
    User.objects.filter(pk=neighbour.account_id).update(is_active=False)
    Person.objects.filter(pk=neighbour.pk).update(account=None, phone="")
    with as_owner():
        history_of(Person).filter(pgh_obj=neighbour).update(phone="")
    return agree_to_registration._replace(typed={"document": "passport", "checked": "on"})


@pytest.fixture
def say_that_it_is_right(areas, sharing) -> Page:
    family = Family(browser(User.objects.create_citizen(phone=HEAD_PHONE)), "en")
    family.head(consent={"agree": "on", "operators": ["nssf"]}, birth={"born_year": "1918"})
    return Page(family.client, "/en/register/member/1/rare/", {"right": "yes"})


@pytest.fixture
def allow_more_messages(steward) -> Page:
    row = Budget.objects.create(kind=MessageKind.OTHER, window=Window.HOUR, starts_at=timezone.now())
    typed = {"action": "allow_more", "_selected_action": [row.pk]}
    return Page(browser(steward), "/en/admin/notifications/budget/", typed)


@pytest.fixture
def merge_identical_records(areas, other_clerk, steward) -> Page:
    details = household_details(person_details(given_name="ពៅ"), village_code="01020201")
    first, second = (
        register_household(actor=other_clerk, details=details).memberships.get().person for _time in range(2)
    )
    case = case_of(first, second)
    ticked = {"action": "merge_identical", "_selected_action": [case.pk]}
    address = "/en/admin/registry/duplicatecase/"
    return Page(browser(steward), address, {**ticked, "confirmed": "yes"}, ticked)


@pytest.fixture
def undo_a_merge(areas, other_clerk, steward, second_steward) -> Page:
    details = household_details(person_details(given_name="ពៅ"), village_code="01020201")
    kept, merged = (
        register_household(actor=other_clerk, details=details).memberships.get().person for _time in range(2)
    )
    done = merge(kept=kept, merged=merged, actor=steward, approved_by=second_steward)
    address = f"/en/admin/registry/merge/{done.pk}/change/"
    return Page(browser(steward), address, {"reason": "They are two."})


@pytest.fixture
def decide_conflicts_alike(house, sokha, steward) -> Page:
    person = sokha.person
    note_conflicts(source="members", differences=[Difference(person.pk, "sex", person.sex, "male")])
    decision = {"decision": "keep_all"}
    address = "/en/admin/registry/sourceconflict/?source=members&field=sex&reason=correction"
    return Page(browser(steward), address, {**decision, "yes": "yes"}, decision)


@pytest.fixture
def write_a_question(programme, steward) -> Page:
    address = f"/en/admin/registry/programmequestion/{write(programme, steward).pk}/edit/"
    typed = {"kind": "text", "title_km": "ឈ្មោះសាលា", "title_en": "School", "dates": "any", "joined": "all"}
    return Page(browser(steward), address, typed)


@pytest.fixture
def order_questions(programme, steward) -> Page:
    write(programme, steward)
    last = write(programme, steward, title_en="Name of the teacher")
    return Page(
        browser(steward), f"/en/admin/registry/programmequestion/programme/{programme.pk}/", {"up": last.pk}
    )


@pytest.fixture
def propose_questions(order_questions, second_steward) -> Page:
    return order_questions._replace(typed={"propose": "1", "reason": "law"})


# By the template of the page; those of check pages are walked in ``test_check_pages``.
PAGES: dict[str, tuple[Callable, ...]] = {
    "admin/registry/duplicatecase/identical.html": (merge_identical_records,),
    "admin/registry/merge/change_form.html": (undo_a_merge,),
    "admin/registry/programmequestion/edit.html": (write_a_question,),
    "admin/registry/programmequestion/of.html": (order_questions, propose_questions),
    "admin/registry/sourceconflict/all.html": (decide_conflicts_alike,),
    "registry/consents/consent_give.html": (agree_to_share,),
    "registry/consents/consent_withdraw.html": (share_no_more,),
    "applications/apply.html": (apply,),
    "registry/changes/moves/my_move.html": (agree_to_move,),
    "registry/changes/moves/counter_move.html": (agree_to_move_at_the_counter, answer_for_who_moves),
    "registry/registration/register_confirmation.html": (agree_to_registration,),
    "registry/registration/register_in_person.html": (agree_to_registration_in_person,),
    "wizard/confirmation.html": (say_that_it_is_right,),
    "admin/notifications/budget/change_list.html": (allow_more_messages,),
}


def shown(page: Page) -> dict[str, list[str]]:
    answer = (
        page.client.get(page.address)
        if page.answers is None
        else page.client.post(page.address, page.answers)
    )
    return {"shown": DIGEST.findall(answer.content.decode())}


def test_every_page_that_says_what_it_showed_is_walked():
    templates = Path(settings.BASE_DIR) / "templates"
    texts = {str(one.relative_to(templates)): one.read_text() for one in templates.rglob("*.html")}
    found = {name: len(DIGEST.findall(text)) for name, text in texts.items() if DIGEST.search(text)}
    assert found == {name: len(walked) for name, walked in PAGES.items()} | {"wizard/check.html": 1}


@pytest.mark.parametrize("sending", [one.__name__ for walked in PAGES.values() for one in walked])
def test_a_page_does_only_what_it_showed(sending, request):
    page: Page = request.getfixturevalue(sending)
    right = shown(page)
    assert right["shown"]
    before = tables()
    for sent in NOT_THESE:
        page.client.post(page.address, {**page.typed, **sent})
        assert tables() == before, f"it was done with {sent}"
        page.client.get(page.address)  # where a message about it is shown
    page.client.post(page.address, {**page.typed, **right})
    assert tables() != before
