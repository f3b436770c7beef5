"""A wizard whose answers are judged by the rules: what cannot be is refused at the page where it is typed,
what is rare is asked once more, and what was said to that is kept with the answers."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from dsp_platform.wizard.confirmation import ConfirmationForm
from dsp_platform.wizard.questions import Answer, Key, Question, Rows
from dsp_platform.wizard.wizard import Wizard
from registry.plausibility.findings import Finding, StatedFact, in_words, rare, refused, unconfirmed

RARE = "rare"
"""The question: is that right?"""


class Implausible(Exception):
    """The answer makes something that cannot be; says what."""


class PlausibilityWizard(Wizard):
    """Subclasses give ``judged``, and name ``RARE`` in their order where ``asked_about`` is not empty. A
    confirmation holds for exactly the facts it was given for."""

    _found: tuple[dict[str, Any], Sequence[Finding]] | None = None

    def judged(self) -> Sequence[Finding]:
        """What the rules find in the answers so far."""
        raise NotImplementedError

    def findings(self) -> Sequence[Finding]:
        """The same. Nearly every question of a page asks for them, and in a large household judging takes
        long: it is done once for the same answers."""
        told = {name: answer for name, answer in self.answers.items() if name != RARE}
        if self._found is None or self._found[0] != told:
            self._found = copy.deepcopy(told), self.judged()
        return self._found[1]

    def asked_about(self, key: Key) -> list[Finding]:
        """The rare findings that this question is to confirm."""
        return rare(self.findings())

    @property
    def confirmed(self) -> list[StatedFact]:
        return list(self.answers.get(RARE, {}).get("confirmed", ()))

    def answer(self, key: Key) -> Answer | None:
        if key.name != RARE:
            return super().answer(key)
        if not self.is_done(key):
            return None
        return {"right": "yes", "confirmed": [one.fact for one in self.asked_about(key)]}

    def is_done(self, key: Key) -> bool:
        if key.name != RARE:
            return super().is_done(key)
        return not unconfirmed(self.asked_about(key), self.confirmed)

    def put(self, key: Key, answer: Answer) -> None:
        """Of what was confirmed, only what the answers say still is kept."""
        self.put_all({key: answer})

    def put_all(self, answers: Mapping[Key, Answer]) -> None:
        """The same of several answers, judged once."""
        confirmed = self.confirmed
        for key, answer in answers.items():
            if key.name == RARE:
                confirmed += answer["confirmed"]
            else:
                super().put(key, answer)
        told = [one.fact for one in rare(self.findings())]
        if facts := [fact for fact in told if fact in confirmed]:
            self.answers[RARE] = {"right": "yes", "confirmed": facts}
        else:
            self.answers.pop(RARE, None)

    def require_possible(self, key: Key, answer: Answer) -> None:
        """Raises Implausible where this answer makes something that cannot be."""
        trial = self.with_answer(key, answer)
        before = [one.fact for one in refused(self.findings())]
        words = [one.words for one in refused(trial.findings()) if one.fact not in before]
        self._found = trial._found  # of the answers as they are next
        if words:
            raise Implausible(" ".join(words))

    def with_answer(self, key: Key, answer: Answer) -> Self:
        """As it would be with this answer."""
        trial = copy.copy(self)
        trial.answers = copy.deepcopy(self.answers)
        trial.put(key, answer)
        return trial

    def to_correct(self, key: Key) -> Key:
        """Where the first of what ``key`` asks about can be changed."""
        order = self.order()
        first = next(iter(self.asked_about(key)), None)
        for name in first.rule.corrected_at if first else ():
            for one in (Key(name, key.number), Key(name)):
                if one in order:
                    return one
        return self.before(key) or order[0]


def _options(_request: Any, wizard: Any, key: Key) -> dict[str, Any]:
    found = wizard.asked_about(key)
    return {"statements": [one.words for one in found], "facts": [one.fact for one in found]}


def _confirmed_in_words(answer: Answer, _names: Any) -> Rows:
    if answer.get("confirmed"):
        yield CONFIRMED, "\n".join(in_words(fact) for fact in answer["confirmed"])


CONFIRMED = _("Rare, and said to be right")

QUESTION = Question(
    form=ConfirmationForm,
    heading=_("Is that right?"),
    help=_("This is rare, but it happens. The commune sees what you answer here."),
    template="wizard/confirmation.html",
    options=_options,
    in_words=_confirmed_in_words,
)
