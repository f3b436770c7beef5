"""The pages to agree and of a pending phone: plain forms that state the facts, in both languages."""

import pytest

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import AssistedSession, PhoneChallenge, User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.notifications.sms_templates import render
from registry.models import ChangeRequest, Draft, Membership, Person, PhoneReplacement
from registry.registration.drafts import save_draft
from tests.registry.cast import MALY_PHONE, OWN_SIM, official
from tests.registry.changes.cast import about, ask, joining, press
from tests.registry.pages import HEAD, Family, begin_household, confirm
from tests.registry.phones.replacements.test_replacements import request_replacement
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


def text(client, path: str, data=None) -> str:
    answer = client.post(path, data) if data is not None else client.get(path)
    return answer.content.decode()


def code_in(client) -> str:
    return codes.code_of(PhoneChallenge.objects.get(pk=client.session["move"]["challenge"]))


@pytest.fixture
def move(family_of_one, maly, sokha):
    return ask(sokha, "joins", **joining(maly))


@pytest.fixture
def maly_at_home(maly):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    return browser(maly.account)


@pytest.fixture
def waiting(family_of_one, sokha, commune_clerk):
    return request_replacement(commune_clerk, sokha.person)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "waits for the person who moves"), ("km", "រង់ចាំអ្នកដែលត្រូវប្តូរ")]
)
def test_a_request_says_for_whom_it_waits(move, sokha, commune_clerk, language, words):
    assert words in text(browser(sokha), f"/{language}/my/changes/requests/{move.reference}/")
    assert words in text(browser(commune_clerk), f"/{language}/counter/changes/{move.reference}/")


def test_without_a_phone_it_waits_for_the_old_commune(
    family_of_one, phoneless, sokha, commune_clerk, other_clerk
):
    ask(sokha, "joins", **joining(phoneless))
    for clerk, words in ((commune_clerk, "waits for the person"), (other_clerk, "waits for the old commune")):
        assert words in text(browser(clerk), "/en/counter/changes/")


def test_who_asked_cannot_tell_whether_an_spid_fits_anybody(family_of_one, sokha, move, maly):
    """The same answer whether number and birth date match or not."""
    unfit = joining(maly) | {"birth": {"born": "1999-01-01"}}
    other = ask(sokha, "joins", **unfit)
    assert (move.mover, other.mover) == (maly, None)
    pages = [
        text(browser(sokha), f"/en/my/changes/requests/{one.reference}/").replace(one.reference, "")
        for one in (move, other)
    ]
    assert ["waits for the person who moves" in page for page in pages] == [True, True]
    assert ["they are asked first" in page for page in pages] == [True, True]


def test_the_mover_says_yes_at_home(move, maly_at_home, maly):
    page = f"/en/my/moves/{move.reference}/"
    assert page in text(maly_at_home, "/en/my/")
    assert "Nobody moves you without your yes" in text(maly_at_home, page)
    assert press(maly_at_home, page, "yes").url == f"{page}code/"
    assert maly_at_home.post(f"{page}code/", {"code": code_in(maly_at_home)}).url == "/en/my/"
    move.refresh_from_db()
    assert (move.confirmation, move.confirmed_by) == ("phone", maly.account)


def test_the_mover_says_no_at_home(move, maly_at_home):
    maly_at_home.post(f"/en/my/moves/{move.reference}/", {"no": "1"})
    assert ChangeRequest.objects.get().state == "refused"


def test_the_mover_says_yes_at_the_counter(move, commune_clerk):
    client, page = browser(commune_clerk), f"/en/counter/moves/{move.reference}/"
    assert page in text(client, f"/en/counter/changes/{move.reference}/")
    assert press(client, page, "send").url == f"{page}code/"
    assert client.post(f"{page}code/", {"code": code_in(client)}).url == page
    assert ChangeRequest.objects.get().confirmation == "phone"


def test_a_code_asked_for_one_request_is_no_yes_to_another(family_of_one, move, rith, sokha, commune_clerk):
    second = ask(sokha, "joins", **joining(rith))
    client = browser(commune_clerk)
    press(client, f"/en/counter/moves/{move.reference}/", "send")
    code = code_in(client)
    client.post(f"/en/counter/moves/{second.reference}/code/", {"code": code})
    second.refresh_from_db()
    assert not second.confirmation


def test_a_code_sent_for_one_request_is_none_where_another_sends_right_after(
    family_of_one, move, maly, sokha, commune_clerk
):
    """Within a minute no second message is sent; the first one names the first request and opens it alone."""
    second = ask(
        sokha, "marriage", living={"living": "here"}, **joining(maly, "spouse"), who=about(sokha.person)
    )
    client = browser(commune_clerk)
    press(client, f"/en/counter/moves/{move.reference}/", "send")
    code, challenge = code_in(client), PhoneChallenge.objects.get()
    assert move.reference in render("sign_in_code", {"challenge": str(challenge.pk)}, "km")
    press(client, f"/en/counter/moves/{second.reference}/", "send")
    client.post(f"/en/counter/moves/{second.reference}/code/", {"code": code})
    second.refresh_from_db()
    assert not second.confirmation


def test_the_old_commune_answers_on_its_page(family_of_one, phoneless, sokha, other_clerk):
    move = ask(sokha, "joins", **joining(phoneless))
    client, page = browser(other_clerk), f"/en/counter/moves/{move.reference}/"
    assert page in text(client, "/en/counter/changes/")
    assert "Write a note" in text(client, page, {"answer": "no", "note": ""})
    assert press(client, page, "go", answer="yes", note="").url == "/en/counter/changes/"
    assert ChangeRequest.objects.get().confirmation == "old_commune"


def test_pages_of_a_move_open_to_nobody_else(move, areas, sokha):
    stranger = browser(official("clerk.kantueu", "020101"))
    assert stranger.get(f"/en/counter/moves/{move.reference}/").status_code == 404
    assert browser(sokha).get(f"/en/my/moves/{move.reference}/").status_code == 404


def test_who_confirms_sees_whom_and_says_what_was_checked(waiting, second_clerk, sokha):
    client, page = browser(second_clerk), f"/en/counter/phones/{waiting.reference}/"
    assert waiting.reference in text(client, "/en/counter/phones/")
    assert sokha.person.spid_grouped in text(client, page)
    assert "Compare the document" in text(client, page, {"document": "passport"})
    assert client.post(page, {"document": "passport", "checked": "on"}).status_code == 302
    assert PhoneReplacement.objects.get().state == "applied"
    assert AuditEvent.objects.filter(action="view", actor=second_clerk, reason="account").exists()


def test_another_office_sees_no_name_and_stops_it(waiting, areas, sokha):
    client = browser(official("clerk.kantueu", "020101"))
    page = client.post("/en/counter/phones/", {"reference": waiting.reference.lower()}).url
    shown = text(client, page)
    assert sokha.person.spid_grouped not in shown
    assert 'name="document"' not in shown
    assert f"{page}stop/" in shown
    client.post(f"{page}stop/", {"document": "passport", "checked": "on", "here": "on"})
    assert PhoneReplacement.objects.get().state == "stopped"


def test_an_unknown_reference_is_said_to_be_one(commune_clerk, areas):
    assert "no such reference" in text(browser(commune_clerk), "/en/counter/phones/", {"reference": "P-1"})


@pytest.mark.parametrize("language", ["en", "km"])
def test_while_it_waits_the_counter_leads_to_it(waiting, commune_clerk, language):
    page = f"/{language}/counter/phones/{waiting.reference}/"
    assert browser(commune_clerk).get(f"/{language}/counter/lost-phone/").url == page


def test_the_old_phones_sign_in_shows_it(maly, other_clerk):
    """Also where the holder of the number on record has no account."""
    AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="account", consent_text="x"
    )
    PhoneReplacement.objects.create(
        reference="P-0000-0000", person=maly, phone=OWN_SIM, notified_phones=[MALY_PHONE],
        asked_by=other_clerk, reason="first", document="passport", due_at="2026-12-30T00:00Z",
    )  # fmt: skip
    holder = browser(User.objects.create_citizen(phone=MALY_PHONE))
    assert "/en/my/phones/P-0000-0000/" in text(holder, "/en/my/")
    assert holder.get("/en/my/phones/P-0000-0000/").status_code == 200
    stranger = browser(User.objects.create_citizen(phone="+85516444555"))
    assert stranger.get("/en/my/phones/P-0000-0000/").status_code == 404


def _it_is_this_one(family: Family, known: Person) -> None:
    """The SPID then stands as their document."""
    family.post("alike", {"alike_is": known.spid}, 1)
    family.post("phone", HEAD["phone"], 1)


def _none_but_shows_the_card(family: Family, known: Person) -> None:
    """What was said of the names does not keep the card from naming its holder."""
    family.post("alike", {"alike_is": "none"}, 1)
    family.post("document", HEAD["document"], 1)
    family.post("phone", HEAD["phone"], 1)


@pytest.mark.parametrize("answer", [_it_is_this_one, _none_but_shows_the_card])
def test_a_registration_with_a_known_document_asks_for_the_yes(areas, operators, commune_clerk, answer):
    client = browser(commune_clerk)
    _registered(client)
    known = Person.objects.get()
    Membership.objects.update(ended_on="2026-11-01")
    client.post("/en/counter/end/")
    begin_household(client, "en")
    family = Family(client, "en")
    family.post("consent", HEAD["consent"])
    for step in ("name", "sex", "birth"):
        asked = family.post(step, HEAD[step], 1)
    assert asked.url == "/en/register/member/1/alike/"
    answer(family, known)
    family.post("place", HEAD["place"], query="?in=010201")
    page = family.finish()
    assert page.url == "/en/register/yes/"
    press(client, page.url, "send")
    assert PhoneChallenge.objects.get().phone == known.phone
    assert "a code is on its way" in text(client, page.url)
    assert client.post(page.url, {"code": code_in(client)}).url == "/en/register/check/"
    assert confirm(client, "/en/register/check/").url == "/en/registered/"
    assert known.memberships.filter(ended_on=None).count() == 1


def _registered(client):
    begin_household(client, "en")
    return Family(client, "en").register()


def test_who_leaves_at_the_counter_is_asked_by_their_phone(maly, other_clerk):
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="x", consent_text="x"
    )
    move = ask(
        other_clerk,
        "leaves",
        assisted_session=assisted_session,
        who=about(maly),
        where={"where": "elsewhere"},
    )
    page = text(browser(other_clerk), f"/en/my/changes/requests/{move.reference}/")
    assert f"/en/counter/moves/{move.reference}/" in page


@pytest.mark.parametrize("fits", [True, False])
def test_the_asking_commune_reads_nothing_of_whom_an_spid_names(
    family_of_one, maly, sokha, commune_clerk, fits
):
    answers = joining(maly)
    if not fits:
        answers["birth"] = {"born": "1991-01-01"}
    request = ask(sokha, "joins", **answers)
    answer = browser(commune_clerk).get(f"/en/counter/moves/{request.reference}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert maly.given_name not in page
    assert maly.spid_grouped not in page
    assert "waits for the person who moves" in page
    assert "send the code" in page


def test_to_send_a_code_looks_the_same_whether_or_not_anybody_fits(family_of_one, maly, sokha, commune_clerk):
    wrong = joining(maly) | {"birth": {"born": "1991-01-01"}}
    pages = []
    for answers in (joining(maly), wrong):
        request = ask(sokha, "joins", **answers)
        sent = press(browser(commune_clerk), f"/en/counter/moves/{request.reference}/", "send", follow=True)
        pages.append((sent.status_code, sent.content.decode().replace(request.reference, "")))
    assert [status for status, _page in pages] == [200, 200]
    assert all(maly.given_name not in page for _status, page in pages)


def test_the_old_commune_reads_whom_it_answers_for(move, maly, other_clerk):
    assert maly.given_name in text(browser(other_clerk), f"/en/counter/moves/{move.reference}/")


# --- whose phone a page of the counter is about


def test_who_confirms_finds_the_person_by_name_and_commune(waiting, district, sokha):
    """At the district nobody has the reference at hand, and forty may be pending."""
    shown = text(browser(district), "/en/counter/phones/")
    assert sokha.person.family_name in shown
    assert sokha.person.village.parent.name in shown
    assert AuditEvent.objects.filter(action="listed", actor=district, subject_id=sokha.person.pk).exists()


def test_an_official_of_another_district_reads_no_names(waiting, areas, sokha):
    shown = text(browser(official("clerk.kantueu", "020101")), "/en/counter/phones/")
    assert waiting.reference not in shown


@pytest.mark.parametrize(("language", "words"), [("en", "not of your open case"), ("km", "មិនមែនរបស់ករណី")])
def test_the_open_assisted_session_is_not_taken_for_the_phone_that_is_shown(
    waiting, maly, district, language, words
):
    AssistedSession.objects.create(official=district, subject_id=maly.pk, reason="account", consent_text="x")
    page = text(browser(district), f"/{language}/counter/phones/{waiting.reference}/")
    assert words in page
    assert "You are acting for:" not in page


@pytest.mark.parametrize("page", ["counter/moves/{}/", "counter/moves/{}/code/", "counter/changes/{}/"])
def test_the_open_assisted_session_is_not_taken_for_whom_a_request_is_about(
    move, other_clerk, commune_clerk, page
):
    """For every page of the counter that is opened by a reference, whatever assisted session is open."""
    who = commune_clerk if "changes" in page else other_clerk
    AssistedSession.objects.create(official=who, reason="account", consent_text="x")
    client = browser(who)
    press(client, f"/en/counter/moves/{move.reference}/", "send")
    shown = text(client, "/en/" + page.format(move.reference))
    assert "not of your open case" in shown
    assert "You are registering a new household." not in shown


def test_of_the_own_assisted_session_it_says_for_whom(waiting, sokha, commune_clerk):
    page = text(browser(commune_clerk), f"/en/counter/phones/{waiting.reference}/")
    assert "You are acting for:" in page
    assert "not of your open case" not in page


@pytest.mark.parametrize("phones", [[], [MALY_PHONE]])
def test_that_phones_were_told_is_said_only_where_they_were(waiting, district, phones):
    PhoneReplacement.objects.update(notified_phones=phones)
    page = text(browser(district), f"/en/counter/phones/{waiting.reference}/")
    assert ("The phones on record were told." in page) == bool(phones)
    assert ("so nobody was told" in page) != bool(phones)


@pytest.mark.parametrize(("language", "words"), [("en", "Delete the answers"), ("km", "លុបចម្លើយ")])
def test_a_citizen_deletes_a_registration_that_was_begun(db, language, words):
    holder = User.objects.create_citizen(phone=OWN_SIM)
    save_draft(owner=holder, assisted_session=None, answers={"members": [{"id": 1, "given_name": "ម៉ាលី"}]})
    client = browser(holder)
    assert words in text(client, f"/{language}/my/")
    client.post(f"/{language}/my/", {"forget": "1"})
    assert not Draft.objects.exists()
