"""The confirmation by whoever is moved: on their own page, at the counter, or by their old commune."""

import contextlib

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import citizen_required, decider_required
from dsp_platform.accounts.codes.code_page import code_page
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.codes.forms import CodeForm
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import bind, is_submitted, never_kept
from dsp_platform.web.shown import SHOWN, is_sent_as_shown
from registry.changes.access import log_change_access, refuse_unread
from registry.changes.forms import MoveForm
from registry.changes.hearings.visibility import LEFT, reads_place, why_unread
from registry.changes.kinds import KINDS
from registry.changes.moves import services
from registry.changes.moves.movers import leads_others
from registry.changes.moves.services import OldTerms
from registry.changes.moves.terms import terms_for
from registry.changes.selectors import (
    MOVER,
    may_answer_for_mover,
    may_need_confirmation,
    move_to_answer,
    moves_of,
    past_move_of,
    sees_mover,
    waits_for,
)
from registry.errors import TermsChanged
from registry.models import ChangeRequest
from registry.persons.subject import session_with, subject_of, user_of
from registry.phones.selectors import confirmation_contact


@citizen_required
def my_move(request: HttpRequest, reference: str) -> HttpResponse:
    found = _own(request, reference)
    if not found.is_open:
        said_no = found.state == found.State.REFUSED and found.decided_by_id == user_of(request).pk
        return render(
            request, "registry/changes/moves/my_move_past.html", {"change": found, "said_no": said_no}
        )
    if is_submitted(request):
        if "no" in request.POST:
            try:
                services.refuse_to_move(request=found, actor=user_of(request))
                messages.success(request, _("You said no. Nothing changes for you."))
            except StepRefused as error:
                messages.error(request, str(error))
            return redirect("registry:me")
        return _send(request, found, "registry:my_move")
    context = {
        "change": found,
        "terms": terms_for(user_of(request), found),
        "head_first": not found.confirmation and leads_others(found),
        "by_code": waits_for(found) == MOVER and not leads_others(found),
    }
    return render(request, "registry/changes/moves/my_move.html", context)


@citizen_required
@never_kept
def my_move_code(request: HttpRequest, reference: str) -> HttpResponse:
    found = _own(request, reference)
    if not found.is_open:
        return redirect("registry:my_move", found.reference)
    return _code(request, found, "registry:my_move", "registry:me", own=found.mover == subject_of(request))


@decider_required
def counter_move(request: HttpRequest, reference: str) -> HttpResponse:
    found = _of_staff(request, reference)
    if words := _why_unread(request, found):
        return refuse_unread(request, found, words, "registry:counter_changes")
    if is_submitted(request) and "send" in request.POST:
        if sees_mover(user_of(request), found) or not may_need_confirmation(found):
            return _send(request, found, "registry:counter_move")
        return _send_unseen(request, found)
    terms = terms_for(user_of(request), found)
    form = bind(MoveForm, request)
    if is_submitted(request) and form.is_valid() and (answer := _answer(request, found, form)):
        return answer
    shown = sees_mover(user_of(request), found)
    if shown and found.mover_id:
        log_change_access(request, found, found.mover_id)
    waits = waits_for(found) if shown else MOVER if may_need_confirmation(found) else ""
    head_first = shown and bool(waits) and leads_others(found)
    context = {
        "change": found,
        "about": _about(request, found),
        "head_first": head_first,
        "shown": shown,
        "terms": terms,
        "kind": KINDS[found.kind],
        "waits": waits,
        "by_code": waits == MOVER and not head_first,
        "form": form if shown and waits and may_answer_for_mover(user_of(request), found) else None,
    }
    return render(request, "registry/changes/moves/counter_move.html", context)


@decider_required
@never_kept
def counter_move_code(request: HttpRequest, reference: str) -> HttpResponse:
    found = _of_staff(request, reference)
    if _why_unread(request, found):
        return redirect("registry:counter_move", found.reference)
    if sees_mover(user_of(request), found) or not may_need_confirmation(found):
        return _code(request, found, "registry:counter_move", "registry:counter_move")
    return _code_unseen(request, found)


def _why_unread(request: HttpRequest, found: ChangeRequest) -> str | Promise:
    """Also of a decided one: the commune that was left does not see who went where."""
    user = user_of(request)
    return why_unread(user, found) or ("" if reads_place(user, found) else LEFT)


def _send_unseen(request: HttpRequest, found: ChangeRequest) -> HttpResponse:
    """The next page is the same whether or not there is a person, a phone or a text message left to send."""
    shown = terms_for(user_of(request), found).shown
    if "resend" not in request.POST and not is_sent_as_shown(request, shown, str(OldTerms())):
        return redirect("registry:counter_move", found.reference)
    phone, language = confirmation_contact(found.mover) if found.mover else ("", "")
    if phone and not leads_others(found):
        with contextlib.suppress(CodeProblem):
            # For a code sent again, the terms of the first time are kept.
            keep = None if "resend" in request.POST else shown
            _code_request(request, found).send(phone, "", language=language, keep=keep)
    return redirect("registry:counter_move_code", found.reference)


def _read_anew(request: HttpRequest, found: ChangeRequest, page: str) -> HttpResponse:
    messages.warning(request, str(OldTerms()))
    return redirect(page, found.reference)


def _about(request: HttpRequest, found: ChangeRequest) -> set[int | None]:
    """The person of the open assisted session, if any: who asks for the move, or who moves, where that is
    shown.
    """
    own = user_of(request)
    shows_mover = own.is_citizen or sees_mover(own, found)
    return {found.asked_for_id, found.mover_id if shows_mover else None}


def _code_unseen(request: HttpRequest, found: ChangeRequest) -> HttpResponse:
    """The page of the code for users who may not see whom it is about: only the right code reveals it."""
    if is_submitted(request) and "resend" in request.POST:
        return _send_unseen(request, found)
    form = bind(CodeForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            code_request = _code_request(request, found)
            code_request.prove(
                form.cleaned_data["code"],
                then=lambda proved: _agree(request, found, code_request, proved),
            )
        except OldTerms:
            return _read_anew(request, found, "registry:counter_move")
        except CodeProblem:
            form.add_error("code", _("The code is not right, or it is over."))
        else:
            messages.success(request, _("The confirmation was saved. Now the commune decides."))
            return redirect("registry:counter_move", found.reference)
    context = {
        "form": form,
        "change": found,
        "about": _about(request, found),
        "page": "registry:counter_move",
    }
    return render(request, "registry/changes/moves/move_code.html", context)


def _own(request: HttpRequest, reference: str) -> ChangeRequest:
    person = subject_of(request)
    asked = moves_of(person) if person else []
    found = next((one for one in asked if one.reference == reference), None)
    if found is None and person is not None:
        found = past_move_of(user_of(request), person, reference)
    if found is None:
        raise Http404
    return found


def _of_staff(request: HttpRequest, reference: str) -> ChangeRequest:
    found = move_to_answer(user_of(request), reference)
    if found is None:
        raise Http404
    return found


def _answer(request: HttpRequest, found: ChangeRequest, form: MoveForm) -> HttpResponse | None:
    try:
        with refusals_recorded(request, "changerequest", found.pk):
            services.answer_for_mover(
                request=found,
                agrees=form.cleaned_data["answer"] == "yes",
                note=form.cleaned_data["note"],
                shown=request.POST.get(SHOWN, ""),
                actor=user_of(request),
                assisted_session=session_with(request, *_about(request, found)),
            )
    except TermsChanged as error:
        messages.warning(request, str(error))
        return redirect("registry:counter_move", found.reference)
    except StepRefused as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("Your answer was saved."))
    return redirect("registry:counter_changes")


def _code_request(request: HttpRequest, found: ChangeRequest) -> CodeRequest:
    return CodeRequest(
        request, purpose=Purpose.MOVE, subject=f"change:{found.reference}", account=user_of(request)
    )


def _send(request: HttpRequest, found: ChangeRequest, page: str) -> HttpResponse:
    phone, language = confirmation_contact(found.mover) if found.mover else ("", "")
    if not phone or waits_for(found) != MOVER or leads_others(found):
        return redirect(page, found.reference)
    shown = terms_for(user_of(request), found).shown
    if not is_sent_as_shown(request, shown, str(OldTerms())):
        return redirect(page, found.reference)
    try:
        _code_request(request, found).send(phone, "", language=language, keep=shown)
    except CodeProblem as problem:
        messages.warning(request, str(problem))
        return redirect(page, found.reference)
    return redirect(f"{page}_code", found.reference)


def _agree(
    request: HttpRequest, found: ChangeRequest, code_request: CodeRequest, proved: PhoneChallenge
) -> ChangeRequest:
    return services.agree_by_code(
        request=found,
        phone=proved.phone,
        shown=str(code_request.also_kept or ""),
        actor=user_of(request),
        assisted_session=session_with(request, *_about(request, found)),
    )


def _code(
    request: HttpRequest, found: ChangeRequest, page: str, after: str, *, own: bool = False
) -> HttpResponse:
    code_request = _code_request(request, found)
    challenge = code_request.challenge()
    if challenge is None or waits_for(found) != MOVER:
        return redirect(page, found.reference)

    def done(_agreed: ChangeRequest) -> HttpResponse:
        messages.success(request, _("The confirmation was saved. Now the commune decides."))
        return redirect(after) if after == "registry:me" else redirect(after, found.reference)

    return code_page(
        code_request,
        challenge,
        "registry/changes/moves/move_code.html",
        {"change": found, "about": _about(request, found), "shown": True, "own": own, "page": page},
        then=lambda proved: _agree(request, found, code_request, proved),
        done=done,
        refused=lambda problem: _read_anew(request, found, page) if isinstance(problem, OldTerms) else None,
        language=confirmation_contact(found.mover)[1] if found.mover else "",
    )
