"""The engine alone: which question is open, what a changed answer resets, whose draft it is."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django import forms
from django.test import RequestFactory

from dsp_platform.wizard.drafts import SessionDraft
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import CHECK, Key, Question, row
from dsp_platform.wizard.wizard import Wizard


class ColourForm(QuestionForm):
    colour = forms.CharField()


class Colours(Wizard):
    questions = {  # noqa: RUF012
        name: Question(
            form=ColourForm, heading=name, depends_on=on, in_words=row(name, lambda a: a["colour"])
        )
        for name, on in {"roof": (), "wall": ("roof",), "frame": ("wall",), "door": ()}.items()
    }

    def order(self):
        names = [name for name in (*self.questions, CHECK) if name != "frame"]
        if self.answers.get("roof") == {"colour": "none"}:
            names.remove("wall")
        return [Key(name) for name in names]

    def url(self, key):
        return f"/{key.name}/"


def answered(**colours):
    return Colours({name: {"colour": colour} for name, colour in colours.items()})


def test_a_question_is_open_once_those_before_it_are_answered():
    wizard = answered(roof="red")
    assert [key.name for key in wizard.order() if wizard.is_open(key)] == ["roof", "wall"]
    assert wizard.first_open() == Key("wall")
    assert not wizard.is_open(Key("window"))


def test_it_is_complete_when_only_the_check_page_is_left():
    assert answered(roof="red", wall="blue", door="green").is_complete
    assert answered(roof="none", door="green").is_complete
    assert not answered(roof="red", door="green").is_complete


def test_before_and_after():
    wizard = answered(roof="red", wall="blue", door="green")
    assert wizard.before(Key("roof")) is None
    assert wizard.before(Key(CHECK)) == Key("door")
    assert wizard.after(Key("roof")) == Key("wall")


def test_a_changed_answer_leads_back_to_the_check_page_or_to_what_it_opened():
    wizard = answered(roof="red", wall="blue", door="green")
    assert wizard.after(Key("roof"), back_to=CHECK) == Key(CHECK)
    wizard.put(Key("roof"), {"colour": "black"})
    assert wizard.after(Key("roof"), back_to=CHECK) == Key("wall")


def test_only_another_answer_drops_those_that_depend_on_it():
    wizard = answered(roof="red", wall="blue")
    wizard.put(Key("roof"), {"colour": "red"})
    assert "wall" in wizard.answers
    wizard.put(Key("roof"), {"colour": "black"})
    assert "wall" not in wizard.answers


def test_what_depends_on_a_dropped_answer_is_dropped_too():
    wizard = answered(roof="red", wall="blue", frame="white", door="green")
    wizard.put(Key("roof"), {"colour": "black"})
    assert wizard.answers == answered(roof="black", door="green").answers


def test_an_answer_may_be_kept_in_part_with_what_depends_on_it(monkeypatch):
    wall = replace(Colours.questions["wall"], kept=lambda answer, *_: answer)
    monkeypatch.setattr(Colours, "questions", {**Colours.questions, "wall": wall})
    wizard = answered(roof="red", wall="blue", frame="white")
    wizard.put(Key("roof"), {"colour": "black"})
    assert wizard.answers == answered(roof="black", wall="blue", frame="white").answers


def test_an_answer_that_does_not_fit_any_more_is_asked_again(monkeypatch):
    wall = replace(Colours.questions["wall"], fits=lambda answer, *_: answer["colour"] != "blue")
    monkeypatch.setattr(Colours, "questions", {**Colours.questions, "wall": wall})
    assert answered(roof="red", wall="blue", door="green").first_open() == Key("wall")
    assert answered(roof="red", wall="grey", door="green").is_complete


def test_the_digest_is_that_of_the_answers():
    assert answered(roof="red", wall="blue").digest() == answered(wall="blue", roof="red").digest()
    assert answered(roof="red").digest() != answered(roof="blue").digest()


def test_a_row_says_what_was_answered_and_where_it_is_changed():
    assert Colours.questions["roof"].rows({"colour": "red"}, {}, "/roof/") == [("roof", "red", "/roof/")]


@pytest.fixture
def request_of():
    session: dict[str, str] = {}

    def request(account: int | None, assisted_session: str = ""):
        made = RequestFactory().get("/")
        made.session, made.user = session, SimpleNamespace(pk=account)
        made.assisted_session = SimpleNamespace(pk=assisted_session) if assisted_session else None
        return made

    return request


def test_a_draft_in_the_session_is_read_by_its_owner_alone(request_of):
    SessionDraft(request_of(1, "a"), "draft").save({"roof": {"colour": "red"}})
    assert SessionDraft(request_of(1, "a"), "draft").load() == {"roof": {"colour": "red"}}
    for other in (request_of(None), request_of(1), request_of(1, "b"), request_of(2, "a")):
        assert SessionDraft(other, "draft").load() == {}


def test_a_draft_in_the_session_is_encrypted_and_can_be_discarded(request_of):
    draft = SessionDraft(request_of(None), "draft")
    draft.save({"roof": {"colour": "crimson"}})
    assert "crimson" not in draft.request.session["draft"]
    draft.discard()
    assert draft.load() == {}
