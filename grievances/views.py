from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsp_platform.accounts.acting import form_token
from dsp_platform.accounts.phones import known_browsers
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.casework.deadlines.words import promises
from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.casework.pages import unread
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.exchange.models import Operator
from dsp_platform.uploads.selectors import uploads_of
from dsp_platform.web.forms import bind, is_submitted, never_kept, saved
from dsp_platform.web.shown import digest_of
from dsp_platform.wizard.drafts import SessionDraft
from dsp_platform.wizard.questions import Answer, Key
from dsp_platform.wizard.views import ASKED_WITH, WizardView
from grievances import limits, pin_session, pins, prefill, services, workflow
from grievances.attachments.subject import GRIEVANCE
from grievances.deciders import why_unread
from grievances.errors import PinWait, TooManyReports, TooManyWords
from grievances.forms import FollowForm, WordsForm
from grievances.models import Grievance
from grievances.questions import LAST, QUESTIONS, CategoryForm, ReportWizard
from grievances.reporters import found_by_reporter, log_access, session_for_audit, user_of
from grievances.satisfaction import services as satisfaction
from grievances.satisfaction.forms import LookAgainForm
from grievances.secrecy import Secrecy
from grievances.sending import team_above
from grievances.timeline import answer, last_day, question, timeline, what_next
from registry.models import Area
from registry.persons.selectors import person_visible_to
from registry.persons.subject import subject_of
from registry.programmes.selectors import programme

DRAFT = "grievance_draft"


class ReportQuestion(WizardView[ReportWizard]):
    """Open to everybody, without signing in."""

    template = "grievances/report.html"
    refusals = (TooManyReports,)

    def prepare(self) -> HttpResponse | None:
        request, name = self.request, self.kwargs["question"]
        if name not in QUESTIONS:
            raise Http404
        self.draft = SessionDraft(request, DRAFT)
        self.wizard = ReportWizard(self.draft.load())
        if name == "category" and request.method == "GET" and (begun := prefill.of(request)):
            self.wizard = ReportWizard(begun)
            self.store()
            return redirect(self.wizard.url(Key("what")))
        if not self.wizard.is_open(Key(name)):  # already sent by a first click, or never begun
            return redirect(
                "grievances:reported" if pin_session.pin_to_show(request) else "grievances:report"
            )
        return None

    def store(self) -> None:
        self.wizard.answers.setdefault("submission", str(uuid4()))
        self.draft.save(self.wizard.answers)

    def caption(self, key: Key) -> str:
        return _("Report a grievance")

    def asked_with(self, key: Key) -> str:
        """The last page sends all answers, so it stands for all that it shows."""
        if key != LAST:
            return super().asked_with(key)
        return digest_of({name: answer for name, answer in self.wizard.answers.items() if name != LAST.name})

    def is_asked_the_same(self, key: Key) -> bool:
        """Nothing is sent from a page that does not say what it showed."""
        if key != LAST:
            return super().is_asked_the_same(key)
        return self.request.POST.get(ASKED_WITH) == self.asked_with(key)

    def page(self, key: Key) -> dict[str, Any]:
        context = super().page(key)
        context["back_url"] = context["back_url"] or reverse("registry:home")
        return context | {
            "rows": self.wizard.rows() if key == LAST else [],
            "person": subject_of(self.request),
            "last": key == LAST,
        }

    def answered(self, key: Key, answer: Answer) -> HttpResponse:
        """Raises TooManyReports; the answer is stored all the same, unless too many reports are begun."""
        if "submission" not in self.wizard.answers:
            limits.take_draft(known=known_browsers.is_of_somebody(self.request))
        if key != LAST:
            return super().answered(key, answer)
        self.wizard.put(key, answer)
        self.store()
        # Without person and session: what would have been reported may be sensitive.
        with refusals_recorded(self.request, "grievance", None):
            return self._send()

    def _send(self) -> HttpResponse:
        request, answers = self.request, self.wizard.details
        if not CategoryForm({"category": answers.get("category", "")}).is_valid():
            return redirect("grievances:report")
        user = user_of(request)
        sent = form_token.shown(request)
        grievance = services.report_grievance(
            actor=user,
            assisted_session=assisted_session_of(request),
            submission=UUID(self.wizard.answers["submission"]),
            details=services.Details(
                category=answers["category"],
                text=answers["text"],
                operator=Operator.objects.filter(pk=answers.get("operator") or None).first(),
                application=prefill.own_application(request, answers.get("application")),
                enrolment=prefill.own_enrolment(request, answers.get("enrolment")),
                programme=programme(answers.get("programme") or ""),
                official=answers.get("official") or "",
                office=Area.objects.filter(pk=answers.get("office_area") or None).first(),
                channel=answers.get("channel") or "",
                area=Area.objects.filter(pk=answers.get("area") or None).first(),
                phone=answers.get("phone", ""),
                caller=person_visible_to(user, answers["caller"]) if user and answers.get("caller") else None,
                # Without a person there is no name to send, so the account is not kept either. Nor where the
                # page did not offer the choice.
                unnamed=bool(answers.get("unnamed"))
                or subject_of(request) is None
                or sent is None
                or not sent.subject,
            ),
            language=(get_language() or "km")[:2],
            known=known_browsers.is_of_somebody(request),
        )
        saved(request)
        self.draft.discard()
        pin_session.note_sent(request, grievance)
        pin_session.show_pin_next(request, grievance)
        return redirect("grievances:reported")


report = ReportQuestion.as_view()


@never_kept
def reported(request: HttpRequest) -> HttpResponse:
    """Reference and PIN, for some minutes or until the user confirms having noted them. So do the pages that
    confirm the number for news (``phone_views``)."""
    if is_submitted(request):
        pin_session.forget_sent(request)
        return redirect("registry:home")
    grievance = Grievance.objects.filter(pk=pin_session.pin_to_show(request) or 0).first()
    if grievance is None:
        return redirect("grievances:follow")
    context = {
        "grievance": grievance,
        "pin": pins.shown(grievance),
        "promises": promises(grievance),
        "may_renew": bool(grievance.phone) and grievance.told_in_secret != Secrecy.PIN,
        "typed_for_others": grievance.channel in Grievance.TYPED_BY_OFFICIALS,
    }
    response = render(request, "grievances/reported.html", context)
    pins.remember_browser(request, response, grievance)
    return response


@never_kept
def follow(request: HttpRequest) -> HttpResponse:
    """The same answer for a wrong PIN and an unknown reference, so that guessing reveals nothing."""
    form = bind(FollowForm, request)
    if is_submitted(request) and form.is_valid():
        reference = form.cleaned_data["reference"]
        try:
            found = pins.check(
                reference=reference, pin=form.cleaned_data["pin"], asker=pins.asker_of(request, reference)
            )
        except PinWait as wait:
            form.add_error(None, str(wait))
        else:
            if found is not None:
                pin_session.prove(request, found)
                response = redirect("grievances:grievance", found.reference)
                pins.remember_browser(request, response, found)
                return response
            form.add_error(None, _("The reference and the PIN do not fit together."))
    return render(request, "grievances/follow.html", {"form": form})


def grievance(request: HttpRequest, reference: str) -> HttpResponse:
    """The timeline, and a way to add something."""
    found = found_by_reporter(request, reference)
    if found is None:
        return redirect("grievances:follow")
    log_access(request, found)
    form, unsent = bind(WordsForm, request, initial={"version": found.version}), ""
    if is_submitted(request) and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            session = session_for_audit(request, found)
            with refusals_recorded(request, "grievance", found.pk, assisted_session=session):
                services.add_words(
                    grievance=found,
                    actor=user_of(request),
                    assisted_session=assisted_session_of(request),
                    text=words,
                    expected_version=form.cleaned_data["version"],
                )
            messages.success(request, _("Your words were added."))
            return redirect("grievances:grievance", found.reference)
        except TooManyWords as problem:
            form.add_error(None, str(problem))
        except Overtaken as error:
            messages.warning(request, str(error))
            found.refresh_from_db()
            form, unsent = WordsForm(initial={"version": found.version, "words": words}), words
        except StepRefused as error:
            messages.error(request, str(error))
            return redirect("grievances:grievance", found.reference)
    user = user_of(request)
    # Also with a PIN: whoever lives with the person may have found it.
    if user is not None and (why := why_unread(user, found, assisted_session_of(request))):
        return unread(
            request,
            found,
            kind=found.get_category_display(),
            state=found.get_state_display(),
            why=why,
            back="registry:me" if assisted_session_of(request) else "registry:home",
            about=found.person_id,
        )
    step = workflow.STEPS[services.step_of_words(found)]
    may_reopen = step.name == "reopen" and workflow.grievance_workflow.is_allowed(found, step)
    takes_words = may_reopen or workflow.grievance_workflow.is_allowed(found, step)
    context = {
        "grievance": found,
        "events": timeline(found),
        "question": question(found),
        "answer": answer(found),
        "what_next": what_next(found),
        "promises": promises(found),
        "form": form if takes_words and not may_reopen else None,
        "unsent": "" if takes_words else unsent,
        "may_reopen": may_reopen,
        # Its own page, but for words that came with the page from before the answer.
        "again": LookAgainForm(initial={"version": found.version, "words": unsent})
        if may_reopen and unsent
        else None,
        "team": team_above(found),
        "until": last_day(found),
        "has_letter": bool(found.decision_id) and not found.is_open,
        "sent": uploads_of(GRIEVANCE, str(found.pk)),
        "ratings": Grievance.Satisfaction.choices if satisfaction.may_rate(found) else [],
    }
    return render(request, "grievances/grievance.html", context)
