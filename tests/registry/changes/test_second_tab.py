"""A page that was opened before something changed in another tab."""

import re

import pytest

from registry.changes.kinds import KINDS
from registry.models import ChangeDraft, ChangeRequest, Membership
from tests.registry.changes.cast import about
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
ASKED_WITH = re.compile('name="asked_with" value="([0-9a-f]+)"')
DIED = {"died_day": "20", "died_month": "11", "died_year": "2026"}
SAID = {
    "en": "Your answer was not saved yet: something before it was changed in another window.",
    "km": "ចម្លើយរបស់អ្នកមិនទាន់ត្រូវបានរក្សាទុកទេ",
}


@pytest.fixture
def death(heng, maly):
    """In one tab it is asked when Maly died."""

    def page(language: str):
        client, root = browser(heng), f"/{language}/my/changes/death"
        client.post(f"{root}/who/", about(maly))
        shown = ASKED_WITH.search(client.get(f"{root}/died/").content.decode())
        return client, root, {**DIED, "asked_with": shown[1]}

    return page


@pytest.mark.parametrize("language", ["en", "km"])
def test_a_date_told_of_one_member_is_not_taken_for_another(death, rith, language):
    client, root, typed = death(language)
    client.post(f"{root}/who/", about(rith))  # in the other tab
    answer = client.post(f"{root}/died/", typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert SAID[language] in page
    assert rith.name in page
    assert 'value="20"' in page  # what was typed is not lost
    assert "died" not in ChangeDraft.objects.get().answers
    typed["asked_with"] = ASKED_WITH.search(page)[1]
    assert client.post(f"{root}/died/", typed).status_code == 302
    assert ChangeDraft.objects.get().answers["died"]


def test_the_same_page_sent_twice_or_after_going_back_is_taken(death):
    client, root, typed = death("en")
    for day in ("20", "20", "21"):
        assert client.post(f"{root}/died/", {**typed, "died_day": day}).status_code == 302
    assert ChangeDraft.objects.get().answers["died"] == {"died": "2026-11-21"}


def test_an_answer_without_those_before_it_says_so(death):
    client, root, typed = death("en")
    ChangeDraft.objects.all().delete()
    page = client.post(f"{root}/died/", typed, follow=True)
    assert page.redirect_chain[-1][0] == f"{root}/who/"
    assert "Your last answer was not saved" in page.content.decode()


def test_a_checked_death_is_shown_again_where_another_was_chosen_or_the_household_changed(death, maly, rith):
    client, root, typed = death("en")
    client.post(f"{root}/died/", typed)
    shown = re.search('name="shown" value="([0-9a-f]+)"', client.get(f"{root}/check/").content.decode())[1]
    Membership.objects.filter(person=rith).update(relationship="grandchild")
    assert "Nothing was sent" in client.post(f"{root}/check/", {"shown": shown}).content.decode()
    client.post(f"{root}/who/", about(rith))
    assert client.post(f"{root}/check/", {"shown": shown}).status_code == 302  # the date is asked for anew
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize("kind", [code for code, kind in KINDS.items() if not kind.step_up])
def test_every_question_says_with_what_it_was_asked(heng, kind):
    client = browser(heng)
    first = client.get(client.get(f"/en/my/changes/{kind}/").context["first"]).content.decode()
    assert first.count('id="main"') == len(ASKED_WITH.findall(first))
