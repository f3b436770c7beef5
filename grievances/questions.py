"""The questions of a report. A new one is a form and a row of ``QUESTIONS``, in the order of the pages."""

from collections.abc import Mapping
from itertools import chain
from operator import itemgetter
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from dsp_platform.accounts.models import User
from dsp_platform.accounts.phones.fields import PhoneField
from dsp_platform.casework.forms import LinesField, choose
from dsp_platform.exchange.models import Operator
from dsp_platform.khmer.text import clean
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import Answer, AnswerRow, Key, Question, Rows, row
from dsp_platform.wizard.wizard import Wizard
from grievances.callers import CallerField
from grievances.categories import CHOSEN, OF_OFFICES, OF_OFFICIALS, Category
from grievances.models import Grievance
from grievances.workflow import grievance_workflow
from registry.areas.labels import area_path
from registry.areas.search_fields import OFFICES, AreaSearchField
from registry.models import Area, Enrolment, Person, Programme
from registry.persons.subject import subject_of
from registry.programmes.selectors import programme, programmes


class CategoryForm(QuestionForm):
    category = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[*CHOSEN.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about.")},
    )


class WhatForm(QuestionForm):
    text = LinesField(
        label=_("What happened?"),
        help_text=_("In your own words. When and where was it? What should be done?"),
        max_length=grievance_workflow.note_length,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write what happened.")},
    )


class WhereForm(QuestionForm):
    programme = forms.ChoiceField(label=_("Which programme is it about?"), required=False)
    official = forms.CharField(
        label=_("Which official or worker is it about?"),
        help_text=_("The name or the office, in your own words. You need not know the name."),
        max_length=200,
        required=False,
    )
    office_area = AreaSearchField(
        label=_("Is it about a commune, sangkat, district or khan office?"),
        help_text=_("Its name, in Khmer or Latin letters. Then that office does not look into it."),
        levels=OFFICES,
        not_found=_("We do not find this office. Check the name, or leave it empty."),
        required=False,
    )
    operator = forms.ChoiceField(label=_("Which operator is it about?"), required=False)
    area = AreaSearchField(
        label=_("In which commune or sangkat?"),
        help_text=_("Its name, in Khmer or Latin letters."),
        levels=[Area.Level.COMMUNE],
        not_found=_("We do not find this commune. Check the name, or leave it empty."),
        required=False,
    )

    def __init__(self, *args: Any, person: Person | None, category: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "programme", [("", _("I do not know")), *((one.code, str(one)) for one in programmes())])
        if category not in OF_OFFICIALS:
            del self.fields["official"]
        names = [(operator.code, str(operator)) for operator in Operator.objects.filter(active=True)]
        choose(self, "operator", [("", _("I do not know")), *names])
        if person is not None:
            self._offer_applications(person)
            self._offer_supports(person)
        if category not in OF_OFFICES:
            del self.fields["office_area"]

    def _offer_applications(self, person: Person) -> None:
        rows = Application.objects.filter(person=person).select_related("programme").order_by("-pk")
        if rows:
            self.fields["application"] = forms.ChoiceField(
                label=_("Is it about one of your applications?"),
                required=False,
                choices=[
                    ("", _("No")),
                    *((one.reference, f"{one.programme} {one.reference}") for one in rows),
                ],
            )
            self.order_fields(["application"])

    def _offer_supports(self, person: Person) -> None:
        rows = person.enrolments.select_related("programme").order_by("-pk")
        if rows:
            self.fields["enrolment"] = forms.ChoiceField(
                label=_("Is it about support you receive?"),
                required=False,
                choices=[("", _("No")), *((str(one.pk), str(one.programme)) for one in rows)],
            )
            self.order_fields(["enrolment", "application"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["official"] = clean(data.get("official", ""))
        self._refuse_contradiction(data)
        return data

    def _refuse_contradiction(self, data: dict[str, Any]) -> None:
        """What is chosen names one programme, and its operator: the report goes to one."""
        chosen = {
            "applications__reference": data.get("application"),
            "enrolments": data.get("enrolment"),
            "code": data.get("programme"),
        }
        found = (Programme.objects.filter(**{by: value}) for by, value in chosen.items() if value)
        about = list({one for rows in found for one in rows.select_related("operator")})
        if len(about) > 1:
            words = _("What you chose is about different programmes. Choose one, and leave the others open.")
            self.add_error("programme", words)
        elif about and data.get("operator") not in ("", None, about[0].operator_id):
            words = _(
                "%(programme)s belongs to another operator: %(operator)s, not the one you chose. Choose "
                "the one it belongs to, or leave one of the two open."
            )
            names = {"programme": about[0], "operator": about[0].operator}
            self.add_error("operator", words % names)


class ContactForm(QuestionForm):
    channel = forms.ChoiceField(
        label=_("How were you told?"),
        help_text=_(
            "By phone: read the words back to the caller before you send, and tell the reference and the PIN "
            "after. On paper: you can add a photo of it after."
        ),
        choices=[
            (one.value, one.label)
            for one in (Grievance.Channel.COUNTER, Grievance.Channel.PHONE, Grievance.Channel.PAPER)
        ],
        initial=Grievance.Channel.COUNTER,
        required=False,  # without an answer it is the counter
        widget=forms.RadioSelect,
    )
    phone = PhoneField(
        label=_("Phone number for news"),
        help_text=_("It tells the reference and nothing else. You confirm the number at the end."),
        required=False,
    )
    unnamed = forms.BooleanField(
        label=_("Stay unnamed"),
        help_text=_("Then nobody can see who reported this. Keep the reference and the PIN well."),
        required=False,
    )

    def __init__(self, *args: Any, person: Person | None, typed_by: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person is None:
            del self.fields["unnamed"]
        if typed_by is None:
            del self.fields["channel"]
            return
        self.fields["channel"].answer_expected = True  # type: ignore[attr-defined]  # not "(optional)"
        self.fields["phone"].help_text = _(
            "Whoever handles a report by phone or on paper may call it. For news by text message it is "
            "confirmed."
        )
        if typed_by.is_official:
            self.fields["caller"] = CallerField(official=typed_by)
            self.order_fields(["channel", "caller"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("caller") and data.get("channel") not in Grievance.TYPED_BY_OFFICIALS:
            self.add_error("caller", _("Somebody who is here reports it in a case of their own: open one."))
        return data


def _about(request: HttpRequest, wizard: Wizard, _key: Key) -> dict[str, Any]:
    """Who reports it, or None, and what it is about."""
    category = (wizard.answer(Key("category")) or {}).get("category", "")
    return {"person": subject_of(request), "category": category}


def _reporter(request: HttpRequest, *_args: Any) -> dict[str, Any]:
    """Officials type what they are told, at the counter with the person's own session or without."""
    user = request.user
    person = subject_of(request)
    is_typed = person is None and isinstance(user, User) and not user.is_citizen
    return {"person": person, "typed_by": user if is_typed else None}


def _where_in_words(answer: Answer, _names: Any) -> Rows:
    if reference := answer.get("application"):
        yield _("Application"), reference
    if answer.get("enrolment") and (
        enrolment := Enrolment.objects.select_related("programme").filter(pk=answer["enrolment"]).first()
    ):
        yield _("Support"), str(enrolment.programme)
    if found := programme(answer.get("programme") or ""):
        yield _("Programme"), str(found)
    if answer.get("official"):
        yield _("Official or worker"), answer["official"]
    if office := Area.objects.filter(pk=answer.get("office_area") or None).first():
        yield _("Office it is about"), area_path(office)
    if operator := Operator.objects.filter(pk=answer.get("operator") or None).first():
        yield _("Operator"), str(operator)
    if area := Area.objects.filter(pk=answer.get("area") or None).first():
        yield _("Commune or sangkat"), area_path(area)


def _still_about(answer: Answer, wizard: Wizard, _key: Key) -> Answer:
    """What else it is about than an official stays when the category changes."""
    category = (wizard.answer(Key("category")) or {}).get("category", "")
    official = {} if category in OF_OFFICIALS else {"official": ""}
    return answer | official | ({} if category in OF_OFFICES else {"office_area": ""})


QUESTIONS: Mapping[str, Question] = {
    "category": Question(
        form=CategoryForm,
        heading=_("What is it about?"),
        in_words=row(_("What is it about?"), lambda answer: Category(answer["category"]).label),
    ),
    "what": Question(
        form=WhatForm, heading=_("What happened?"), in_words=row(_("What happened?"), itemgetter("text"))
    ),
    "where": Question(
        form=WhereForm,
        heading=_("Whom and where is it about?"),
        options=_about,
        in_words=_where_in_words,
        depends_on=("category",),
        kept=_still_about,
    ),
    "contact": Question(form=ContactForm, heading=_("How do we reach you?"), options=_reporter),
}
LAST = Key("contact")


class ReportWizard(Wizard):
    """Has no check page: the last answer sends the report."""

    questions = QUESTIONS

    def order(self) -> list[Key]:
        return [Key(name) for name in self.questions]

    def is_done(self, key: Key) -> bool:
        """Only "what happened" is required; without a category the report is not sent."""
        return key.name != "what" or super().is_done(key)

    def url(self, key: Key) -> str:
        if key.name == "category":
            return reverse("grievances:report")
        return reverse("grievances:report_question", args=[key.name])

    def rows(self) -> list[AnswerRow]:
        """What the last page sends, besides its own answer."""
        answered = [(key, answer) for key in self.order() if key != LAST and (answer := self.answer(key))]
        rows = (self.questions[key.name].rows(answer, {}, self.url(key)) for key, answer in answered)
        return list(chain.from_iterable(rows))

    @property
    def details(self) -> Answer:
        """The answers of all pages, by field."""
        answers = (self.answer(key) or {} for key in self.order())
        return dict(chain.from_iterable(answer.items() for answer in answers))
