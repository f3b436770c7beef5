"""Which questions there are for the answers so far, which of them are open, what comes before and after."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import translation

from dsp_platform.web.forms import bind
from dsp_platform.web.shown import digest_of
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import CHECK, Answer, Key, Question


class Wizard:
    """Subclasses give the table of questions, their order (``order``) and their addresses (``url``)."""

    questions: Mapping[str, Question]

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        """As the draft stores them: by the name of the question."""

    def order(self) -> list[Key]:
        """The questions there are for these answers, in order; ``CHECK`` last where there is a check page."""
        raise NotImplementedError

    def url(self, key: Key) -> str:
        raise NotImplementedError

    def answer(self, key: Key) -> Answer | None:
        return self.answers.get(key.name)

    def is_done(self, key: Key) -> bool:
        if key.name == CHECK:
            return False
        answer = self.answer(key)
        return answer is not None and self.questions[key.name].fits(answer, self, key)

    @property
    def is_complete(self) -> bool:
        return self.first_open().name == CHECK

    def first_open(self) -> Key:
        order = self.order()
        return next((key for key in order if not self.is_done(key)), order[-1])

    def is_open(self, key: Key) -> bool:
        """Whether it may be shown: it exists and every question before it is answered."""
        order = self.order()
        return key in order and all(self.is_done(before) for before in order[: order.index(key)])

    def before(self, key: Key) -> Key | None:
        order = self.order()
        return order[order.index(key) - 1] if order[0] != key else None

    def after(self, key: Key, back_to: str = "") -> Key:
        """Where "Continue" leads: to the next question, or back to the page whose "Change" link was followed,
        unless the change opened a question before that page."""
        order = self.order()
        if (target := Key(back_to)) in order:
            return next((one for one in order[: order.index(target)] if not self.is_done(one)), target)
        return order[order.index(key) + 1]

    def put(self, key: Key, answer: Answer) -> None:
        """Store the answer, and forget those that depended on the one it replaces."""
        is_changed = self.answer(key) not in (None, answer)
        self.keep(key, answer)
        if is_changed:
            self.forget_dependents(key)

    def keep(self, key: Key, answer: Answer) -> None:
        self.answers[key.name] = answer

    def forget(self, key: Key) -> None:
        self.answers.pop(key.name, None)

    def forget_dependents(self, key: Key) -> None:
        """Also of those that depended on what is forgotten. Of what is asked of each member, only those of
        the same."""
        for name, question in self.questions.items():
            if key.name not in question.depends_on:
                continue
            dependent = Key(name, key.number)
            answer = self.answer(dependent)
            kept = question.kept(answer, self, dependent) if answer else {}
            if answer and kept == answer:
                continue
            if kept:
                self.keep(dependent, kept)
            else:
                self.forget(dependent)
            self.forget_dependents(dependent)

    def form(self, request: HttpRequest, key: Key) -> QuestionForm:
        """Filled from the answer so far or from what is current, and bound to what was posted."""
        return bind(self.questions[key.name].form, request, **self.form_kwargs(request, key))

    def form_kwargs(self, request: HttpRequest, key: Key) -> dict[str, Any]:
        question = self.questions[key.name]
        initial = {**question.current(request, self), **(self.answer(key) or {})}
        return {"initial": initial, **question.options(request, self, key)}

    def depended_on(self, key: Key) -> dict[str, Any]:
        """The answers that this question depends on, by their questions."""
        found: dict[str, Any] = {}
        for name in self.questions[key.name].depends_on:
            before = Key(name, key.number)
            found |= {name: self.answer(before), **self.depended_on(before)}
        return found

    def digest(self) -> str:
        """Of what the check page shows, in whatever language."""
        with translation.override("en"):
            return digest_of(self.asked(), self.also_shown())

    def also_shown(self) -> Any:
        """What the check page shows that is no answer, such as names on record and words that were agreed
        to."""
        return None

    def asked(self) -> dict[str, Any]:
        """The answers that are sent."""
        return self.answers
