"""Somebody who lives in no household: what the counter does for them, and what is refused with words."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.approval.services import approve
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.changes.hearings.selectors import concerning, names_in
from registry.changes.kinds import KINDS
from registry.changes.selectors import changes_to_decide, household_context
from registry.changes.services import ask_change
from registry.changes.wizard import ChangeWizard
from registry.deaths.approvals import propose_undo
from registry.errors import ChangeError, Outdated
from registry.models import ChangeRequest, Person
from registry.persons.households import head_left_behind, household_of
from registry.persons.services import search_persons
from registry.phones.replacements.requests import NoAccountYet, NoHouseholdYet, refusal
from registry.registration.returns import lives_nowhere
from registry.registration.services import register_household
from registry.urls import urlpatterns
from tests.registry.cast import MALY_PHONE, household_details, official, person_details
from tests.registry.changes.cast import NAME, NO_PAPER, about, ask, decide, heard
from tests.registry.pages import official_client
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
DIED = {"died": "2026-11-20"}
OF_NOBODY = '"registry_membership"."household_id" IS NULL'
NEW_PHONE = "+85516999002"
TOLD = {
    "death": {"died": DIED},
    "phone": {"phone": {"phone": NEW_PHONE}},
    "circumstances": {"circumstances": {"pregnant": "no"}},
    "name": {"name": NAME},
    "sex": {"sex": {"sex": "male"}},
    "birth-date": {"birth": {"born": "1991-03-08"}},
    "document": {"document": NO_PAPER | {"document_type": "identity_card", "document_number": "010203049"}},
}


@pytest.fixture
def away(maly, maly_at_home, other_clerk) -> Person:
    """Maly, who left her household in the commune of ``other_clerk`` and lives elsewhere."""
    decide(ask(maly_at_home, "leaves", who=about(maly), where={"where": "elsewhere"}), other_clerk)
    assert household_of(Person.objects.get(pk=maly.pk)) is None
    return Person.objects.get(pk=maly.pk)


@pytest.fixture
def case(away, other_clerk) -> AssistedSession:
    return AssistedSession.objects.create(
        official=other_clerk, subject_id=away.pk, reason="account", consent_text="x"
    )


@pytest.fixture
def second(other_clerk) -> User:
    return official("clerk.second", "010202")


# --- every kind of change


def test_the_answers_of_this_module_are_of_every_kind_that_needs_no_household():
    assert TOLD.keys() == {code for code, kind in KINDS.items() if not kind.needs_household}


@pytest.mark.parametrize("code", TOLD)
def test_it_is_told_at_the_counter_and_decided_by_the_commune_of_the_last_household(
    code, away, case, other_clerk, second
):
    request = ask(other_clerk, code, assisted_session=case, **TOLD[code])
    assert (request.household, request.person, request.village_id) == (None, away, "01020201")
    if not KINDS[code].at_once:
        assert request in changes_to_decide(second)
        request = decide(heard(request), second)
    assert request.state == ChangeRequest.State.APPLIED
    assert Person.objects.get(pk=away.pk).version > away.version


@pytest.mark.parametrize("code", sorted(KINDS.keys() - TOLD.keys()))
def test_what_is_told_of_a_household_is_refused(code, away, case, other_clerk):
    with pytest.raises(ChangeError):
        ask_change(kind=KINDS[code], answers={}, actor=other_clerk, assisted_session=case)


def test_every_page_of_a_kind_leads_on_or_says_where_to_go(away, case, other_clerk):
    for client, own in ((browser(away.account), True), (official_client(other_clerk), False)):
        offered = client.get("/en/my/changes/").content.decode()
        for code, kind in KINDS.items():
            url = f"/en/my/changes/{code}/"
            page = client.get(url).content.decode()
            assert (f'"{url}"' in offered) is (code in TOLD), code
            if kind.needs_household:
                assert "You live in no registered household now." in page, code
                assert '"/en/register/"' in page, code
            elif code == "death" and own:
                assert "Your family tells it at the commune office where you lived last." in page
            else:
                assert f'"{url}{next(iter(TOLD[code]))}/"' in page, code


@pytest.fixture
def never_at_home(areas) -> Person:
    """Registered, and no member of any household since."""
    return Person.objects.create(
        spid="100000000008",
        family_name="កែវ",
        given_name="ចន្ថា",
        sex="female",
        date_of_birth=date(1970, 2, 3),
        village_id="01020201",
    )


def test_the_pages_of_a_request_read_nobody_else(away, case, other_clerk, second, never_at_home):
    request = ask(other_clerk, "death", assisted_session=case, died=DIED)
    assert names_in(request) == {away.spid: away.name}
    for client, page in (
        (browser(away.account), "change_request"),
        (official_client(second), "counter_change"),
    ):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(reverse(f"registry:{page}", args=[request.reference]))
        assert answer.status_code == 200
        assert not [one["sql"] for one in asked if OF_NOBODY in one["sql"]]


# --- who is heard, and what happens meanwhile


def test_a_death_told_wrongly_is_objected_to_by_the_person(away, case, other_clerk):
    request = ask(other_clerk, "death", assisted_session=case, died=DIED)
    assert [one.request for one in concerning(Person.objects.get(pk=away.pk))] == [request]
    assert Message.objects.filter(template="household_asked", phone=MALY_PHONE).exists()


def test_former_members_do_not_read_what_is_told(away, case, other_clerk, heng):
    ask(other_clerk, "death", assisted_session=case, died=DIED)
    assert concerning(heng.person) == []


def test_their_death_is_recorded_and_operators_are_told(away, case, other_clerk, second, heng):
    before = Message.objects.count()
    request = heard(ask(other_clerk, "death", assisted_session=case, died=DIED))
    asked = Message.objects.count() - before
    decide(request, second)
    away.refresh_from_db()
    assert (away.died_on, away.account) == (date(2026, 11, 20), None)
    assert not LedgerEntry.objects.filter(kind="person", subject_id=away.pk, agreement__isnull=False).exists()
    assert Message.objects.count() - before == asked  # nobody else is written to


@pytest.mark.parametrize("died", ["2026", "2026-11", "2026-11-20"])
def test_who_headed_the_household_that_they_had_left_does_not_inherit_what_was_theirs(
    away, case, other_clerk, second, steward, second_steward, died
):
    """Nor do they come back to it when the death was none."""
    decide(heard(ask(other_clerk, "death", assisted_session=case, died={"died": died})), second)
    dead = Person.objects.get(pk=away.pk)
    assert dead.died == PartialDate.parse(died)
    assert head_left_behind(dead) is None
    proposal = propose_undo(person=dead, actor=steward, reason="She lives.")
    approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    assert lives_nowhere(Person.objects.get(pk=away.pk))


def test_a_correction_goes_on_in_the_household_that_they_found(away, case, other_clerk):
    name = ask(other_clerk, "name", assisted_session=case, name=NAME)
    death = ask(other_clerk, "death", assisted_session=case, died=DIED)
    details = household_details(
        person_details(given_name="ម៉ាលី", latin_given_name="Maly", born=away.born),
        village_code="01020201",
        returning=away.spid,
    )
    home = register_household(actor=away.account, details=details)
    name.refresh_from_db()
    death.refresh_from_db()
    assert (name.is_open, name.household) == (True, home)
    assert (death.is_open, death.household) == (True, home)  # whoever told it, two persons look at it


def test_what_was_asked_before_they_joined_a_household_is_not_applied(away, case, other_clerk, second):
    request = ask(other_clerk, "sex", assisted_session=case, sex={"sex": "male"})
    away.memberships.update(ended_on=None)
    with pytest.raises(Outdated):
        decide(request, second)


# --- the counter


def test_the_commune_of_the_last_household_finds_them(away, other_clerk, commune_clerk):
    assert search_persons(official=other_clerk, query=away.spid) == [away]
    assert search_persons(official=commune_clerk, query=away.spid) == []


def test_no_page_of_theirs_becomes_a_question_of_the_registration(away, case, other_clerk):
    registration = {"register", "roster"}  # where it begins, and its first page at the counter
    district = {"officials", "official_invite"}  # there for the officials of a district alone
    # There is nothing to sign for whoever registers nobody and has no household.
    others = {*registration, *district, "counter_end", "consent_sheet_new"}
    pages = {one.name for one in urlpatterns if "<" not in str(one.pattern)} - others
    for client in (browser(away.account), official_client(other_clerk)):
        for name in sorted(pages):
            answer = client.get(reverse(f"registry:{name}"))
            assert answer.status_code in (200, 302, 405), name
            if name not in ("registered", "register_confirmation", "counter_open"):
                assert "/register/" not in answer.headers.get("Location", ""), name


def test_a_child_reads_that_a_household_takes_them_in_first(rith, heng, other_clerk):
    assert isinstance(refusal(other_clerk, rith), NoAccountYet)
    decide(ask(heng, "leaves", who=about(rith), where={"where": "elsewhere"}), other_clerk)
    assert isinstance(refusal(other_clerk, rith), NoHouseholdYet)


def test_their_card_is_shown(away):
    page = browser(away.account).get(reverse("registry:card_of", args=[away.pk]))
    assert away.spid_grouped in page.content.decode()


def test_the_page_of_consents_says_why_there_are_none(away):
    page = browser(away.account).get("/en/my/consents/").content.decode()
    assert "A consent is of a household." in page
    assert '"/en/register/"' in page


def test_somebody_who_never_had_a_household_is_told_of_in_the_commune_of_their_village(
    never_at_home, other_clerk, second
):
    person = never_at_home
    case = AssistedSession.objects.create(
        official=other_clerk, subject_id=person.pk, reason="account", consent_text="x"
    )
    assert ChangeWizard(KINDS["name"], household_context(other_clerk, case), {}).person == person
    decide(ask(other_clerk, "name", assisted_session=case, name=NAME), second)
    person.refresh_from_db()
    assert person.given_name == NAME["given_name"]
