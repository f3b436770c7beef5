"""Whoever may decide an item of any kind of casework takes it on and hands it back."""

import html
import re
import threading
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import translation

from applications import services as applications
from applications.errors import DecidedBefore
from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff.services import change_account
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.assignment import assigned, free_for
from dsp_platform.casework.errors import AlreadyAssigned, Overtaken, StepRefused
from grievances import services as grievances
from registry.persons.conflicts import WORDS
from tests.applications.helpers import sign_in
from tests.casework.kinds import address
from tests.registry.changes.cast import BABY, ask

LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
# Named otherwise at the counter and in the admin.
OF_ASSIGNEE = {
    False: {"mine": "tab=mine", "nobody": "tab=nobody"},
    True: {"mine": "tab=mine", "nobody": "tab=unassigned"},
}
NEXT = {"km": "បន្ទាប់ក្នុងបញ្ជី", "en": "Next in the queue"}
NOTHING = {
    "km": "ក្នុងបញ្ជីនេះ គ្មានអ្វីផ្សេងទៀតរង់ចាំអ្នកទេ។",
    "en": "Nothing else in this list waits for you.",
}


def next_after(reader, page, language, filters=""):
    """To where the link of this page leads, and what is told there."""
    browser = sign_in(reader)
    shown = browser.get(page, {"_changelist_filters": filters} if filters else {}).content.decode()
    link = re.search(rf'href="([^"]*/next/[^"]*)"[^>]*>{NEXT[language]}<', shown)
    led = browser.get(html.unescape(link[1]), follow=True)
    return led.redirect_chain[-1][0].partition("?")[0], html.unescape(led.content.decode())


@LANGUAGES
def test_one_takes_it_on_the_other_is_told_who_has_it(kind, language):
    page = kind.press(kind.first, "assign", language).content.decode()
    assert kind.assignee() == kind.first
    assert 'value="unassign"' in page
    page = kind.press(kind.second, "assign", language).content.decode()
    told = {"km": "បានប្រគល់ឱ្យ", "en": "is assigned to"}[language]
    assert told in page
    assert kind.first.staff_name in page
    assert 'value="assign"' not in page
    assert kind.assignee() == kind.first


def test_it_is_handed_back_by_who_has_it(kind):
    kind.assignment.assign(kind.item, actor=kind.first)
    with pytest.raises(AlreadyAssigned, match=kind.first.username):
        kind.assignment.unassign(kind.item, actor=kind.second)
    assert 'value="assign"' in kind.press(kind.first, "unassign").content.decode()
    assert kind.assignee() is None
    kind.press(kind.second, "assign")
    assert kind.assignee() == kind.second


def test_twice_is_once_and_each_is_in_the_audit(kind):
    version = kind.item.version
    for button in ("assign", "assign", "unassign", "unassign"):
        kind.press(kind.first, button)
    done = AuditEvent.objects.filter(action__in=("assign", "unassign")).order_by("pk")
    subject = (kind.item._meta.model_name, kind.item.pk)
    assert [(one.action, one.actor) for one in done] == [("assign", kind.first), ("unassign", kind.first)]
    assert {(one.subject_kind, one.subject_id) for one in done} == {subject}
    kind.item.refresh_from_db()
    assert (kind.item.version, kind.item.events.count()) == (version, 1)


def test_only_who_may_decide_it(kind, sokha, auditor):
    for user in (kind.stranger, sokha, auditor):
        with pytest.raises((PermissionDenied, StepRefused)):
            kind.assignment.assign(kind.item, actor=user)
        kind.press(user, "assign")
        assert kind.assignee() is None


@LANGUAGES
def test_nor_whom_a_conflict_of_interest_keeps_from_deciding_it(kind, person, language):
    if kind.assignment is grievances.assignment:  # reported without an account
        type(kind.item).objects.update(person=person)
    User.objects.filter(pk=kind.first.pk).update(spid=person.spid)
    with translation.override(language):
        why = str(WORDS["self"])
    page = sign_in(kind.first).get(kind.url(language)).content.decode()
    assert why in page
    assert 'value="assign"' not in page
    assert why in kind.press(kind.first, "assign", language).content.decode()
    assert kind.assignee() is None
    assert AuditEvent.objects.filter(action="step_refused", reason="InConflict", actor=kind.first).exists()
    kind.press(kind.second, "assign")
    assert kind.assignee() == kind.second


def test_it_stops_nobody_from_deciding_and_ends_with_the_decision(kind):
    kind.assignment.assign(kind.item, actor=kind.first)
    kind.decide(kind.second)
    assert kind.assignee() is None
    assert not kind.item.is_open
    with pytest.raises(Overtaken, match=kind.second.full_name or kind.second.username):
        kind.assignment.assign(kind.item, actor=kind.first)


def test_who_may_not_decide_it_any_more_holds_nobody_back(kind):
    kind.assignment.assign(kind.item, actor=kind.first)
    User.objects.filter(pk=kind.first.pk).update(is_active=False)
    assert 'value="assign"' in sign_in(kind.second).get(kind.url()).content.decode()
    kind.press(kind.second, "assign")
    assert kind.assignee() == kind.second


@LANGUAGES
def test_the_list_names_who_has_it_and_is_filtered(kind, language):
    kind.assignment.assign(kind.item, actor=kind.first)
    for name in kind.lists:
        url, narrowed = address(name, language=language), OF_ASSIGNEE[name.startswith("admin:")]
        listed = {
            (user, which): kind.item.reference
            in sign_in(user).get(f"{url}?{narrowed[which]}").content.decode()
            for user in (kind.first, kind.second)
            for which in ("mine", "nobody")
        }
        assert listed == {
            (kind.first, "mine"): True,
            (kind.first, "nobody"): False,
            (kind.second, "mine"): False,
            (kind.second, "nobody"): False,
        }
        assert kind.first.staff_name in sign_in(kind.second).get(url).content.decode()


def test_what_was_typed_into_the_form_of_the_page_is_shown_again(kind):
    form = {"assignment": "assign", "version": kind.item.version, "note": "typed so far"}
    page = sign_in(kind.first).post(kind.url(), form).content.decode()
    assert "typed so far" in page
    assert 'value="unassign"' in page
    assert kind.assignee() == kind.first


def test_what_a_colleague_has_is_nobody_elses_to_do_next(kind):
    kind.assignment.assign(kind.item, actor=kind.first)
    rows, deciders = type(kind.item).objects.all(), kind.assignment.deciders
    assert list(free_for(rows, kind.first, deciders)) == [kind.item]
    assert not free_for(rows, kind.second, deciders)


def test_what_somebody_has_whose_account_is_closed_is_nobodys(kind):
    kind.assignment.assign(kind.item, actor=kind.first)
    User.objects.filter(pk=kind.first.pk).update(is_active=False)
    rows, deciders = type(kind.item).objects.all(), kind.assignment.deciders
    assert list(assigned(rows, kind.second, "nobody", deciders)) == [kind.item]
    assert list(free_for(rows, kind.second, deciders)) == [kind.item]


def test_what_somebody_has_who_decides_elsewhere_by_now_is_nobodys(kind):
    """Also where the account was changed past the page of accounts, which gives it back."""
    kind.assignment.assign(kind.item, actor=kind.first)
    User.objects.filter(pk=kind.first.pk).update(**elsewhere(kind))
    rows, deciders = type(kind.item).objects.all(), kind.assignment.deciders
    assert list(assigned(rows, kind.second, "nobody", deciders)) == [kind.item]
    assert list(free_for(rows, kind.second, deciders)) == [kind.item]
    kind.press(kind.second, "assign")
    assert kind.assignee() == kind.second


def elsewhere(kind) -> dict[str, str]:
    return {name: getattr(kind.stranger, name) for name in ("area_code", "operator_code")}


@pytest.mark.parametrize("closed", [True, False])
def test_who_changes_office_gives_back_what_is_open(kind, steward, closed):
    kind.assignment.assign(kind.item, actor=kind.first)
    changes = {"is_active": False} if closed else elsewhere(kind)
    for name, value in changes.items():
        setattr(kind.first, name, value)
    change_account(actor=steward, user=kind.first, changed=list(changes))
    assert kind.assignee() is None
    last = AuditEvent.objects.filter(action="unassign").get()
    assert (last.actor, last.subject_kind) == (steward, kind.item._meta.model_name)
    assert last.subject_id == kind.item.pk


def test_who_is_given_a_spid_gives_back_what_may_be_about_kin(kind, steward, person):
    kind.assignment.assign(kind.item, actor=kind.first)
    kind.first.spid = person.spid
    change_account(actor=steward, user=kind.first, changed=["spid"])
    assert kind.assignee() is None


def test_a_new_name_gives_nothing_back(kind, steward):
    kind.assignment.assign(kind.item, actor=kind.first)
    kind.first.full_name = "ឈ្មោះថ្មី"
    change_account(actor=steward, user=kind.first, changed=["full_name"])
    assert kind.assignee() == kind.first


def test_the_query_and_the_page_know_the_same_offices(kind, steward, sokha, auditor):
    rows, deciders = type(kind.item).objects.all(), kind.assignment.deciders
    for user in (kind.first, kind.second, kind.stranger, steward, sokha, auditor):
        rows.update(assignee=user)
        kind.item.refresh_from_db()
        assert rows.filter(deciders.assignee_in_scope()).exists() == deciders.in_scope(user, kind.item), user


@LANGUAGES
def test_who_took_the_decision_before_an_appeal_is_not_offered_to_decide_again(
    application, nssf_reviewer, second_nssf_reviewer, language
):
    applications.decide(
        application=application, decision="refuse", reason="documents",
        actor=nssf_reviewer, expected_version=application.version,
    )  # fmt: skip
    reopened = {"state": "in_review"}  # as a won appeal does
    type(application).objects.update(**reopened)
    url = address("admin:applications_application_change", application.pk, language=language)
    with translation.override(language):
        why = str(DecidedBefore())
    page = sign_in(nssf_reviewer).get(url).content.decode()
    assert why in page
    assert not any(f'value="{one}"' in page for one in ("approve", "refuse", "assign"))
    assert 'value="ask_more"' in page
    sign_in(nssf_reviewer).post(url, {"assignment": "assign"})
    application.refresh_from_db()
    assert application.assignee is None
    page = sign_in(second_nssf_reviewer).get(url).content.decode()
    assert all(f'value="{one}"' in page for one in ("approve", "refuse", "assign"))


def test_who_said_yes_for_the_mover_is_not_offered_to_make_the_change(
    household, sokha, relative, commune_clerk, second_clerk
):
    change = ask(sokha, "birth", **BABY)
    confirmed = {"mover": relative, "confirmation": "old_commune", "confirmed_by": commune_clerk}
    type(change).objects.update(**confirmed, confirmed_at=change.asked_at)
    url = address("registry:counter_change", change.reference, language="en")
    page = sign_in(commune_clerk).get(url).content.decode()
    assert 'value="approve"' not in page
    assert 'value="assign"' not in page
    assert 'value="refuse"' in page
    assert 'value="approve"' in sign_in(second_clerk).get(url).content.decode()


def test_nobodys_are_open(kind):
    rows, deciders = type(kind.item).objects.all(), kind.assignment.deciders
    assert list(assigned(rows, kind.first, "nobody", deciders)) == [kind.item]
    kind.decide(kind.second)
    assert not assigned(rows, kind.first, "nobody", deciders)
    assert list(assigned(rows, kind.first, "", deciders)) == [kind.item]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_it(kind):
    together, told = threading.Barrier(2), []

    def press(user: User) -> None:
        together.wait()
        try:
            kind.assignment.assign(kind.item, actor=user)
        except AlreadyAssigned as error:
            told.append(str(error))
        connection.close()

    pressed = [threading.Thread(target=press, args=[user]) for user in (kind.first, kind.second)]
    for thread in pressed:
        thread.start()
    for thread in pressed:
        thread.join()
    assert len(told) == 1
    assert kind.assignee().staff_name in told[0]


def test_a_grievance_that_is_passed_on_is_nobodys(operators, steward, family_package_reviewer):
    report = grievances.report_grievance(
        actor=None, assisted_session=None, submission=uuid.uuid4(), language="km",
        details=grievances.Details(category="payment", text="ប្រាក់"),
    )  # fmt: skip
    grievances.assignment.assign(report, actor=steward)
    passed = grievances.handle_grievance(
        grievance=report,
        step="pass_on",
        actor=steward,
        expected_version=1,
        operator=operators["family_package"],
    )
    assert passed.assignee is None


@LANGUAGES
def test_the_filter_stays_through_a_decision_and_after_it(kind, language):
    kind.assignment.assign(kind.item, actor=kind.first)
    name = kind.lists[0]
    narrowed = OF_ASSIGNEE[name.startswith("admin:")]["mine"]
    client, listed = sign_in(kind.first), f"{address(name, language=language)}?{narrowed}"
    link = re.compile(f'href="({re.escape(kind.url(language))}[^"]*)"')
    opened = html.unescape(link.search(client.get(listed).content.decode())[1])
    page = client.get(opened).content.decode()
    assert f'href="{listed}"' in page
    pressed = client.post(opened, {"assignment": "unassign"}, follow=True)
    assert f'href="{listed}"' in pressed.content.decode()


@LANGUAGES
def test_ones_own_comes_next_before_what_nobody_has(tell, nssf_reviewer, operators, language):
    older, newer, shown = (tell(operator=operators["nssf"]) for _number in range(3))
    grievances.assignment.assign(newer, actor=nssf_reviewer)
    page = address("admin:grievances_grievance_change", shown.pk, language=language)
    pages = [
        address("admin:grievances_grievance_change", one.pk, language=language) for one in (newer, older)
    ]
    assert next_after(nssf_reviewer, page, language)[0] == pages[0]
    grievances.assignment.unassign(newer, actor=nssf_reviewer)
    assert next_after(nssf_reviewer, page, language)[0] == pages[1]


@LANGUAGES
def test_what_waits_for_the_applicant_does_not_come_next(
    application, second_application, nssf_reviewer, language
):
    page = address("admin:applications_application_change", second_application.pk, language=language)
    applications.assignment.assign(application, actor=nssf_reviewer)
    first = address("admin:applications_application_change", application.pk, language=language)
    assert next_after(nssf_reviewer, page, language)[0] == first
    applications.decide(
        application=application, decision="ask_more", actor=nssf_reviewer, expected_version=1, note="Which?"
    )
    led, shown = next_after(nssf_reviewer, page, language)
    assert led == address("admin:applications_application_changelist", language=language)
    assert NOTHING[language] in shown


@LANGUAGES
@pytest.mark.parametrize(
    ("filters", "is_next"),
    [
        ("state=submitted", True),
        ("tab=unassigned&o=-1&p=2&after=1700000000000000.1", True),
        ("state=in_review", False),
        ("state=approved", False),
        ("tab=mine", False),
        # No list has these: it comes out of the whole queue.
        ("person__phone=1", True),
        ("state=%00", True),
        ("programme__id__exact=x", True),
        ("_to_field=phone", True),
    ],
)
def test_the_next_one_is_in_the_list_that_the_reader_came_from(
    application, second_application, nssf_reviewer, filters, is_next, language
):
    page = address("admin:applications_application_change", second_application.pk, language=language)
    first = address("admin:applications_application_change", application.pk, language=language)
    assert (next_after(nssf_reviewer, page, language, filters)[0] == first) == is_next


def test_the_language_switch_keeps_what_was_typed_and_takes_no_step(kind):
    version = kind.item.version
    form = {"version": version, "note": "typed so far", "_switch": "km"}
    first = kind.url("en")
    assert 'name="_switch"' in sign_in(kind.first).get(first).content.decode()
    pages = [kind.url("km")]
    if kind.page.startswith("admin"):  # the page shown after a step that was refused
        step = {"application": "decide", "grievance": "handle"}[kind.item._meta.model_name]
        pages.append(kind.url("km").replace("/change/", f"/{step}/"))
    for url in pages:
        page = sign_in(kind.first).post(url, {**form, "decision": "approve", "step": "take_up"})
        assert "typed so far" in page.content.decode()
        kind.item.refresh_from_db()
        assert (kind.item.version, kind.item.is_open) == (version, True)
