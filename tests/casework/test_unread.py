"""Nobody on the staff reads an item about themselves, their household or kin, of any kind of casework."""

import uuid
from datetime import date

import pytest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from applications import services as applications
from applications.documents import APPLICATION, DRAFT, SUBJECTS, _may_see, draft_key
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from grievances import services as grievances
from registry.models import Enrolment, Person
from registry.persons.conflicts import HELP_WORDS, WORDS
from registry.registration.services import register_household
from tests.applications.helpers import sign_in
from tests.casework.kinds import address
from tests.registry.cast import household_details, official, person_details
from tests.registry.changes.cast import BABY, ask
from tests.roles import as_owner

LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
NOTES = "SECRET-WORDS"


def make_relative(user: User, relative) -> None:
    with as_owner():  # of a steward nobody else may
        User.objects.filter(pk=user.pk).update(spid=relative.spid)


def why(language: str, found: str = "household", words=WORDS) -> str:
    with translation.override(language):
        return str(words[found])


@LANGUAGES
def test_the_page_of_an_item_of_kin_shows_reference_kind_and_state(kind, person, relative, language):
    if kind.assignment is grievances.assignment:  # reported without an account
        type(kind.item).objects.update(person=person, text=NOTES)
    told = [
        person.name,
        person.spid_grouped,
        relative.name,
        NOTES,
        'name="note"',
        "uploads",
        'value="assign"',
    ]
    page = sign_in(kind.second).get(kind.url(language)).content.decode()
    assert [one for one in told if one in page], "nothing of this is on the page anyway"
    make_relative(kind.first, relative)
    with translation.override(language):
        state = str(kind.item.get_state_display())
    for _time in range(2):  # read, and after the buttons were pressed all the same
        page = sign_in(kind.first).get(kind.url(language)).content.decode()
        assert [one for one in told if one in page] == []
        assert all(one in page for one in (kind.item.reference, state, why(language)))
        assert why(language) in kind.press(kind.first, "assign", language).content.decode()
    assert kind.assignee() is None
    assert AuditEvent.objects.filter(action="view", actor=kind.first).exists()


@LANGUAGES
def test_the_list_names_no_more_of_it(kind, person, relative, language):
    if kind.assignment is grievances.assignment:
        type(kind.item).objects.update(person=person)
    make_relative(kind.first, relative)
    kind.assignment.assign(kind.item, actor=kind.second)
    for name in kind.lists:
        shown = {
            user: sign_in(user).get(address(name, language=language)).content.decode()
            for user in (kind.first, kind.second)
        }
        assert kind.item.reference in shown[kind.first]
        assert kind.second.staff_name not in main(shown[kind.first])
        assert kind.second.staff_name in main(shown[kind.second])


def main(page: str) -> str:
    """Without the header, which names whoever is signed in."""
    return page[page.index('id="content"') :]


@LANGUAGES
@pytest.mark.parametrize("kind", ["application", "grievance"], indirect=True)
def test_who_has_an_item_of_kin_hands_it_back(kind, person, relative, language):
    """It became one after they had taken it on: in no list of colleagues is it free for them until then."""
    if kind.assignment is grievances.assignment:
        type(kind.item).objects.update(person=person)
    kind.assignment.assign(kind.item, actor=kind.first)
    make_relative(kind.first, relative)
    make_relative(kind.second, relative)
    page = sign_in(kind.second).get(kind.url(language)).content.decode()
    assert kind.first.staff_name not in main(page)
    assert 'value="unassign"' not in page
    page = sign_in(kind.first).get(kind.url(language)).content.decode()
    assert why(language) in page
    assert 'value="unassign"' in page
    assert 'value="unassign"' not in kind.press(kind.first, "unassign", language).content.decode()
    assert kind.assignee() is None


@LANGUAGES
def test_the_list_of_stewards_neither(household, sokha, relative, steward, language):
    request = ask(sokha, "birth", **BABY)
    url = address("admin:registry_changerequest_changelist", language=language)
    with translation.override(language):
        village = str(request.village)
    assert village in sign_in(steward).get(url).content.decode()
    make_relative(steward, relative)
    page = sign_in(steward).get(url).content.decode()
    assert request.reference in page
    assert village not in page


@LANGUAGES
def test_in_an_assisted_session_the_official_reads_only_what_they_entered(
    application, person, relative, sokha, commune_clerk, nssf_reviewer, language
):
    report = grievances.report_grievance(
        actor=sokha, assisted_session=None, submission=uuid.uuid4(), language="km",
        details=grievances.Details(category="payment", text=NOTES),
    )  # fmt: skip
    applications.decide(
        application=application, decision="refuse", reason="documents", note=NOTES,
        actor=nssf_reviewer,
        expected_version=application.version,
    )  # fmt: skip
    open_assisted_session(official=commune_clerk, subject_id=person.pk, reason="check", consent_text="read")
    pages = [
        address("applications:application", application.reference, language=language),
        address("applications:letter", application.reference, language=language),
        address("grievances:appeal", application.reference, language=language),
        address("grievances:grievance", report.reference, language=language),
    ]
    assert all(NOTES in sign_in(commune_clerk).get(one).content.decode() for one in pages)
    home = address("registry:me", language=language)
    whole = address("registry:my_data_everything", language=language)
    assert application.reference in sign_in(commune_clerk).get(home).content.decode()
    assert NOTES in sign_in(commune_clerk).get(whole).content.decode()
    assert _may_see(sokha, None, str(application.pk))
    make_relative(commune_clerk, relative)
    for one in pages:
        page = sign_in(commune_clerk).get(one).content.decode()
        assert NOTES not in page
        # Nothing is decided here: who of the staff decides is not what the person needs to know.
        assert why(language, words=HELP_WORDS) in page
        assert why(language) not in page
    assert NOTES not in sign_in(commune_clerk).get(whole).content.decode()
    page = sign_in(commune_clerk).get(home).content.decode()
    assert application.reference not in page
    assert report.reference not in page
    type(application).objects.update(submitted_by=commune_clerk)
    type(report).objects.update(reported_by=commune_clerk)
    page = sign_in(commune_clerk).get(home).content.decode()
    assert application.reference in page
    assert report.reference in page


def test_its_documents_neither(application, person, relative, nssf_reviewer, clerk_assisted_session):
    clerk = clerk_assisted_session.official
    key = str(application.pk)
    for user, session in ((nssf_reviewer, None), (clerk, clerk_assisted_session)):
        assert _may_see(user, session, key)
        make_relative(user, relative)
        user.refresh_from_db()
        assert not _may_see(user, session, key)


@pytest.mark.parametrize("near", ["person", "relative"])
def test_nor_does_an_official_touch_documents_of_what_is_not_sent_yet(
    person, relative, programme, other_programme, application, clerk_assisted_session, near
):
    clerk = clerk_assisted_session.official
    draft = draft_key(person, other_programme)
    subjects = {one.kind: one for one in SUBJECTS}
    tries = [
        (subjects[DRAFT].may_see, draft),
        (subjects[DRAFT].may_add, draft),
        (subjects[APPLICATION].may_see, str(application.pk)),
        (subjects[APPLICATION].may_add, str(application.pk)),
    ]
    own = {"person": person, "relative": relative}[near]
    assert all(may(clerk, clerk_assisted_session, key) for may, key in tries)
    # The number is on the record of one of the two only, so that the official lives with neither.
    phone_kin(clerk, own)
    assert [may(clerk, clerk_assisted_session, key) for may, key in tries] == [False] * len(tries)


@LANGUAGES
def test_the_page_that_asks_before_a_withdrawal_says_it_too(
    application, relative, clerk_assisted_session, language
):
    clerk = clerk_assisted_session.official
    url = address("applications:withdraw", application.reference, language=language)
    with translation.override(language):
        question = str(gettext("Keep the application"))
    assert question in sign_in(clerk).get(url).content.decode()
    make_relative(clerk, relative)
    page = sign_in(clerk).get(url).content.decode()
    assert question not in page
    assert why(language, words=HELP_WORDS) in page


@LANGUAGES
def test_what_is_hidden_from_kin_of_another_member_is_not_listed_or_printed(
    application, person, relative, sokha, commune_clerk, nssf_reviewer, language
):
    decided = applications.decide(
        application=application, decision="refuse", reason="documents", note=NOTES,
        actor=nssf_reviewer, expected_version=application.version,
    )  # fmt: skip
    open_assisted_session(official=commune_clerk, subject_id=person.pk, reason="check", consent_text="read")
    page = address("applications:application", decided.reference, language=language)
    lists = [address(f"registry:{name}", language=language) for name in ("me", "my_data_everything")]
    assert all(decided.reference in sign_in(commune_clerk).get(one).content.decode() for one in lists)
    assert NOTES in sign_in(commune_clerk).get(lists[1]).content.decode()
    phone_kin(commune_clerk, relative)
    assert why(language, "phone", HELP_WORDS) in sign_in(commune_clerk).get(page).content.decode()
    with translation.override(language):
        nothing = [
            str(gettext("No applications yet.")),
            str(gettext("likely for you, and you have not applied yet")),
        ]
    for one in lists:
        shown = sign_in(commune_clerk).get(one).content.decode()
        assert why(language, "phone", HELP_WORDS) in shown
        assert not [words for words in nothing if words in shown]
    # The print still names it where it says what operators were sent.
    for one, hidden in zip(lists, (decided.reference, NOTES), strict=True):
        assert hidden not in sign_in(commune_clerk).get(one).content.decode()


def phone_kin(user: User, relative) -> None:
    """They share a phone with this member of the household alone."""
    number = "+85516777888"
    kin = register_household(
        actor=official("clerk.registers", "010201"),
        details=household_details(person_details(given_name="បង", phone=number)),
    ).memberships.get().person  # fmt: skip
    with as_owner():
        Person.objects.filter(pk=relative.pk).update(phone=number)
    relative.refresh_from_db()
    make_relative(user, kin)
    user.refresh_from_db()


@LANGUAGES
def test_the_record_of_a_relative_is_not_shown_to_a_steward(person, relative, steward, language):
    url = address("admin:registry_person_change", person.pk, language=language) + "?reason=question"
    assert person.name in sign_in(steward).get(url).content.decode()
    make_relative(steward, relative)
    page = sign_in(steward).get(url).content.decode()
    assert why(language) in page
    assert person.name not in page
    assert AuditEvent.objects.filter(action="view", actor=steward, subject_id=person.pk).count() == 2


@LANGUAGES
def test_nor_by_the_lists_of_stewards(person, relative, programme, steward, language):
    Enrolment.objects.create(
        person=relative, programme=programme, since=date(2024, 3, 5), operator_reference="N-1"
    )
    with translation.override(language):
        sex, programme_name = str(relative.get_sex_display()), str(programme)
        state, since = str(_("active")), date_format(date(2024, 3, 5))
        told = {
            "person": [relative.name, sex, relative.born.written, str(relative.village)],
            "enrolment": [programme_name, state, since],
        }
    for user_is_kin in (False, True):
        if user_is_kin:
            make_relative(steward, person)
        for name, words in told.items():
            url = address(f"admin:registry_{name}_changelist", language=language)
            page = main(sign_in(steward).post(url, {"q": relative.spid}).content.decode())
            rows = page[page.index("<tbody") : page.index("</tbody")]
            assert (relative.spid in rows) or (relative.spid_grouped in rows)
            assert [one for one in words if one in rows] == ([] if user_is_kin else words)
