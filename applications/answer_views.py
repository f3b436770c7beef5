"""The questions of a programme, before an application is sent: one on a page, then all answers to check."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from applications import agreements, services
from applications.answers.drafts import draft_of, kept_until, save_draft
from applications.answers.selectors import earlier_answers
from applications.answers.wizard import FILE, AnswersWizard
from applications.documents import DRAFT, acts_for, draft_key, files_of_draft
from applications.forms import ApplyForm
from applications.models import AnswerDraft
from applications.selectors import household_members, open_application
from applications.views import JUST_APPLIED
from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.uploads.handlers import takes_files
from dsp_platform.uploads.models import Upload
from dsp_platform.uploads.receiving import receive
from dsp_platform.uploads.selectors import uploads_shown_to
from dsp_platform.web.forms import bind, is_submitted, saved
from dsp_platform.web.shown import digest_of
from dsp_platform.wizard.questions import CHECK, Answer, Key
from dsp_platform.wizard.views import WizardView
from registry.eligibility.verdict import facts_shown
from registry.models import Person, Programme
from registry.persons.conflicts import personal_conflict
from registry.persons.households import household_of, with_household
from registry.persons.subject import log_access
from registry.persons.told_apart import names_by_spid
from registry.programmes.availability import takes_applications
from registry.programmes.questions.definition import version_of
from registry.programmes.selectors import programme as programme_by_code


class QuestionView(WizardView[AnswersWizard]):
    template = "applications/answers/question.html"
    request: SignedInRequest
    draft: AnswerDraft | None
    programme: Programme
    person: Person
    members: Sequence[Person]

    def prepare(self) -> HttpResponse | None:
        request, programme = self.request, programme_by_code(self.kwargs["code"])
        self.members = household_members(request.user, request.assisted_session)
        person = next((one for one in self.members if one.pk == self.kwargs["member"]), None)
        if programme is None or person is None:
            raise Http404
        if not acts_for(request.user, request.assisted_session, person):
            words = personal_conflict(request.user, *with_household(person), helping=True)
            messages.warning(request, str(words))
            return redirect("applications:apply_for", programme.code, person.pk)
        self.programme, self.person = programme, person
        version = version_of(programme)
        closed = not takes_applications(programme) or household_of(person) is None
        sent = open_application(person, programme)
        if sent and self.kwargs["question"] == CHECK:  # by a first click
            saved(request)
        if version is None or closed or sent:
            return redirect("applications:apply_for", programme.code, person.pk)
        reader = None if request.assisted_session else self.members[0]
        self.draft = draft_of(request.user, request.assisted_session, person, programme)
        self.wizard = AnswersWizard(
            self.draft,
            version=version,
            person=person,
            programme=programme,
            facts=facts_shown(person, reader)[0],
            files=files_of_draft(person, programme),
            earlier=earlier_answers(request.user, self.members[0], person),
        )
        if self.draft is not None and self.draft.answers_to_id != version.pk:
            self._tell_what_is_new(self.draft)
        return None

    def _tell_what_is_new(self, draft: AnswerDraft) -> None:
        """Once: the draft then belongs to the version that holds."""
        new = self.wizard.news(draft)
        day = date_format(localdate(self.wizard.version.holds_from), "SHORT_DATE_FORMAT")
        told = _(
            "The questions of this programme were changed on %(date)s. Your answers that still fit are kept."
        )
        words = [told % {"date": day}]
        if new:
            words.append(_("New or changed: %(questions)s") % {"questions": "; ".join(new)})
        messages.warning(self.request, " ".join(words))
        self.store()

    def store(self) -> None:
        self.draft = save_draft(
            owner=self.request.user,
            assisted_session=self.request.assisted_session,
            person=self.person,
            programme=self.programme,
            version=self.wizard.version,
            answers=self.wizard.answers,
        )

    def caption(self, key: Key) -> str:
        return f"{self.programme} – {names_by_spid(self.members)[self.person.spid]}"

    def asked_with(self, key: Key) -> str:
        return digest_of(self.person.pk, self.programme.pk, self.wizard.depended_on(key))

    def ask(self, key: Key) -> HttpResponse:
        log_access(self.request, self.person)
        return super().ask(key)

    def answered(self, key: Key, answer: Answer) -> HttpResponse:
        one = self.wizard.by_name[key.name]
        if one.kind == FILE:
            refused = receive(
                self.request,
                field="answer",
                kind=DRAFT,
                key=draft_key(self.person, self.programme),
                title=one.title,
            )
            if refused:
                form = self.wizard.form(self.request, key)
                form.is_valid()
                for words in refused:
                    form.add_error("answer", words)
                return self.show(key, form)
            self.wizard.files |= {one.title}
        self.wizard.put(key, answer)
        self.store()
        saved(self.request)
        return redirect(self.wizard.url(self.wizard.first_open()))

    def page(self, key: Key) -> dict[str, Any]:
        context = super().page(key)
        apply = self.wizard.url(key).partition("questions/")[0]
        context["back_url"] = context["back_url"] or apply
        context["kept_until"] = kept_until(self.draft)
        if key.name == CHECK:
            return context
        one = self.wizard.by_name[key.name]
        sent = self._sent() if one.kind == FILE else []
        return context | {
            "asked": one,
            "earlier": self.wizard.earlier_of(key),
            "sent": [found for found in sent if found.title in (one.title_km, one.title_en)],
            "draft_key": draft_key(self.person, self.programme),
        }

    def _sent(self) -> list[Upload]:
        key = draft_key(self.person, self.programme)
        return uploads_shown_to(self.request.user, self.request.assisted_session, DRAFT, key)

    def check(self) -> HttpResponse:
        request = self.request
        text = agreements.text_to_agree_to(household_of(self.person), self.programme)
        form, problems = bind(ApplyForm, request, consent_text=text), []
        if is_submitted(request) and self.is_confirmed() and form.is_valid():
            try:
                with refusals_recorded(
                    request, "person", self.person.pk, assisted_session=request.assisted_session
                ):
                    application = services.submit_application(
                        actor=request.user,
                        assisted_session=request.assisted_session,
                        person=self.person,
                        programme=self.programme,
                        consent=form.cleaned_data.get("consent", False),
                    )
            except StepRefused as error:
                problems = [(str(error), "#answers")]
            else:
                request.session[JUST_APPLIED] = application.reference
                saved(request)
                return redirect("applications:application", application.reference)
        log_access(request, self.person)
        context = self.page(Key(CHECK)) | {
            "programme": self.programme,
            "person": self.person,
            "caption": self.caption(Key(CHECK)),
            "form": form,
            "problems": problems,
            "rows": self.wizard.rows(),
            "digest": self.wizard.digest(),
            "draft": draft_key(self.person, self.programme),
        }
        return render(request, "applications/answers/check.html", context)


question = takes_files(sensitive_post_parameters()(actor_required(cast(Any, QuestionView.as_view()))))
