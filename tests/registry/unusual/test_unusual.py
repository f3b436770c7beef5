"""Unusual events, each with its rule; and who may read them."""

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from registry.models import KeySetup, Membership, Person, PhoneReplacement
from registry.phones.replacements.stops import object_to_replacement, withdraw_replacement
from registry.registration.services import register_household
from registry.unusual.rules import PARAMETERS, RULES, rule_of
from registry.unusual.selectors import unusual_actions
from tests.registry.cast import OWN_SIM, household_details, official, person_details
from tests.registry.changes.cast import agree, ask, joining
from tests.registry.phones.replacements.test_replacements import stop
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
PAGE = "/en/admin/registry/unusualaction/"


def replacement(person, clerk, number: int = 1, **extra) -> PhoneReplacement:
    values = {"phone": OWN_SIM, "notified_phones": ["+85512000000"], "reason": "lost", "document": "passport"}
    return PhoneReplacement.objects.create(
        reference=f"P-0000-{number:04}", person=person, asked_by=clerk,
        due_at=timezone.now() + timedelta(days=7), **{**values, **extra},
    )  # fmt: skip


def objected(one: PhoneReplacement) -> None:
    PhoneReplacement.objects.filter(pk=one.pk).update(
        account=User.objects.create_citizen(phone="+85516000777")
    )
    one.refresh_from_db()
    object_to_replacement(replacement=one, actor=one.account)


def found(code: str) -> list[tuple[str, str]]:
    rule = rule_of(code)
    assert rule is not None
    return [(action.actor.username or "", action.what) for action in unusual_actions(rule)[0]]


def test_every_rule_has_an_assisted_session_here():
    tested = {name.removeprefix("test_rule_").replace("_", "-") for name in globals() if "test_rule_" in name}
    assert {rule.code for rule in RULES} == tested


def test_rule_many_setups(maly, other_clerk, commune_clerk):
    for _number in range(PARAMETERS["many_setups"] - 1):
        KeySetup.objects.create(person=maly, official=other_clerk, kind="contact")
    assert found("many-setups") == []
    KeySetup.objects.create(person=maly, official=commune_clerk, kind="account")
    replacement(maly, other_clerk)
    assert found("many-setups") == [("clerk.bat-trang", "5")]


@pytest.mark.parametrize(("hour", "is_night"), [(15, True), (21, True), (22, False), (3, False)])
def test_rule_at_night(other_clerk, sokha, hour, is_night):
    """The hours are those of UTC; Phnom Penh is seven ahead."""
    day = timezone.now() - timedelta(days=2)
    at = datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
    for actor, action in ((other_clerk, "claim"), (other_clerk, "view"), (sokha, "claim")):
        with as_owner():
            AuditEvent.objects.create(actor=actor, action=action, subject_kind="person", subject_id=1, at=at)
    assert found("at-night") == ([("clerk.bat-trang", "claim")] if is_night else [])


def test_rule_moved_then_phone(maly, family_of_one, other_clerk, commune_clerk):
    replacement(maly, other_clerk)
    assert found("moved-then-phone") == []
    today = timezone.localdate()
    Membership.objects.filter(person=maly).update(ended_on=today, started_on=date(2020, 1, 1))
    Membership.objects.create(household=family_of_one, person=maly, relationship="sibling", started_on=today)
    assert found("moved-then-phone") == [("clerk.bat-trang", "P-0000-0001")]


def test_rule_phone_then_claim(maly, other_clerk, commune_clerk, sokha):
    before = timezone.now() - timedelta(days=31)
    KeySetup.objects.create(person=maly, official=other_clerk, kind="contact", at=before)
    KeySetup.objects.create(person=maly, official=commune_clerk, kind="account", at=before)
    assert found("phone-then-claim") == []
    AuditEvent.objects.create(actor=sokha, action="claim", subject_kind="person", subject_id=maly.pk)
    assert found("phone-then-claim") == [("clerk.bat-trang", "contact")]


def test_rule_far_away(maly, commune_clerk, other_clerk):
    before = timezone.now() - timedelta(days=1)
    KeySetup.objects.create(person=maly, official=other_clerk, kind="phone", at=before)
    assert found("far-away") == []
    Person.objects.filter(pk=maly.pk).update(village_id="01020101")
    KeySetup.objects.create(person=maly, official=commune_clerk, kind="phone")
    assert found("far-away") == [("clerk.banteay", "phone")]


def test_rule_objected(maly, family_of_one, other_clerk, sokha):
    one, two = replacement(maly, other_clerk), replacement(sokha.person, other_clerk, 2)
    withdraw_replacement(replacement=two, actor=other_clerk)  # a mistake
    assert found("objected") == []
    objected(one)
    assert found("objected") == [("clerk.bat-trang", "P-0000-0001")]


def test_rule_stopped_at_office(maly, family_of_one, other_clerk, sokha):
    one, two = replacement(maly, other_clerk), replacement(sokha.person, other_clerk, 2)
    objected(two)
    assert found("stopped-at-office") == []
    stop(one, official("clerk.kantueu", "020101"))
    assert found("stopped-at-office") == [("clerk.kantueu", "P-0000-0001")]
    assert [what for _who, what in found("objected")] == ["P-0000-0002"]


def test_rule_new_official(maly, rith, other_clerk):
    replacement(maly, other_clerk)
    assert found("new-official") == []
    newcomer = official("clerk.new", "010202", date_joined=timezone.now() - timedelta(days=29))
    replacement(rith, newcomer, 2)
    replacement(maly, other_clerk, 3, state="applied", ended_by=newcomer, ended_at=timezone.now())
    assert sorted(found("new-official")) == [("clerk.new", "P-0000-0002"), ("clerk.new", "P-0000-0003")]


def test_rule_said_no(family_of_one, phoneless, commune_clerk, other_clerk, sokha):
    assisted_session = services_assisted_session(commune_clerk, sokha.person)
    request = ask(commune_clerk, "joins", assisted_session=assisted_session, **joining(phoneless))
    agree(request, other_clerk, yes=False, note="ទេ")
    assert found("said-no") == [("clerk.banteay", request.reference)]


def services_assisted_session(clerk, person):
    return clerk.assisted_sessions.create(subject_id=person.pk, reason="x", consent_text="x")


def test_rule_same_phone(maly, rith, other_clerk):
    replacement(maly, other_clerk)
    assert found("same-phone") == []
    replacement(rith, other_clerk, 2)
    assert found("same-phone") == [("clerk.bat-trang", "P-0000-0001 P-0000-0002")]


def test_rule_many_accesses(other_clerk):
    rows = [
        AuditEvent(actor=other_clerk, action="view", subject_kind="person", subject_id=number)
        for number in range(PARAMETERS["many_accesses"])
    ]
    AuditEvent.objects.bulk_create(rows[:-1])
    assert found("many-accesses") == []
    AuditEvent.objects.bulk_create(rows[-1:])
    assert found("many-accesses") == [("clerk.bat-trang", "150")]


def test_a_steward_reads_every_rule_with_its_words(maly, other_clerk, steward):
    replacement(maly, other_clerk)
    one = PhoneReplacement.objects.get()
    objected(one)
    client = browser(steward)
    for rule in RULES:
        page = client.get(f"{PAGE}?rule={rule.code}")
        assert page.status_code == 200
        with translation.override("en"):
            assert str(rule.words) in unescape(page.content.decode())
    shown = client.get(f"{PAGE}?rule=objected").content.decode()
    assert "P-0000-0001" in shown
    assert 'name="q" value="clerk.bat-trang"' in shown
    assert "?q=" not in shown
    assert maly.name not in shown
    assert AuditEvent.objects.filter(actor=steward, subject_kind="unusual_actions").exists()


def test_the_page_opens_on_the_first_rule_that_has_found_something(maly, other_clerk, steward):
    client = browser(steward)
    assert client.get(PAGE).context["rule"] == RULES[0]
    replacement(maly, other_clerk, state="objected", ended_at=timezone.now(), ended_by=steward)
    page = client.get(PAGE)
    assert page.context["rule"] == rule_of("objected")
    assert [rule for rule, _count in page.context["rules"]] == list(RULES)


@pytest.mark.parametrize(("language", "words"), [("km", "សកម្មភាពមិនប្រក្រតី 1"), ("en", "1 unusual action")])
def test_the_start_page_tells_how_many_there_are(maly, other_clerk, steward, auditor, language, words):
    start, link = f"/{language}/admin/", f'href="/{language}/admin/registry/unusualaction/"'
    before = browser(steward).get(start).content.decode()
    assert 'id="unusual-actions"' not in before
    replacement(maly, other_clerk, state="objected", ended_at=timezone.now(), ended_by=steward)
    for reader in (steward, auditor):
        page = browser(reader).get(start).content.decode()
        block = page.partition('id="unusual-actions"')[2].partition("</p>")[0]
        assert words in block
        assert link in block


def test_the_start_page_of_a_reviewer_tells_of_none(maly, other_clerk, steward, nssf_reviewer):
    replacement(maly, other_clerk, state="objected", ended_at=timezone.now(), ended_by=steward)
    assert 'id="unusual-actions"' not in browser(nssf_reviewer).get("/en/admin/").content.decode()


@pytest.mark.parametrize("query", ["rule=nothing", "p=0", "p=x", "p=99999999", "rule=objected&p=-1"])
def test_an_address_that_is_none_of_its_own_is_not_found(areas, steward, query):
    assert browser(steward).get(f"{PAGE}?{query}").status_code == 404


def test_a_reviewer_and_an_official_do_not(nssf_reviewer, commune_clerk):
    assert browser(nssf_reviewer).get(PAGE).status_code == 403
    assert browser(commune_clerk).get(PAGE).status_code == 302


def test_it_is_paged(other_clerk, areas):
    for number in range(52):
        details = household_details(person_details(given_name="ក" * (number + 1)), village_code="01020201")
        head = register_household(actor=other_clerk, details=details).memberships.get().person
        replacement(head, other_clerk, number, state="objected", ended_at=timezone.now(), ended_by=None)
    PhoneReplacement.objects.update(ended_by=official("clerk.kantueu", "020101"))
    rule = rule_of("objected")
    assert rule is not None
    first, more = unusual_actions(rule)
    second, no_more = unusual_actions(rule, page=2)
    assert (len(first), more, len(second), no_more) == (50, True, 2, False)
