"""A POST to every URL by every kind of user: records that are not one's own do not change."""

import re
from collections.abc import Callable, Iterable

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.uploads.models import Upload
from registry.models import Household, Person, PhoneReplacement
from registry.registration.services import register_household
from tests.acting import shown_now
from tests.admin_crawl import walk as admin_pages
from tests.built_once import built_once
from tests.crawl import SAME, is_page, pages
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import NAME, about, ask, joining
from tests.roles import as_owner
from tests.sending import Form, forms_of, send_and_undo, tables
from tests.structure.conftest import House
from tests.structure.test_access import UPLOAD, WHO, addresses, expected, outcome

FEW = 2

# The fields of all forms in one: each view uses those it knows.
PLAUSIBLE = {
    "agree": "on", "consent": "on", "confirm": "yes", "end": "yes", "end_all": "yes", "new": "yes",
    "operators": "nssf", "decision": "approve", "step": "resolve", "reason": "documents", "note": "note",
    "words": "words", "text": "text", "answer": "answer", "version": "1", "state": "approved",
    "phone": "016 999 888", "code": "123456", "language": "en", "category": "payment", "other": "other",
    "action": "retry", "_selected_action": "1", "_save": "yes", "post": "yes",
}  # fmt: skip
CLOSED = {"door", "403", "404", "405"}
# Actions on the account of the user alone.
OWN = {
    "accounts:sign_in", "accounts:counter_sign_in", "accounts:sign_out", "admin:login", "admin:logout",
    "accounts:lock", "grievances:report", "registry:counter_end", "accounts:account", "accounts:sessions",
}  # fmt: skip
# What else says no, by URL: step-up authentication first, whatever is to be removed; the official's own list,
# on which nothing of others stands; and what no device has sealed.
REFUSED_BY = {
    "accounts:passkey_remove": "on",
    "offline:settle": "on",
    "registry:offline_household_send": "409",
}
# Any official may stop a replacement, by the reference in the text message.
ANY_OFFICE, OFFICIALS = (
    {"registry:counter_phone", "registry:counter_phone_stop"},
    ("official", "assisted_session"),
)
# Whether a steward may answer it depends on whether another one could.
OF_STEWARDS = {"registry:counter_move", "registry:counter_move_code"}
VISITORS = ("citizen", "official", "assisted_session")
LEFT_OUT = {"citizen": SAME, "official": SAME, "assisted_session": SAME}


@built_once
def of_strangers(house, commune_clerk) -> dict[str, str]:
    """By URL: the requests of people of another province, for which no user of the cast is responsible."""
    person = house.strangers.memberships.get().person
    Household.objects.filter(pk=house.strangers.pk).update(village_id="02010101")
    Person.objects.filter(pk=person.pk).update(village_id="02010101")
    change = ask(person.account, "name", who=about(person), name=NAME)
    replacement = PhoneReplacement.objects.create(
        reference="P-0000-0000", person=person, phone="+85512000111", notified_phones=[], reason="lost",
        document="identity_card", asked_by=commune_clerk, due_at=timezone.now(),
    )  # fmt: skip
    newcomer = User.objects.create_citizen(phone="+85516222444")
    details = household_details(person_details(family_name="ហេង"), village_code="02010101")
    mover = register_household(actor=newcomer, details=details).memberships.get().person
    move = ask(person.account, "joins", **joining(mover))
    Upload.objects.create(
        pk=UPLOAD, subject_kind="application", subject_key=str(house.strange_application.pk), title="letter",
        uploader=person.account, digest=b"letter",
    )  # fmt: skip
    return {
        "changes/": change.reference, "counter/phones/": replacement.reference, "moves/": move.reference,
    }  # fmt: skip


def with_theirs(path: str, house: House, of_strangers: dict[str, str]) -> str:
    found = (reference for part, reference in of_strangers.items() if part in path)
    path = path.replace("/application/0/", f"/application/{house.strange_application.pk}/")
    return path.replace(house.strange_application.reference, next(found, house.strange_application.reference))


@pytest.mark.django_db
@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", WHO)
def test_what_is_not_open_is_closed_to_a_post_too_and_not_changed_by_it(browsers, house, of_strangers, who):
    """Sent from a page that was just shown, so that only the view itself can refuse.

    A form that comes back with errors is not a refusal: it was validated before the permission was checked.
    """
    client, column, wrong = browsers[who], WHO.index(who), []
    client.raise_request_exception = False
    shown, before = shown_now(client) if who in VISITORS else {}, tables()
    for name, path in addresses(house).items():
        seen = (expected(name) or ["door"] * len(WHO))[column]
        if seen not in CLOSED or name in OWN or (name in ANY_OFFICE and who in OFFICIALS):
            continue
        if name in OF_STEWARDS and who == "steward":
            continue
        path = with_theirs(path, house, of_strangers)
        answer, changed = send_and_undo(client, path, {**shown, **PLAUSIBLE}, before)
        if changed or outcome(answer) not in {*CLOSED, REFUSED_BY.get(name)}:
            wrong.append(f"{name}: {outcome(answer)}, changed {sorted(changed)}")
    assert not wrong, "\n".join(wrong)


def _deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _move_elsewhere(user: User) -> None:
    """Another commune, another operator, another person: the page is no longer within the user's scope."""
    if user.role in (Role.STEWARD, Role.AUDITOR):  # whose scope is everything; changing it takes two people
        with as_owner():
            User.objects.filter(pk=user.pk).update(role=Role.REVIEWER, operator_code="")
    else:
        User.objects.filter(pk=user.pk).update(area_code="0201", operator_code="pmrs")
    Person.objects.filter(account=user).update(account=None)


def _end_sessions(user: User) -> None:
    sessions.end_all(user=user, keep=None)


def _nothing(user: User) -> None:
    pass


MEANWHILE = (_deactivate, _move_elsewhere, _end_sessions)


def own_addresses() -> set[str]:
    return {reverse(name) for name in OWN}


def loaded(client: Client, found: Iterable[tuple[str, HttpResponse]]) -> list[Form]:
    """The forms of these pages, as in the tabs of a user who opened them all; one of rows that are alike."""
    client.raise_request_exception = False
    forms = {}
    for address, answer in found:
        for form in forms_of(address, answer) if is_page(answer) else ():
            kind = (re.sub(r"/\d+/", "/0/", form.target), *sorted(form.fields))
            if form.target.partition("?")[0] not in own_addresses():
                forms.setdefault(kind, form)
    assert len(forms) > FEW
    return list(forms.values())


def changes(client: Client, forms: list[Form], meanwhile: Callable[[User], None]) -> list[str]:
    """What was changed by forms that were loaded before the user's scope changed."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    cookies, wrong = client.cookies.copy(), []
    with transaction.atomic():
        meanwhile(user)
        before = tables()
        for form in forms:
            answer, changed = send_and_undo(client, form.target, {**PLAUSIBLE, **form.fields}, before)
            client.cookies = cookies.copy()
            if changed or answer.status_code >= 500:
                wrong.append(
                    f"{meanwhile.__name__}: {form.target}: {answer.status_code}, changed {sorted(changed)}"
                )
        transaction.set_rollback(True)
    return wrong


@pytest.mark.timeout(300)
@pytest.mark.parametrize("visitor", VISITORS)
def test_a_page_loaded_before_somebody_lost_their_power_changes_nothing(browsers, house, visitor):
    client = browsers[visitor]
    forms = loaded(client, pages(client, "km", left_out=LEFT_OUT[visitor]))
    assert not [one for meanwhile in MEANWHILE for one in changes(client, forms, meanwhile)]
    if visitor != "official":  # without an assisted session changes nothing but their own account
        assert changes(client, forms, _nothing), "these forms change nothing anyway"


@pytest.mark.timeout(600)
def test_nor_does_a_page_of_the_admin(staff_clients):
    wrong, right = [], []
    for client in staff_clients.values():
        forms = loaded(client, admin_pages(client, "km", narrowed=False))
        for meanwhile in MEANWHILE:
            wrong += changes(client, forms, meanwhile)
        right += changes(client, forms, _nothing)
    assert not wrong
    assert len(right) > FEW, "these forms change nothing anyway"
