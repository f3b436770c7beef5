"""One steward drafts the questions of a programme, two publish them; what was published never changes."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from dsp_platform.approval.errors import NothingChanges, SamePerson
from dsp_platform.approval.services import approve
from registry.models import QuestionsVersion
from registry.programmes.questions.conditions import asked_for
from registry.programmes.questions.definition import asked_of, draft_of, version_of
from registry.programmes.questions.services import (
    move_question,
    propose_questions,
    remove_question,
    save_question,
    with_codes,
)
from tests.registry.programmes.questions.cast import house_and_rent, publish, titles, write

pytestmark = pytest.mark.django_db


def test_a_draft_is_asked_of_nobody(family_package, steward):
    write(family_package, steward)
    assert version_of(family_package) is None


def test_two_stewards_publish(family_package, steward, second_steward):
    house_and_rent(family_package, steward)
    held = publish(family_package, steward, second_steward)
    assert (held.number, [one["title_en"] for one in held.questions]) == (
        1,
        ["Whose is the house?", "Rent in a month"],
    )


def test_who_proposed_cannot_agree(family_package, steward, second_steward):
    write(family_package, steward)
    proposal = propose_questions(programme=family_package, actor=steward, reason="law")
    with pytest.raises(SamePerson):
        approve(proposal=proposal, actor=steward, digest=proposal.digest)


def test_the_next_version_leaves_the_first_as_it_was(family_package, steward, second_steward):
    question = write(family_package, steward)
    first = publish(family_package, steward, second_steward)
    question.title_en = "Which school?"
    save_question(question=question, actor=steward)
    second = publish(family_package, steward, second_steward)
    first.refresh_from_db()
    assert [one.questions[0]["title_en"] for one in (first, second)] == [
        "Name of the school",
        "Which school?",
    ]
    assert second.number == 2


def test_nothing_is_published_twice(family_package, steward, second_steward):
    write(family_package, steward)
    publish(family_package, steward, second_steward)
    with pytest.raises(NothingChanges):
        propose_questions(programme=family_package, actor=steward, reason="again")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_questionsversion SET questions = '[]'",
        "DELETE FROM registry_questionsversion",
        "INSERT INTO registry_questionsversion (programme_id, number, questions, holds_from)"
        " SELECT programme_id, number + 1, '[]', now() FROM registry_questionsversion",
    ],
)
def test_nobody_writes_a_version_by_hand(family_package, steward, second_steward, statement):
    write(family_package, steward)
    publish(family_package, steward, second_steward)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert QuestionsVersion.objects.count() == 1


def test_the_last_question_can_be_taken_away_again(family_package, steward, second_steward):
    question = write(family_package, steward)
    publish(family_package, steward, second_steward)
    remove_question(question=question, actor=steward)
    proposal = propose_questions(programme=family_package, actor=steward, reason="not needed")
    approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    assert version_of(family_package) is None


def test_what_a_condition_needs_stands_before_it(family_package, steward):
    house, rent = house_and_rent(family_package, steward)
    with pytest.raises(ValidationError, match="ថ្លៃជួលក្នុងមួយខែ"), transaction.atomic():
        move_question(question=rent, up=True, actor=steward)
    house.choices = [{"code": "c1", "km": "ក", "en": "a"}, {"code": "c3", "km": "ខ", "en": "b"}]
    with pytest.raises(ValidationError, match="ថ្លៃជួលក្នុងមួយខែ"), transaction.atomic():
        save_question(question=house, actor=steward)
    with pytest.raises(ValidationError, match="ថ្លៃជួលក្នុងមួយខែ"), transaction.atomic():
        remove_question(question=house, actor=steward)
    assert titles(family_package) == ["Whose is the house?", "Rent in a month"]


def test_questions_are_put_in_order(family_package, steward):
    write(family_package, steward, title_en="First")
    second = write(family_package, steward, title_en="Second")
    move_question(question=second, up=True, actor=steward)
    move_question(question=second, up=True, actor=steward)
    assert titles(family_package) == ["Second", "First"]


def test_a_question_is_asked_only_where_its_rule_is_surely_met(family_package, steward):
    house, rent = house_and_rent(family_package, steward)
    old = write(family_package, steward, condition=f"age >= 60 || q{rent.pk} >= 400000")
    asked = draft_of(family_package)

    def names(facts, **answers):
        return [int(one.name[1:]) for one in asked_for(asked, facts, answers)]

    assert names({"age": 30}) == [house.pk]
    assert names({"age": None}, **{f"q{house.pk}": "c1"}) == [house.pk]
    assert names({"age": 30}, **{f"q{house.pk}": "c2"}) == [house.pk, rent.pk]
    assert names({"age": 70}) == [house.pk, old.pk]
    both = {f"q{house.pk}": "c2", f"q{rent.pk}": 500_000}
    assert names({"age": 30}, **both) == [house.pk, rent.pk, old.pk]
    # An answer that is not asked for any more does not count.
    assert names({"age": 30}, **{**both, f"q{house.pk}": "c1"}) == [house.pk]


def test_a_question_of_the_bank_brings_its_words(family_package, steward, second_steward):
    shared = write(None, steward, title_en="Which bank?", title_km="ធនាគារណា?")
    write(family_package, steward, shared=shared, title_en="", title_km="")
    one = asked_of(publish(family_package, steward, second_steward).questions)[0]
    assert (one.title_en, one.shared) == ("Which bank?", shared.pk)
    with pytest.raises(ValidationError):
        remove_question(question=shared, actor=steward)


def test_a_choice_keeps_its_code():
    before = with_codes(["ក", "ខ"], ["a", "b"], [])
    assert [one["code"] for one in before] == ["c1", "c2"]
    turned = with_codes(["ខ", "ក"], ["b", "a"], before)
    assert [one["code"] for one in turned] == ["c2", "c1"]
    corrected = with_codes(["ក", "ខ"], ["a", "bb"], before)
    assert [(one["code"], one["en"]) for one in corrected] == [("c1", "a"), ("c2", "bb")]
    other = with_codes(["ក", "គ"], ["a", "c"], before)
    assert [one["code"] for one in other] == ["c1", "c3"]
