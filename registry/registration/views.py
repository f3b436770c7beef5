"""The registration of a household, one thing per page, saved at each "Continue"."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.exchange.ledger.selectors import operators_to_consent
from dsp_platform.forms import is_submitted
from registry.areas import selectors as areas_selectors
from registry.areas.labels import area_path
from registry.errors import AlreadyRegistered, InvalidDetails, TooManyLookups, YesNeeded
from registry.models import Draft
from registry.persons.labels import full_name
from registry.persons.subject import case_of, subject_of, user_of
from registry.phones.replacements.selectors import waiting_by_new_phone
from registry.registration.answers import answers_to_details, rows_of, step_of
from registry.registration.closed_records import closed_record_of
from registry.registration.drafts import became, kept_until, save_draft
from registry.registration.journey import CHECK, HEAD_ID, MEMBERS, PARTS, Journey, Step
from registry.registration.members_elsewhere_views import ask_for_yes
from registry.registration.pages import page_context
from registry.registration.selectors import draft_of
from registry.registration.services import register_household

RETURN, TAKEN = "return", "taken"


def _draft(request: HttpRequest) -> Draft | None:
    return draft_of(user_of(request), case_of(request))


def _journey(draft: Draft | None) -> Journey:
    return Journey(cast(dict[str, Any], draft.answers) if draft else {})


def _save(request: HttpRequest, journey: Journey) -> None:
    save_draft(owner=user_of(request), case=case_of(request), answers=journey.answers)


def _finished(request: HttpRequest, draft: Draft | None) -> HttpResponse | None:
    """Where somebody belongs who is registered: nobody is registered twice."""
    if became(draft) is not None:
        return redirect("registry:registered")
    if subject_of(request) is None:
        # To a new number that waits its person's record comes: what is begun now would be in the way.
        waits = case_of(request) is None and waiting_by_new_phone(user_of(request))
        return redirect("registry:me") if waits or _was_closed(request, draft) else None
    if until := kept_until(draft):  # the account got a record meanwhile: by a claim, or at the counter
        words = _("You are registered already. The answers you began are deleted on %(date)s.")
        messages.info(request, words % {"date": date_format(until, "SHORT_DATE_FORMAT")})
    return redirect("registry:me")


def _was_closed(request: HttpRequest, draft: Draft | None) -> bool:
    """Whoever was recorded as dead and lives is not registered twice; who is somebody else says so first."""
    closed = closed_record_of(user_of(request)) if case_of(request) is None else None
    return closed is not None and not closed.is_followed_by(draft)


def _to(step: Step, back_to: str = "", **query: str) -> HttpResponseRedirect:
    if back_to:
        query[RETURN] = back_to
    return redirect(f"{step.url}?{urlencode(query)}" if query else step.url)


def _back_to(request: HttpRequest) -> str:
    wanted = request.GET.get(RETURN, "")
    return wanted if wanted in (CHECK, MEMBERS) else ""


def _frame(journey: Journey, step: Step, back_to: str = "") -> dict[str, Any]:
    """Caption, progress and way back of a step's page."""
    before = Step(back_to) if back_to else journey.before(step)
    member = journey.member(step.member)
    caption = full_name(member)
    if step.member is not None and (not caption or step.name == "name"):
        caption = _("Head of household") if step.member == HEAD_ID else _("Another member")
    return {
        "step": step,
        "caption": caption,
        "back_url": before.url if before else "",
        "part": PARTS.index(step.part) + 1,
        "parts": len(PARTS),
    }


@actor_required
def register(request: HttpRequest) -> HttpResponse:
    """The first step still open: where a registration begins, and where it goes on after a break."""
    draft = _draft(request)
    if finished := _finished(request, draft):
        return finished
    return redirect(_journey(draft).first_open().url)


@actor_required
def step(request: HttpRequest, step: str, number: int | None = None) -> HttpResponse:
    draft = _draft(request)
    if finished := _finished(request, draft):
        return finished
    journey = _journey(draft)
    found = journey.find(step, number)
    if found is None:
        return redirect(journey.first_open().url)
    if found.name == CHECK:
        return _check(request, journey, draft)
    return _ask(request, journey, found, draft)


def _ask(request: HttpRequest, journey: Journey, step: Step, draft: Draft | None) -> HttpResponse:
    back_to = _back_to(request)
    context = page_context(request, journey, step)
    form = context["form"]
    if is_submitted(request) and form.is_valid():
        return _answered(request, journey, step, form.answers, back_to)
    if TAKEN in request.GET and step.name == "document" and not form.is_bound:
        form = context["form"] = _taken(type(form), journey.member(step.member), case_of(request) is not None)
    context |= _frame(journey, step, back_to) | {"kept_until": kept_until(draft)}
    if step.name == MEMBERS:
        context["people"] = [(member, full_name(member)) for member in journey.members]
    return render(request, context["page"].template, context)


def _answered(
    request: HttpRequest, journey: Journey, step: Step, answers: dict[str, Any], back_to: str
) -> HttpResponse:
    if step.name == "young" and answers["young"] == "no":
        return _to(Step("birth", step.member), back_to)
    journey.put(step, answers)
    _save(request, journey)
    if step.name == MEMBERS and answers["more"] == "yes":
        return _to(Step("name", journey.next_id), back_to)
    return _to(journey.after(step, back_to), back_to)


def _taken(form_class: Any, told: dict[str, Any], at_counter: bool) -> Any:
    """The document as told before, and that it cannot be used. Nothing about whom it names."""
    form = form_class(told)
    problem = _("This document cannot be used for a new registration. Check the type and the number.")
    if at_counter:
        problem += " " + _("If they are right, end this case and search for the person at the counter.")
    else:
        problem += " " + _(
            "If they are right, the person may be registered already: say so on your page, or "
            "go to the commune office."
        )
    form.add_error("document_number", problem)
    return form


def _check(request: HttpRequest, journey: Journey, draft: Draft | None) -> HttpResponse:
    problems: list[tuple[str, Step]] = []
    if is_submitted(request):
        try:
            register_household(
                actor=user_of(request),
                details=answers_to_details(journey.answers),
                draft=draft,
                case=case_of(request),
                keep=request.session.session_key,
            )
        except AlreadyRegistered as error:
            member = journey.members[error.member]
            return _to(Step("document", member["id"]), CHECK, **{TAKEN: "1"})
        except TooManyLookups:
            words = _("Too many documents were tried today. Try tomorrow, or go to the commune office.")
            problems = [(words, Step("document", HEAD_ID))]
        except YesNeeded as error:
            return ask_for_yes(request, error.person_id, error.member)
        except InvalidDetails as error:
            problems = [(problem.message, step_of(problem, journey)) for problem in error.problems]
        else:
            return redirect("registry:registered")
    village = areas_selectors.village(journey.answers["place"]["village_code"])
    context = _frame(journey, Step(CHECK)) | {
        "kept_until": kept_until(draft),
        "problems": problems,
        "village": area_path(village) if village else "",
        "address": journey.answers["place"]["address"],
        "operators": [o for o in operators_to_consent() if o.code in journey.answers["consent"]["operators"]],
        "people": [(member, full_name(member), list(rows_of(member))) for member in journey.members],
    }
    return render(request, "registry/registration/check.html", context)


@actor_required
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a member out of a registration that is not yet submitted, once asked."""
    draft = _draft(request)
    if finished := _finished(request, draft):
        return finished
    journey = _journey(draft)
    member = journey.member(number)
    if member and not is_submitted(request):
        context = {"name": full_name(member), "back_url": Step(MEMBERS).url}
        return render(request, "registry/registration/remove.html", context)
    if member:
        journey.remove(number)
        _save(request, journey)
        messages.success(request, _("The person was taken off the list."))
    return redirect(Step(MEMBERS).url)
