"""Asking for a change: choose its kind, answer one question a page, check, send, follow."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dsp_platform.accounts.access.decorators import actor_required, step_up_required
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.translations.label import Label
from dsp_platform.web.forms import saved
from dsp_platform.wizard.questions import CHECK, Answer, Key
from dsp_platform.wizard.views import WizardView
from registry.changes import number_lookups
from registry.changes.access import unread_change
from registry.changes.alike import close_to
from registry.changes.context import nobody
from registry.changes.drafts import save_change_draft
from registry.changes.hearings.selectors import names_in
from registry.changes.hearings.visibility import changes_shown, why_unlisted, why_unread
from registry.changes.kinds import KINDS, Kind, offered_in
from registry.changes.questions import rows_of
from registry.changes.selectors import change_draft, change_of, drafts_of_changes, household_context
from registry.changes.services import ask_change, withdraw_change
from registry.changes.timeline import timeline, what_next
from registry.changes.wizard import ChangeWizard
from registry.errors import TooManyLookups
from registry.models import ChangeDraft, ChangeRequest, Person
from registry.persons.alike import Alike, shown, told_alike
from registry.persons.subject import log_access, subject_required, user_of
from registry.plausibility.wizard import RARE, Implausible

JUST_ASKED = "change_just_asked"
ALIKE, APART, SAME = "alike", "apart", "same"


@actor_required
@subject_required()
def changes(request: HttpRequest, person: Person) -> HttpResponse:
    """The kinds of change, and the requests made before."""
    begun = drafts_of_changes(user_of(request), assisted_session_of(request))
    household = household_context(user_of(request), assisted_session_of(request))
    context = {
        "person": person,
        "groups": offered_in(household) if household else [],
        "home": household and household.home,
        "begun": begun,
        "requests": [(one, KINDS[one.kind]) for one in changes_shown(person, assisted_session_of(request))],
        "why_unlisted": why_unlisted(assisted_session_of(request), person),
    }
    return render(request, "registry/changes/changes.html", context)


@actor_required
def change(request: HttpRequest, kind: str) -> HttpResponse:
    """What this kind of change means, before its first question."""
    found = _kind(kind)
    wizard, draft = _wizard(request, found)
    if wizard is None:
        return redirect("registry:changes")
    context = {
        "kind": found,
        "begun": bool(draft and draft.answers),
        "waiting": _waiting(request, wizard),
        "first": wizard.url(wizard.first_open()),
        "possible": not _is_impossible(wizard),
        "home": wizard.context.home,
        "head": wizard.context.members[0].person,
        "left_out": wizard.left_out("who"),
        "alone": len(wizard.context.members) < 2,
    }
    return render(request, "registry/changes/change.html", context)


class ChangeQuestion(WizardView[ChangeWizard]):
    draft: ChangeDraft | None
    refusals = (Implausible,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = _kind(kwargs["kind"])
        answer = step_up_required(super().dispatch) if kind.step_up else super().dispatch
        return answer(request, *args, **kwargs)

    def prepare(self) -> HttpResponse | None:
        kind = _kind(self.kwargs["kind"])
        wizard, self.draft = _wizard(self.request, kind)
        if wizard is None:
            return redirect("registry:changes")
        self.wizard = wizard
        sent = self.draft.request if self.draft else None
        # Where nothing is asked, no answer begins another one.
        is_over = sent is not None and wizard.asks_nothing and not sent.is_open
        if sent is not None and self.kwargs["question"] == CHECK and not is_over:  # a second click
            saved(self.request)
            return redirect("registry:change_request", sent.reference)
        return redirect("registry:change", kind.code) if _is_impossible(wizard) else None

    def store(self) -> None:
        self.draft = save_change_draft(
            owner=user_of(self.request),
            assisted_session=assisted_session_of(self.request),
            kind=self.wizard.kind.code,
            answers=self.wizard.answers,
        )

    def answered(self, key: Key, answer: Answer) -> HttpResponse:
        if key.name == RARE and answer["right"] == "no":
            return redirect(self.wizard.url(self.wizard.to_correct(key)))
        self.wizard.require_possible(key, answer)
        if key.name == "document" and (words := self._why_not_document(key, answer)):
            raise Implausible(words)
        return super().answered(key, answer)

    def _why_not_document(self, key: Key, answer: Answer) -> Label:
        """Nothing where somebody may come in by it, who is asked: whoever holds their document would learn by
        the answer whether they are registered, and try names and dates of birth. The decision tells it."""
        wizard = self.wizard
        if wizard.kind.may_take_in:
            return ""
        return number_lookups.why_not_document(
            actor=user_of(self.request),
            assisted_session=assisted_session_of(self.request),
            answers=wizard.with_answer(key, answer).answers,
            person=None if wizard.is_of_newcomer(key) else wizard.person,
        )

    def caption(self, key: Key) -> str:
        return self.wizard.whose(key)

    def page(self, key: Key) -> dict[str, Any]:
        context = super().page(key)
        context["left_out"] = self.wizard.left_out(key.name)
        context["back_url"] = context["back_url"] or reverse("registry:change", args=[self.wizard.kind.code])
        shows_member = context["caption"] and not self.wizard.is_of_newcomer(key)
        if self.wizard.person is not None and shows_member:
            log_access(self.request, self.wizard.person)
        return context

    def check(self) -> HttpResponse:
        wizard, problems, alike = self.wizard, [], []
        try:
            alike = self._alike()
        except TooManyLookups as error:
            problems = [(str(error.of_names), "#answers")]
        if self.is_confirmed() and not problems:
            if wizard.asks_nothing:
                self.store()  # so that a second click finds the request
            try:
                with refusals_recorded(
                    self.request,
                    "person",
                    wizard.context.subject.pk,
                    assisted_session=assisted_session_of(self.request),
                ):
                    asked = ask_change(
                        kind=wizard.kind,
                        answers=wizard.answers,
                        actor=user_of(self.request),
                        assisted_session=assisted_session_of(self.request),
                        draft=self.draft,
                        **self._said_of(alike),
                    )
            except StepRefused as error:
                problems = [(str(error), "#answers")]
            else:
                self.request.session[JUST_ASKED] = asked.reference
                saved(self.request)
                return redirect("registry:change_request", asked.reference)
        persons, communes = shown(alike, user_of(self.request))
        context = self.page(Key(CHECK)) | {
            "alike": alike,
            "alike_here": persons,
            "alike_communes": communes,
            "kind": wizard.kind,
            "alone": len(wizard.context.members) < 2,
            "subject": wizard.context.subject,
            "waiting": _waiting(self.request, wizard),
            "problems": problems,
            "rows": wizard.rows(),
            "digest": wizard.digest(),
        }
        return render(self.request, "registry/changes/change_check.html", context)

    def _alike(self) -> list[Alike]:
        """At the counter: the persons registered of whom the newcomer, or who is corrected, may be one."""
        assisted_session, wizard = assisted_session_of(self.request), self.wizard
        if assisted_session is None:
            return []
        found = close_to(wizard.kind, wizard.asked(), wizard.context, wizard.person)
        return told_alike(found, official=user_of(self.request), assisted_session=assisted_session)

    def _said_of(self, alike: Sequence[Alike]) -> dict[str, list[str]]:
        said = self.request.POST.get(ALIKE)
        return {said: [one.spid for one in alike]} if said in (APART, SAME) else {}


change_question = sensitive_post_parameters()(actor_required(ChangeQuestion.as_view()))


@actor_required
def change_request(request: HttpRequest, reference: str) -> HttpResponse:
    found = _own(request, reference)
    log_access(request, found.asked_for)
    if words := why_unread(user_of(request), found, assisted_session_of(request)):
        return unread_change(request, found, words, "registry:changes", found.asked_for_id)
    context = {
        "change": found,
        "kind": KINDS[found.kind],
        "rows": rows_of(found.answers, names_in(found)),
        "events": timeline(found),
        "what_next": what_next(found),
        "just_asked": request.session.get(JUST_ASKED) == found.reference,
    }
    return render(request, "registry/changes/change_request.html", context)


@actor_required
@require_POST
def change_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    found = _own(request, reference)
    try:
        with refusals_recorded(
            request, "changerequest", found.pk, assisted_session=assisted_session_of(request)
        ):
            withdraw_change(
                request=found, actor=user_of(request), assisted_session=assisted_session_of(request)
            )
        messages.success(request, _("The request was taken back."))
    except StepRefused as error:
        messages.error(request, str(error))
    request.session.pop(JUST_ASKED, None)
    return redirect("registry:change_request", found.reference)


def _own(request: HttpRequest, reference: str) -> ChangeRequest:
    found = change_of(user_of(request), assisted_session_of(request), reference)
    if found is None:
        raise Http404
    return found


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def _wizard(request: HttpRequest, kind: Kind) -> tuple[ChangeWizard | None, ChangeDraft | None]:
    user, assisted_session = user_of(request), assisted_session_of(request)
    context = household_context(user, assisted_session)
    draft = change_draft(user, assisted_session, kind.code)
    if context is None:
        return None, draft
    answers = draft.answers if draft and draft.request is None else {}
    return ChangeWizard(kind, context, answers), draft


def _waiting(request: HttpRequest, wizard: ChangeWizard) -> list[ChangeRequest]:
    """Of a kind that is asked for once at a time, what the same person asked and is not decided."""
    if wizard.kind.at_once or wizard.kind.several:
        return []
    asked = changes_shown(wizard.context.subject, assisted_session_of(request))
    return [one for one in asked if one.kind == wizard.kind.code and one.is_open]


def _is_impossible(wizard: ChangeWizard) -> bool:
    """Somebody who lives alone cannot name another head, nor tell of their own death; or it can be about none
    of the members; or it is not offered to whoever asks."""
    if not wizard.kind.is_offered(wizard.context):
        return True
    lacks_successor = wizard.kind.needs_successor and len(wizard.context.members) < 2 and not wizard.choices
    return lacks_successor or (wizard.kind.whom is not nobody and not wizard.choices)
