"""Asking for a change page by page, following it, and deciding it at the counter."""

import pytest
from django.utils import timezone

from dsp_platform.accounts.access import step_up
from dsp_platform.audit.models import AuditEvent
from registry.changes import drafts as change_drafts
from registry.changes.drafts import purge_change_drafts
from registry.models import ChangeDraft, ChangeRequest, Membership, Person
from registry.persons.circumstances import SIX
from tests.registry.pages import confirm, official_client, shown_on

pytestmark = pytest.mark.django_db

BABY = [
    ("name", {"family_name": "សុខ", "given_name": "ថ្មី"}),
    ("sex", {"sex": "female"}),
    ("birth", {"born_day": "1", "born_month": "11", "born_year": "2026"}),
    ("mother", {"mother": "none"}),
    ("relationship", {"relationship": "child"}),
    ("document", {"document_type": "none"}),
]


@pytest.fixture
def home(registered_with_child, phone_of_sokha):
    """The phone on which Sokha's family of two was registered."""
    assert registered_with_child.memberships.count() == 2
    return phone_of_sokha


@pytest.fixture
def second_laptop(django_user_model):
    return official_client(
        django_user_model.objects.create_staff(
            username="clerk.two",
            password="only-for-tests-9182",
            role="official",
            area_code="010201",
            full_name="លី ណា",
        )
    )


def tell(client, kind: str, steps, language: str = "km"):
    root = f"/{language}/my/changes/{kind}/"
    client.get(root)
    for step, data in steps:
        answer = client.post(f"{root}{step}/", data)
        assert answer.status_code == 302, (step, answer.content.decode())
    return confirm(client, f"{root}check/")


def baby(client) -> ChangeRequest:
    tell(client, "birth", BABY)
    return ChangeRequest.objects.get()


def test_a_baby_is_told_checked_and_followed(home):
    answer = tell(home, "birth", BABY)
    request = ChangeRequest.objects.get()
    assert answer.url == f"/km/my/changes/requests/{request.reference}/"
    page = home.get(answer.url).content.decode()
    assert 'class="panel"' in page
    assert request.reference in page
    assert request.reference in home.get("/km/my/changes/").content.decode()
    assert confirm(home, "/km/my/changes/birth/check/").url == answer.url  # a second click
    assert ChangeRequest.objects.count() == 1


def test_every_kind_begins_in_both_languages(home):
    for language in ("km", "en"):
        listed = home.get(f"/{language}/my/changes/").content.decode()
        for kind in ("birth", "joins", "marriage", "leaves", "death", "head", "move", "address", "name"):
            assert f"/{language}/my/changes/{kind}/" in listed
            page = home.get(f"/{language}/my/changes/{kind}/")
            assert page.status_code == 200


def test_an_unknown_kind_and_a_step_too_early(home):
    assert home.get("/km/my/changes/nonsense/").status_code == 404
    assert home.get("/km/my/changes/birth/check/").url == "/km/my/changes/birth/name/"
    assert home.get("/km/my/changes/birth/nonsense/").url == "/km/my/changes/birth/name/"


def test_what_was_typed_is_kept_and_wrong_answers_are_told(home):
    home.post("/km/my/changes/birth/name/", BABY[0][1])
    page = home.post("/km/my/changes/birth/sex/", {}).content.decode()
    assert 'class="summary"' in page
    assert "ថ្មី" in home.get("/km/my/changes/birth/name/").content.decode()
    assert "my/changes/birth/sex/" in home.get("/km/my/changes/birth/").content.decode()


def test_drafts_are_forgotten_after_thirty_days(home):
    home.post("/km/my/changes/birth/name/", BABY[0][1])
    assert purge_change_drafts() == 0
    ChangeDraft.objects.update(saved_at=timezone.now() - change_drafts.KEPT)
    assert purge_change_drafts() == 1


def test_an_address_is_changed_on_the_spot(home):
    tell(home, "address", [("address", {"address": "ផ្ទះលេខ ៩"})])
    assert ChangeRequest.objects.get().state == "applied"
    assert Membership.objects.first().household.address == "ផ្ទះលេខ ៩"


def test_the_household_moves_by_searching_the_village(home):
    page = home.get("/km/my/changes/move/place/?q=Khtum").content.decode()
    assert "01020201" in page
    path = "/km/my/changes/move/place/?q=Khtum"
    home.post(path, {"village_code": "01020201", "address": ""})
    confirm(home, "/km/my/changes/move/check/")
    assert ChangeRequest.objects.get().village_id == "01020201"


def test_health_of_another_adult_is_neither_shown_nor_asked(home):
    Person.objects.filter(given_name="ពិសិដ្ឋ").update(date_of_birth="1990-01-01", seeing=4, pregnant=None)
    other = Person.objects.get(given_name="ពិសិដ្ឋ")
    page = home.get("/km/my/changes/circumstances/circumstances/").content.decode()
    assert other.name not in page
    assert home.get("/km/my/changes/circumstances/who/").url.endswith("/circumstances/circumstances/")


def test_an_unknown_answer_is_shown_as_unknown(home):
    Person.objects.filter(account__isnull=False).update(seeing=None, working=True)
    (spid,) = Person.objects.filter(account__isnull=False).values_list("spid", flat=True)
    home.post("/km/my/changes/circumstances/who/", {"person": spid})
    form = home.get("/km/my/changes/circumstances/circumstances/").context["form"]
    assert (form["difficulty"].initial, form["working"].initial) == ("unknown", "yes")
    asked = home.post("/km/my/changes/circumstances/circumstances/", {"difficulty": "some"})
    assert asked.url == "/km/my/changes/circumstances/difficulties/"
    assert home.get(asked.url).context["form"]["seeing"].initial == "unknown"


def test_no_difficulty_at_all_is_one_answer(home):
    """It replaces each of the six, without a page for them."""
    (spid,) = Person.objects.filter(account__isnull=False).values_list("spid", flat=True)
    home.post("/km/my/changes/circumstances/who/", {"person": spid})
    asked = home.post("/km/my/changes/circumstances/circumstances/", {"difficulty": "none"})
    assert asked.url == "/km/my/changes/circumstances/check/"
    confirm(home, asked.url)
    told = Person.objects.get(spid=spid)
    assert [getattr(told, name) for name in SIX] == [1] * 6


def test_a_phone_needs_a_fresh_proof(home):
    session = home.session
    session[step_up.PROVED] = 0
    session.save()
    assert "confirm" in home.get("/km/my/changes/phone/who/").url


def test_a_request_is_taken_back(home):
    request = baby(home)
    home.post(f"/km/my/changes/requests/{request.reference}/withdraw/")
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_the_queue_names_nobody_and_opening_is_noted(home, laptop):
    request = baby(home)
    queue = laptop.get("/km/counter/changes/").content.decode()
    assert request.reference in queue
    for theirs in ("ថ្មី", "សុខា", request.asked_for.spid, request.household.number):
        assert theirs not in queue
    assert not AuditEvent.objects.filter(action="view", reason="change").exists()
    page = laptop.get(f"/km/counter/changes/{request.reference}/").content.decode()
    assert "ថ្មី" in page
    accesses = AuditEvent.objects.filter(action="view", reason="change").values_list("subject_id", flat=True)
    registering_family = request.household.memberships.values_list("person", flat=True)
    assert sorted(accesses) == sorted(registering_family)
    assert request.asked_for_id in accesses


def test_the_official_decides_and_the_second_is_told(home, laptop, second_laptop):
    request = baby(home)
    path = f"/km/counter/changes/{request.reference}/"
    decision = {"decision": "approve", "note": "", "version": "1"}
    assert laptop.post(path, decision).url == "/km/counter/changes/"
    late = second_laptop.post(path, decision | {"decision": "refuse", "note": "x"}, follow=True)
    assert "message warning" in late.content.decode()
    assert Person.objects.filter(given_name="ថ្មី").count() == 1


def test_what_was_typed_is_kept_where_somebody_asked_for_more_first(home, laptop, second_laptop):
    path = f"/km/counter/changes/{baby(home).reference}/"
    laptop.post(path, {"decision": "ask_more", "note": "សំបុត្រកំណើត", "version": "1"})
    late = second_laptop.post(path, {"decision": "refuse", "note": "typed so far", "version": "1"})
    page = late.content.decode()
    assert "message warning" in page
    assert "typed so far" in page
    assert 'name="version" value="2"' in page


def test_refusing_without_a_note_keeps_the_page(home, laptop):
    request = baby(home)
    path = f"/km/counter/changes/{request.reference}/"
    page = laptop.post(path, {"decision": "refuse", "note": "", "version": "1"}).content.decode()
    assert 'class="summary"' in page
    laptop.post(path, {"decision": "refuse", "note": "មិនត្រឹមត្រូវ", "version": "1"})
    assert "មិនត្រឹមត្រូវ" in home.get(f"/km/my/changes/requests/{request.reference}/").content.decode()


def test_an_official_may_not_decide_what_they_entered(home, laptop, second_laptop):
    head = Person.objects.get(given_name="សុខា")
    laptop.post("/km/counter/", {"person": head.spid})
    laptop.post("/km/counter/open/", {"reason": "check", "agree": "on"})
    request = baby(laptop)
    path = f"/km/counter/changes/{request.reference}/"
    assert "<textarea" not in laptop.get(path).content.decode()
    decision = {"decision": "approve", "note": "", "version": "1"}
    laptop.post(path, decision)
    request.refresh_from_db()
    assert request.state == "waiting"
    assert AuditEvent.objects.get(action="step_refused").subject_id == request.pk
    second_laptop.post(path, decision)
    request.refresh_from_db()
    assert request.state == "applied"


def test_another_commune_and_a_stranger_find_nothing(home, other_laptop, areas):
    request = baby(home)
    assert other_laptop.get(f"/km/counter/changes/{request.reference}/").status_code == 404
    assert request.reference not in other_laptop.get("/km/counter/changes/").content.decode()


def test_what_is_asked_for_stands_first_on_the_home_until_it_is_decided(home, laptop):
    request = baby(home)
    address = f"/km/my/changes/requests/{request.reference}/"
    assert address not in home.get("/km/my/").content.decode()
    for decision, note in (("ask_more", "សំបុត្រកំណើត"), ("approve", "")):
        request.refresh_from_db()
        answers = {"decision": decision, "note": note, "version": request.version}
        laptop.post(f"/km/counter/changes/{request.reference}/", answers)
        assert (address in home.get("/km/my/").content.decode()) == (decision == "ask_more")


def test_answers_that_changed_since_they_were_shown_are_shown_again(home):
    tell_address = "/en/my/changes/address/address/"
    home.post(tell_address, {"address": "house 12"})
    check = "/en/my/changes/address/check/"
    shown = shown_on(home, check)
    home.post(tell_address, {"address": "house 13"})
    page = home.post(check, shown).content.decode()
    assert "house 13" in page
    assert "the answers may have changed since they were shown." in page
    assert not ChangeRequest.objects.exists()
