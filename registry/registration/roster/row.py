"""One row of the roster: a member of the household, with the forms of the questions about them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.web.forms import unvalidated
from dsp_platform.web.shown import digest_of
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import Key
from registry.persons.ages import ages_of
from registry.persons.labels import NO_DOCUMENT, full_name
from registry.plausibility.findings import Finding
from registry.registration.answers import HEAD_ID, RETURNS
from registry.registration.counter_wizard import ROW, CounterWizard, row_of
from registry.registration.roster.row_forms import FORMS

WINDOW = "window"
"""Of a member of a draft: the window in which their row was written last."""
FOLDED = ("latin_family_name", "latin_given_name")
JUDGED = ("birth", "relationship", "sex")


class Row:
    """``number``: its place on the page, from 1, the head first. ``data``: what was sent; None shows what is
    stored."""

    def __init__(
        self,
        wizard: CounterWizard,
        number: int,
        member_id: int | None,
        data: Mapping[str, Any] | None = None,
        *,
        row: str = "",
    ) -> None:
        self.wizard, self.number, self.id, self.data = wizard, number, member_id, data
        self.row = row or row_of(self.member)
        self.sent_base = str(data.get(self.prefixed("base"), "")) if data is not None else ""
        self.forms = {name: self._form(name) for name in self.questions}
        self.conflict = ""
        self.was_put = False

    @property
    def member(self) -> dict[str, Any]:
        return self.wizard.member(self.id)

    @property
    def is_head(self) -> bool:
        return self.number == HEAD_ID

    @property
    def is_recorded(self) -> bool:
        """Of somebody who returns: the record answers, and the row shows it."""
        return RETURNS in self.member

    @property
    def questions(self) -> Sequence[str]:
        if self.is_recorded:
            return () if self.is_head else ("relationship",)
        only = ("phone",) if self.is_head else ("relationship",)
        return [name for name in FORMS if name in (*only, "name", "sex", "birth", "document")]

    def prefixed(self, name: str) -> str:
        return f"m{self.number}-{name}"

    def _form(self, name: str) -> QuestionForm:
        initial = self.wizard.answer(Key(name, self.id)) or {}
        if name == "document" and not initial:
            initial = {"document_type": NO_DOCUMENT}
        return FORMS[name](self.data, prefix=f"m{self.number}", initial=initial)

    @property
    def base(self) -> str:
        """Of what is stored of this row: a page sends it along, and is told if it changed meanwhile."""
        if not self.member:
            return ""
        return digest_of({name: self.wizard.answer(Key(name, self.id)) for name in self.questions})

    @property
    def age(self) -> str:
        if "born" not in self.member:
            return ""
        ages = ages_of(self.member)
        return str(ages[0]) if len(ages) == 1 else f"{ages[0]}–{ages[-1]}"

    @property
    def name(self) -> str:
        return full_name(self.member)

    @property
    def recorded(self) -> str:
        """Of somebody who returns: what their record says."""
        member = self.member
        return f"{full_name(member)} · {PartialDate.parse(member['born']).written}"

    @property
    def is_blank(self) -> bool:
        """Nothing was typed. The document is chosen beforehand, as none."""
        typed = (field for field in self.fields if field.name != "document_type")
        return not self.member and not any(str(field.data or "").strip() for field in typed)

    @property
    def fields(self) -> Iterator[BoundField]:
        for form in self.forms.values():
            yield from cast(Iterator[BoundField], iter(form))

    @property
    def shown_fields(self) -> list[BoundField]:
        return [field for field in self.fields if field.name not in FOLDED]

    @property
    def folded_fields(self) -> list[BoundField]:
        return [field for field in self.fields if field.name in FOLDED]

    @property
    def is_unfolded(self) -> bool:
        return any(field.value() or field.errors for field in self.folded_fields)

    @property
    def errors(self) -> dict[str, list[str]]:
        """By the name of the field that was sent."""
        found = {field.html_name: [str(one) for one in field.errors] for field in self.fields if field.errors}
        return found | ({self.prefixed("row"): [self.conflict]} if self.conflict else {})

    def forget_errors(self) -> None:
        for form in self.forms.values():
            unvalidated(form)

    def put(self, window: str) -> None:
        """Store the answers that are valid. The others are open again, so that nothing is sent without them.

        Nothing is stored where the row was changed in another window since it was shown, or has no name.
        """
        answers = {name: form.answers for name, form in self.forms.items() if form.is_valid()}
        if self._is_stored(answers):
            return
        self.conflict = self._conflict(window)
        if self.conflict:
            return
        if self.id is None:
            if "name" not in answers:
                return
            self.id = self.wizard.next_id
        self.wizard.put_all({Key(name, self.id): answer for name, answer in answers.items()})
        member = self.member
        member |= {ROW: self.row, WINDOW: window}
        member["done"] = [name for name in member["done"] if name not in self.forms or name in answers]
        self.was_put = True

    def _is_stored(self, answers: Mapping[str, Any]) -> bool:
        """Also where the answer to the first sending was lost on the line."""
        done = self.member.get("done", ())
        return bool(self.member) and all(
            name in answers and name in done and self.wizard.answer(Key(name, self.id)) == answers[name]
            for name in self.forms
        )

    def _conflict(self, window: str) -> str:
        if self.sent_base == self.base or (self.member and self.member.get(WINDOW) == window):
            return ""
        if not self.member:
            return _(
                "This person was taken off the list in another window. If they belong to the household, save "
                "again."
            )
        return _(
            "This row was changed in another window, and says there: %(person)s. If what stands here is "
            "right, save again."
        ) % {"person": self._in_words()}

    def _in_words(self) -> str:
        born = self.member.get("born")
        return " · ".join(filter(None, (self.name, PartialDate.parse(born).written if born else "")))

    def refuse(self, found: Finding, before: dict[str, Any]) -> None:
        """What cannot be is not stored: what stood there ``before`` is back, and open."""
        name, field = ("birth", "born") if "birth" in self.forms else ("relationship", "relationship")
        self.forms[name].add_error(field, found.words)
        member = self.member
        for name in JUDGED:
            for field in self.wizard.questions[name].form.base_fields:
                member.pop(field, None)
                if field in before:
                    member[field] = before[field]
        member["done"] = [name for name in member["done"] if name != "birth" and self._is_there(name)]
        self.was_put = False

    def _is_there(self, name: str) -> bool:
        return name not in JUDGED or bool(self.wizard.answer(Key(name, self.id)))
