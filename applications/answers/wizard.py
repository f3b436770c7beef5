"""The questions of a programme, one on a page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from applications.answers.selectors import Earlier, answered, in_words, usable, values_of
from applications.models import AnswerDraft
from dsp_platform.uploads.handlers import refused_files
from dsp_platform.wizard.questions import CHECK, AnswerRow, Key, Question
from dsp_platform.wizard.wizard import Wizard
from registry.models import Person, Programme, ProgrammeQuestion, QuestionsVersion
from registry.programmes.questions.conditions import asked_for
from registry.programmes.questions.definition import Asked, asked_of
from registry.programmes.questions.forms import AnswerForm, fits
from registry.rules.names import Known

FILE = ProgrammeQuestion.Kind.FILE


class AnswersWizard(Wizard):
    """``files``: the titles under which documents of the draft were sent."""

    def __init__(
        self,
        draft: AnswerDraft | None,
        *,
        version: QuestionsVersion,
        person: Person,
        programme: Programme,
        facts: Known,
        files: Iterable[str],
        earlier: Mapping[int, Earlier] | None = None,
    ) -> None:
        super().__init__(dict(draft.answers) if draft else {})
        self.version, self.person, self.programme, self.facts = version, person, programme, facts
        self.asked_here = asked_of(version.questions)
        self.by_name = {one.name: one for one in self.asked_here}
        self.questions = {one.name: Question(form=AnswerForm, heading=one.title) for one in self.asked_here}
        self.files, self.earlier = set(files), dict(earlier or {})

    def order(self) -> list[Key]:
        asked = asked_for(self.asked_here, self.facts, values_of(self.answers))
        return [*(Key(one.name) for one in asked), Key(CHECK)]

    def url(self, key: Key) -> str:
        return reverse("applications:question", args=[self.programme.code, self.person.pk, key.name])

    def is_done(self, key: Key) -> bool:
        """Not where the question has other words or limits since it was answered."""
        stored = self.answers.get(key.name)
        if key.name == CHECK or stored is None:
            return False
        one = self.by_name[key.name]
        if stored.get("asked") != one.digest:
            return False
        if one.kind == FILE:
            return self.has_file(one) or (not one.is_required and not stored.get("answer"))
        return fits(one, stored.get("answer"))

    def has_file(self, one: Asked) -> bool:
        return bool(self.files & {one.title_km, one.title_en})

    def earlier_of(self, key: Key) -> Earlier | None:
        """What is shown to confirm: nothing once it is answered here."""
        return None if key.name in self.answers else usable(self.by_name[key.name], self.earlier)

    def form_kwargs(self, request: HttpRequest, key: Key) -> dict[str, Any]:
        one, earlier = self.by_name[key.name], self.earlier_of(key)
        stored = self.answers.get(key.name, {})
        initial = {}
        if earlier is not None:
            initial = {"answer": earlier.answer, "keep": True}
        elif fits(one, stored.get("answer")):
            initial = {"answer": stored.get("answer"), "keep": stored.get("keep", False)}
        kwargs: dict[str, Any] = {"asked": one, "initial": initial}
        if one.kind == FILE:
            return kwargs | {"has_file": self.has_file(one), "refused": refused_files(request)}
        return kwargs | {"may_keep": one.shared is not None}

    def depended_on(self, key: Key) -> dict[str, Any]:
        """The question itself: a page that was loaded before it was changed is refused."""
        return {key.name: self.by_name[key.name].digest}

    def asked(self) -> dict[str, Any]:
        return answered(self.asked_here, self.facts, self.answers)

    def also_shown(self) -> Any:
        return [self.version.pk, self.person.pk, sorted(self.files)]

    def rows(self) -> list[AnswerRow]:
        """For the check page."""
        found = []
        for key in self.order()[:-1]:
            one = self.by_name[key.name]
            words = in_words(one, self.answers.get(key.name, {}).get("answer"))
            found.append(AnswerRow(one.title, words, self.url(key)))
        return found

    def news(self, draft: AnswerDraft) -> list[str]:
        """The titles of what is asked and was not, or not so, in the version of the draft."""
        before = {one.name: one.digest for one in asked_of(draft.answers_to.questions)}
        asked = asked_for(self.asked_here, self.facts, values_of(self.answers))
        return [one.title for one in asked if before.get(one.name) != one.digest]
