"""The page "What can I get?": without an account, and nothing is stored."""

import re
from urllib.parse import urlencode

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client

from dsp_platform.wizard.questions import Key
from registry.facts.table import FACTS
from registry.models import Programme
from registry.programmes.check_bounds import bounds
from registry.programmes.check_wizard import CheckWizard, seal
from tests.roles import as_owner

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'name="(answers|question)" value="([^"]*)"')


class Visitor:
    """Goes from page to page, as a browser without scripts and cookies would."""

    def __init__(self, language="en"):
        self.client = Client(enforce_csrf_checks=True)
        self.path = f"/{language}/check/"
        self.page = ""

    def post(self, **typed):
        hidden = dict(HIDDEN.findall(self.page))
        answer = self.client.post(self.path, {**hidden, **typed})
        assert answer.status_code == 200
        self.page = answer.content.decode()
        assert not answer.cookies
        return self

    def tell(self, answer):
        return self.post(answer=answer)

    @property
    def asked(self):
        return dict(HIDDEN.findall(self.page)).get("question")

    def group(self, heading):
        """The names of the programmes below one heading of the result."""
        section = self.page.partition(f'id="{heading}"')[2].partition("</section>")[0]
        return re.findall(r"<h3><a[^>]*>([^<]*)</a>", section)


@pytest.fixture
def visitor():
    return Visitor()


@pytest.fixture
def catalogue(operators, areas):
    rules = {
        "Package": 'poverty_level in ["level1", "level2"]',
        "Elders": "age >= 60",
        "Mothers": "pregnant && age >= 18",
        "Closed": "studying",
    }
    for place, (name, rule) in enumerate(rules.items()):
        with as_owner():
            Programme.objects.create(
                code=name.lower(), operator=operators["nssf"], name_en=name, name_km=f"កម្មវិធី {place}",
                rule=rule, position=place, state="closed" if name == "Closed" else "open",
            )  # fmt: skip


def rows():
    """The number of rows of each table, and every key of Redis."""
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts, sorted(redis.Redis.from_url(settings.REDIS_URL).keys())


def walk(visitor, *answers):
    visitor.post()
    for answer in answers:
        visitor.tell(answer)
    return visitor


def test_the_whole_way_writes_nothing_anywhere(visitor, catalogue):
    before = rows()
    visitor.page = visitor.client.get("/en/check/").content.decode()
    walk(visitor, "me", "30", "female", "yes", "level1")
    assert visitor.group("likely") == ["Package", "Mothers"]
    assert visitor.group("unlikely") == ["Elders"]
    assert rows() == before
    assert not visitor.client.cookies


def test_the_result_promises_to_apply_only_where_applications_are_taken(catalogue):
    words = {"km": "បើកម្មវិធីកំពុងទទួលពាក្យស្នើសុំ", "en": "Where a programme takes applications now"}
    for language, only in words.items():
        page = walk(Visitor(language), "me", "30", "female", "yes", "level1").page
        assert only in page
        assert page.count("you may apply in any case") == (language == "en")


def test_no_answer_stands_in_an_address(visitor, catalogue):
    walk(visitor, "me", "30", "female", "yes", "level1")
    addresses = re.findall(r'(?:href|action|formaction)="([^"]*)"', visitor.page)
    assert not [address for address in addresses if "?" in address]
    asked = visitor.client.get(visitor.path + "?" + urlencode({"question": "age", "answer": "30"}))
    assert b'name="answers"' not in asked.content


def test_only_what_the_open_programmes_need_is_asked(visitor, catalogue):
    asked = []
    visitor.post()
    for answer in ("me", "30", "female", "no", "not_poor"):
        asked.append(visitor.asked)
        visitor.tell(answer)
    assert asked == ["whom", "age", "sex", "pregnant", "poverty_level"]
    assert visitor.asked is None


def test_what_no_longer_changes_anything_is_not_asked(visitor, catalogue):
    """A girl of 10 is too young for both, so her sex does not matter."""
    walk(visitor, "other", "10")
    assert visitor.asked == "poverty_level"


def test_a_man_is_not_asked_whether_he_is_pregnant(visitor, catalogue):
    assert walk(visitor, "me", "30", "male").asked == "poverty_level"


def test_i_do_not_know_is_an_answer_and_leads_back_to_the_question(visitor, catalogue):
    walk(visitor, "me", "30", "female", "unknown", "unknown")
    assert visitor.group("more") == ["Package", "Mothers"]
    assert "You have not told us whether you are pregnant." in visitor.page
    assert visitor.post(change="pregnant").asked == "pregnant"
    visitor.tell("yes")
    assert visitor.group("likely") == ["Mothers"]


def test_a_number_may_be_unknown_too(visitor, catalogue):
    walk(visitor, "me").post(unknown="1", answer="")
    assert visitor.asked == "sex"


def test_khmer_digits_are_numbers(visitor, catalogue):
    assert walk(visitor, "me", "៧០").asked == "poverty_level"


@pytest.mark.parametrize("typed", ["", "old", "-1", "126", "3.5", "９", "1" * 11, "\x00"])
def test_a_wrong_number_is_told_and_kept(visitor, catalogue, typed):
    walk(visitor, "me").tell(typed)
    assert visitor.asked == "age"
    assert 'href="#id_answer"' in visitor.page


def test_back_leads_through_the_answers_to_the_beginning(visitor, catalogue):
    walk(visitor, "me", "30", "female")
    assert visitor.post(back="1").asked == "sex"
    assert re.search(r'value="female"[^>]*checked', visitor.page)
    assert visitor.post(back="1").asked == "age"
    assert 'value="30"' in visitor.page
    assert visitor.post(back="1").asked == "whom"
    assert visitor.post(back="1").asked is None
    assert "Start" in visitor.page


def test_a_changed_answer_counts(visitor, catalogue):
    walk(visitor, "me", "30", "female", "no", "level1").post(change="age").tell("65")
    assert visitor.group("likely") == ["Package", "Elders"]


def test_the_language_switch_keeps_the_answers_and_what_was_typed(visitor, catalogue):
    walk(visitor, "me")
    visitor.path = "/km/check/"
    visitor.post(answer="abc", _switch="km")
    assert 'value="abc"' in visitor.page
    assert "តើអ្នកមានអាយុប៉ុន្មាន?" in visitor.page
    assert 'class="summary"' not in visitor.page
    assert visitor.tell("70").asked == "poverty_level"


def test_the_language_switch_keeps_the_result(visitor, catalogue):
    walk(visitor, "me", "70", "level1")
    visitor.path = "/km/check/"
    assert visitor.post(_switch="km").group("likely") == ["កម្មវិធី 0", "កម្មវិធី 1"]


def test_about_another_the_words_are_about_another(visitor, catalogue):
    walk(visitor, "other")
    assert "How old is this person?" in visitor.page
    visitor.tell("70").tell("level1")
    assert "This person is 60 or older." in visitor.page
    assert "You are" not in visitor.page


def test_answers_that_are_not_ours_begin_anew(visitor, catalogue):
    forged = seal({"whom": "me"})[:-1] + "x"
    assert visitor.post(answers=forged).asked == "whom"


@pytest.mark.parametrize("question", ["nothing", "answers", "age' OR 1=1"])
def test_a_question_that_is_none_asks_the_next_one(visitor, catalogue, question):
    assert visitor.post(question=question, answer="5").asked == "whom"


def test_every_fact_can_be_asked_and_shown(visitor, operators, areas):
    rule = " && ".join(
        ["age < 99", 'sex == "female"', "pregnant", "disability", "studying", "working", "is_head"]
        + ['poverty_level == "level1"', "household_size > 0", "children_under_2 > 0", "children_under_18 > 0"]
        + ["elders_60 > 0", "disabled_in_household > 0", 'province_code == "01"']
    )
    with as_owner():
        Programme.objects.create(
            code="all", operator=operators["nssf"], name_en="All", name_km="ទាំងអស់", state="open", rule=rule
        )
    walk(visitor, "me", "30", "female", *["yes"] * 5, "level1", "4", *["1"] * 4, "01")
    assert visitor.group("likely") == ["All"]
    assert "Banteay Meanchey" in visitor.page


@pytest.fixture
@as_owner()  # nobody else brings one that is open already
def assessment(operators):
    return Programme.objects.create(
        code="idpoor", operator=operators["idpoor"], name_en="Assessment", name_km="វាយតម្លៃ", state="open"
    )


def card_of(client, code):
    page = client.get(f"/en/programmes/{code}/").content.decode()
    return page.partition('aria-labelledby="verdict"')[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("rule", "tag", "way"),
    [
        ("working", "Tell us more", r"/en/my/changes/circumstances/who/\?about=\d+"),
        ('poverty_level == "level1"', "Not certain yet", "/en/programmes/idpoor/"),
        ("", "The operator decides", ""),
        ("true", "Likely", ""),
    ],
)
def test_a_programme_says_where_to_tell_what_is_missing(registering_family, assessment, rule, tag, way):
    registering_family.register()
    with as_owner():
        Programme.objects.create(
            code="one", operator=assessment.operator, name_en="One", name_km="មួយ", state="open", rule=rule
        )
    card = card_of(registering_family.client, "one")
    assert re.fullmatch(way, "".join(re.findall(r'href="([^"]*)"', card)))
    assert re.findall(r'class="tag[^"]*">([^<]*)<', card) == [tag]


def test_the_way_to_tell_leads_to_the_question_with_the_person_chosen(registering_family, assessment):
    registering_family.head()
    registering_family.child()
    registering_family.finish(2)
    with as_owner():
        Programme.objects.create(
            code="one", operator=assessment.operator, name_en="One", name_km="មួយ", state="open",
            rule="disabled_in_household > 0",
        )  # fmt: skip
    client = registering_family.client
    ways = re.findall(r'href="([^"]*about=\d+)"', card_of(client, "one"))
    persons = [client.get(way).context["form"].initial["person"] for way in ways]
    assert len(set(persons)) == 2
    for way, spid in zip(ways, persons, strict=True):
        asked = client.post(way, {"person": spid}, follow=True)
        assert "difficulty" in asked.context["form"].fields


def test_without_an_open_assessment_the_office_is_named(registering_family, operators):
    registering_family.register()
    with as_owner():
        Programme.objects.create(
            code="one", operator=operators["nssf"], name_en="One", name_km="មួយ", state="open",
            rule='poverty_level == "level1"',
        )  # fmt: skip
    card = card_of(registering_family.client, "one")
    assert "interview of IDPoor" in card
    assert "office" in card


def test_who_is_signed_in_is_not_told_to_register(catalogue, sokha):
    browser = Client()
    browser.force_login(sokha, "dsp_platform.accounts.sign_in.backends.PhoneBackend")
    page = browser.post("/en/check/").content.decode()
    while "question" in (hidden := dict(HIDDEN.findall(page))):
        page = browser.post("/en/check/", {**hidden, "unknown": "1"}).content.decode()
    assert "What you told" in page
    assert "to apply</a>" not in page
    assert 'class="button" href="/en/my/"' in page


def test_about_somebody_else_everything_is_asked_anew():
    answers = {"whom": "me", "age": 30, "sex": "female", "pregnant": True, "poverty_level": "level1"}
    wizard = CheckWizard(dict(answers))
    wizard.put(Key("whom"), {"answer": "me"})
    assert wizard.answers == answers
    wizard.put(Key("whom"), {"answer": "other"})
    assert wizard.answers == {"whom": "other", "poverty_level": "level1"}


@pytest.mark.parametrize(("name", "value"), [("age", 60), ("sex", "male"), ("age", None)])
def test_what_is_asked_by_age_and_sex_is_asked_anew_when_they_change(name, value):
    wizard = CheckWizard({"age": 30, "sex": "female", "pregnant": True})
    wizard.put(Key(name), {"answer": value})
    assert wizard.answers == {"age": 30, "sex": "female", name: value}


# --- numbers that agree with what was said before


@pytest.fixture
def families(catalogue, operators):
    rules = {"Babies": "children_under_2 > 0 && age < 18", "Children": "children_under_18 > 2"}
    for name, rule in rules.items():
        with as_owner():
            Programme.objects.create(
                code=name.lower(), operator=operators["nssf"], name_en=name, name_km=name, rule=rule,
                state="open",
            )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "By your other answers it is a number between 1 and"), ("km", "តាមចម្លើយផ្សេងទៀត")],
)
def test_whoever_asks_about_a_baby_has_a_child_in_the_household(families, language, words):
    visitor = walk(Visitor(language), "other", "1")
    while not visitor.asked.startswith("children"):
        visitor.post(unknown="yes")
    assert words in visitor.tell("0").page
    assert visitor.asked == "children_under_2"


def test_a_number_that_disagrees_with_a_changed_answer_is_asked_again():
    wizard = CheckWizard({"whom": "other", "age": 30, "children_under_2": 0, "children_under_18": 3})
    wizard.put(Key("age"), {"answer": 1})
    assert wizard.answers == {"whom": "other", "age": 1, "children_under_18": 3}
    wizard.put(Key("children_under_2"), {"answer": 4})
    assert "children_under_18" not in wizard.answers


def test_numbers_of_a_household_agree_with_each_other():
    for fact, answers, expected in (
        ("children_under_18", {"children_under_2": 2}, (2, 40)),
        ("children_under_18", {"household_size": 3, "age": 40}, (0, 2)),
        ("elders_60", {"household_size": 3, "children_under_18": 2}, (0, 1)),
        ("elders_60", {"age": 70, "household_size": 1}, (1, 1)),
        ("disabled_in_household", {"disability": True, "household_size": 4}, (1, 4)),
        ("disabled_in_household", {"disability": None}, (0, 40)),
    ):
        assert bounds(FACTS[fact], answers) == expected
