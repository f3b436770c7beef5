"""What the mover reads about a move, from the request until the decision; and what the counter reads."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.changes import services
from registry.models import ChangeRequest, KeySetup
from tests.registry.cast import MALY_PHONE
from tests.registry.changes.cast import about, agree, ask, decide, joining, press
from tests.registry.changes.moves.test_moves import say_yes
from tests.registry.phones.test_pages import text
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
TOLD = {
    "en": ("less than 30 days ago", "at the office of the commune or sangkat where you live now"),
    "km": ("មិនទាន់គ្រប់ 30 ថ្ងៃ", "ការិយាល័យឃុំ/សង្កាត់ដែលអ្នករស់នៅសព្វថ្ងៃ"),
}


@pytest.fixture
def move(family_of_one, maly, sokha):
    return ask(sokha, "joins", **joining(maly))


@pytest.fixture
def maly_at_home(maly):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    return browser(maly.account)


def page_of(request: ChangeRequest, language: str = "en") -> str:
    return f"/{language}/my/moves/{request.reference}/"


@pytest.mark.parametrize("language", ["en", "km"])
def test_an_account_set_up_lately_reads_why_it_cannot_say_yes_and_who_can(
    family_of_one, phoneless, sokha, other_clerk, language
):
    phoneless.account = User.objects.create_citizen(phone="+85516000009")
    phoneless.save(update_fields=["account"])
    KeySetup.objects.create(
        person=phoneless, kind="account", official=other_clerk, at=timezone.now() - timedelta(days=2)
    )
    move = ask(sokha, "joins", **joining(phoneless))
    html = " ".join(text(browser(phoneless.account), page_of(move, language)).split())
    assert all(words in html for words in TOLD[language])
    assert 'name="yes"' not in html
    assert "we send a code" not in html
    assert "has no phone on record" not in html


@pytest.mark.parametrize("language", ["en", "km"])
@pytest.mark.parametrize("how", ["phone", "old_commune"])
def test_after_the_yes_the_mover_still_sees_it_and_takes_the_yes_back(
    move, maly, maly_at_home, language, how
):
    ChangeRequest.objects.filter(pk=move.pk).update(confirmation=how, confirmed_at=timezone.now())
    assert page_of(move, language) in text(maly_at_home, f"/{language}/my/")
    html = text(maly_at_home, page_of(move, language))
    assert {"en": "I changed my mind", "km": "ខ្ញុំប្តូរចិត្ត"}[language] in html
    assert 'name="yes"' not in html
    maly_at_home.post(page_of(move, language), {"no": "1"})
    move.refresh_from_db()
    assert (move.state, move.decided_by) == ("refused", maly.account)


def test_after_the_yes_of_the_head_for_a_child_the_head_takes_it_back(family_of_one, rith, sokha):
    move = ask(sokha, "joins", **joining(rith))
    head = User.objects.get(phone="+85512777000")
    say_yes(move, head, head.phone)
    browser(head).post(page_of(move), {"no": "1"})
    move.refresh_from_db()
    assert move.state == "refused"


def test_once_decided_the_page_says_so_to_the_mover_alone(move, maly, maly_at_home, commune_clerk):
    say_yes(move, maly.account)
    move.refresh_from_db()
    decide(move, commune_clerk)
    html = text(maly_at_home, page_of(move))
    assert "The move was made" in html
    assert 'name="no"' not in html
    head = User.objects.get(phone="+85512777000")
    assert browser(head).get(page_of(move)).status_code == 404


ENDS = {
    "no": ("You said no.", "អ្នកមិនយល់ព្រម"),
    "withdraw": ("took it back", "បានដកវិញ"),
    "refuse": ("It was refused", "ត្រូវបានបដិសេធ"),
}


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("language", ["en", "km"])
def test_what_became_of_it_stands_at_its_address(move, maly_at_home, sokha, commune_clerk, how, language):
    match how:
        case "no":
            maly_at_home.post(page_of(move), {"no": "1"})
        case "withdraw":
            services.withdraw_change(request=move, actor=sokha, assisted_session=None)
        case "refuse":
            decide(move, commune_clerk, "refuse", "មិនមែនទេ")
    assert ENDS[how][("en", "km").index(language)] in text(maly_at_home, page_of(move, language))
    assert maly_at_home.get(f"{page_of(move, language)}code/").url == page_of(move, language)


def test_whoever_said_no_for_a_child_reads_it_too(family_of_one, rith, sokha):
    move = ask(sokha, "joins", **joining(rith))
    head = browser(User.objects.get(phone="+85512777000"))
    head.post(page_of(move), {"no": "1"})
    assert "You said no" in text(head, page_of(move))


def test_what_one_asked_for_oneself_is_no_move_to_answer(maly, maly_at_home):
    own = ask(maly.account, "leaves", who=about(maly), where={"where": "elsewhere"})
    assert own.confirmation == "own"
    assert maly_at_home.get(page_of(own)).status_code == 404


@pytest.mark.parametrize(
    ("language", "label", "words"),
    [("en", "Change", "Moves into this household"), ("km", "ការផ្លាស់ប្តូរ", "ប្តូរចូលគ្រួសារនេះ")],
)
def test_the_mover_reads_what_happens_to_them_not_the_askers_sentence(
    move, maly_at_home, language, label, words
):
    html = text(maly_at_home, page_of(move, language))
    assert f"<dt>{label}</dt>" in html
    assert words in html
    assert "Somebody moved in with us" not in html
    assert "មានអ្នកមករស់នៅជាមួយយើង" not in html


def test_who_is_put_out_reads_that_they_move_out(maly, maly_at_home):
    head = User.objects.get(phone="+85512777000")
    out = ask(head, "leaves", who=about(maly), where={"where": "elsewhere"})
    assert "Moves out of this household" in text(maly_at_home, page_of(out))


def test_no_page_of_a_request_calls_it_a_correction(move, sokha, commune_clerk):
    """In Khmer the link "Change" and the noun are two different words."""
    for client, page in (
        (browser(sokha), f"/km/my/changes/requests/{move.reference}/"),
        (browser(commune_clerk), f"/km/counter/changes/{move.reference}/"),
    ):
        assert f'ការផ្លាស់ប្តូរ <span class="reference">{move.reference}' in text(client, page)


@pytest.mark.parametrize("language", ["en", "km"])
def test_ones_own_yes_is_said_in_ones_own_words(move, maly_at_home, language):
    press(maly_at_home, page_of(move, language), "yes")
    html = text(maly_at_home, f"{page_of(move, language)}code/")
    assert {"en": "Yes, I move", "km": "យល់ព្រម ខ្ញុំប្តូរ"}[language] in html


def test_for_a_child_and_at_the_counter_it_is_the_person_who_moves(family_of_one, rith, sokha, commune_clerk):
    move = ask(sokha, "joins", **joining(rith))
    head = browser(User.objects.get(phone="+85512777000"))
    press(head, page_of(move), "yes")
    assert "Yes, the person moves" in text(head, f"{page_of(move)}code/")


@pytest.mark.parametrize("language", ["en", "km"])
@pytest.mark.parametrize("fits", [True, False])
def test_where_nobody_may_know_the_code_page_says_who_answers_without_one(
    family_of_one, maly, sokha, commune_clerk, language, fits
):
    wrong = {} if fits else {"birth": {"born": "1991-01-01"}}
    move = ask(sokha, "joins", **joining(maly) | wrong)
    client = browser(commune_clerk)
    press(client, f"/{language}/counter/moves/{move.reference}/", "send")
    html = text(client, f"/{language}/counter/moves/{move.reference}/code/")
    assert {"en": "No message? Then the commune where they live", "km": "គ្មានសារ?"}[language] in html


def test_the_old_commune_may_have_said_yes_and_the_mover_keeps_the_page(
    family_of_one, phoneless, sokha, other_clerk, steward
):
    phoneless.account = User.objects.create_citizen(phone="+85516000009")
    phoneless.save(update_fields=["account"])
    KeySetup.objects.create(person=phoneless, kind="account", official=other_clerk)
    move = ask(sokha, "joins", **joining(phoneless))
    agree(move, steward)
    assert "I changed my mind" in text(browser(phoneless.account), page_of(move))


def test_an_spid_is_read_in_groups_wherever_it_is_told_back(move, maly, sokha, commune_clerk):
    for client, page in (
        (browser(sokha), f"/en/my/changes/requests/{move.reference}/"),
        (browser(commune_clerk), f"/en/counter/changes/{move.reference}/"),
    ):
        html = text(client, page)
        assert maly.spid_grouped in html
        assert maly.spid not in html
