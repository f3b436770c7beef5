"""The page of the roster. Each "save" stores what is valid; the script saves row by row in the background."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.database import locks
from dsp_platform.web.forms import is_submitted, row_number, saved, typed_in
from dsp_platform.wizard.questions import Key
from dsp_platform.wizard.views import ANSWER_MISSING
from registry.models import Draft
from registry.persons.subject import subject_of, user_of
from registry.registration.answers import HEAD_ID
from registry.registration.counter_wizard import CounterWizard
from registry.registration.drafts import kept_until
from registry.registration.pages import draft_at, finished, save_at, wizard_at
from registry.registration.roster.known import is_said_taken, is_taken, look_up, questions_of_former
from registry.registration.roster.roster import Roster
from registry.registration.roster.village_of_today import village_of_today

CONSENT = Key("consent")


@actor_required
def roster(request: HttpRequest) -> HttpResponse:
    draft, case = draft_at(request), assisted_session_of(request)
    if done := finished(request, draft):
        return done
    wizard = wizard_at(request, draft)
    if case is None or not isinstance(wizard, CounterWizard):  # a citizen answers one question a page
        return redirect("registry:register")
    if not wizard.is_done(CONSENT):
        if is_submitted(request):
            messages.warning(request, ANSWER_MISSING)
        return redirect(wizard.url(CONSENT))
    if is_submitted(request):
        return _sent(request, case)
    return _page(request, shown_roster(request, wizard, village=village_of_today(user_of(request))), draft)


def shown_roster(request: HttpRequest, wizard: CounterWizard, *, village: str = "") -> Roster:
    """What is stored, or what was typed so far without judging it."""
    typed = typed_in(request)
    shown = Roster(wizard, typed, official=user_of(request), village=village)
    if typed is not None:
        shown.forget_errors()
    return shown


def is_saved_in_background(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _sent(request: HttpRequest, case: AssistedSession) -> HttpResponse:
    official = user_of(request)
    with transaction.atomic():
        # Two savings of one household, such as of a double click, come one after the other.
        locks.lock(locks.LockName.ROSTER, str(case.pk))
        draft = draft_at(request)
        if done := finished(request, draft):
            return done
        wizard = wizard_at(request, draft)
        if not isinstance(wizard, CounterWizard):
            return redirect("registry:register")
        found = Roster(wizard, request.POST, official=official)
        found.put()
        look_up(wizard, official=official, assisted_session=case)
        goes_on = not is_saved_in_background(request) and not {"add", "remove"} & request.POST.keys()
        questions = questions_of_former(wizard, subject_of(request)) if goes_on else {}
        for row in found.rows:
            row.conflict = row.conflict or questions.get(row.id or 0, "")
        if goes_on and not found.errors:
            wizard.answers["no_more"] = True
        save_at(request, wizard)
        saved(request)
    if is_saved_in_background(request):
        return JsonResponse(as_json(found))
    if (number := row_number(request.POST.get("remove", ""))) is not None:
        return _remove(found, number)
    if found.errors:
        return _page(request, found, draft)
    if "add" in request.POST:
        return _page(request, Roster(wizard, official=official), draft)
    for member in wizard.members:
        if is_said_taken(member) and is_taken(member, official=official, assisted_session=case):
            return redirect("registry:register_already", member["id"])
    return redirect(wizard.url(wizard.first_open()))


def _remove(found: Roster, number: int) -> HttpResponse:
    """What was typed in the other rows is saved by then."""
    row = found.numbered(number)
    if row is not None and row.id not in (None, HEAD_ID):
        return redirect("registry:register_remove", row.id)
    return redirect("registry:roster")


def as_json(found: Roster) -> dict[str, Any]:
    """What the script needs: the digest of each row that was sent as it is stored now, and what is wrong."""
    rows = {
        row.number: {"base": row.base, "taken": is_said_taken(row.member), "errors": row.errors}
        for row in found.rows
    }
    return {
        "rows": rows,
        "problem": found.problem,
        "saved": timezone.localtime().strftime("%H:%M"),
        "count": len(found.wizard.members),
    }


def _page(request: HttpRequest, found: Roster, draft: Draft | None) -> HttpResponse:
    wizard = found.wizard
    problems = problems_of(found) if is_submitted(request) else []
    if not problems:
        _start(found)
    context = {
        "roster": found,
        "problems": problems,
        "back_url": wizard.url(CONSENT),
        "part": wizard.part(Key("members")),
        "parts": len(wizard.parts),
        "kept_until": kept_until(draft),
    }
    return render(request, "registry/registration/roster/roster.html", context)


def problems_of(found: Roster) -> list[tuple[str, str]]:
    """Each with the place on the page where it is mended."""
    links = {field.html_name: f"#{field.auto_id}" for form in found.forms for field in form}
    return [
        (_with_row(found, name, words), links.get(name, f"#{name.partition('-')[0]}"))
        for name, told in found.errors.items()
        for words in told
    ]


def _with_row(found: Roster, name: str, words: str) -> str:
    row = next((one for one in found.rows if name.startswith(one.prefixed(""))), None)
    return _("Row %(number)d: %(words)s") % {"number": row.number, "words": words} if row else words


def _start(found: Roster) -> None:
    """Where the hand begins: at the village, or at the first person who is not written yet."""
    field = found.place["village_code"]
    if field.value():
        first = next((one for one in found.rows if not one.member), found.next_row)
        field = first.forms["name"]["family_name"]
    field.field.widget.attrs["autofocus"] = True
