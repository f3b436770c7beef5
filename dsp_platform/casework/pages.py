"""What the page of an item does with the form of its next step, in the admin and at the counter."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.casework.assignment import VERSION, Assignment
from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.casework.forms import StepForm
from dsp_platform.casework.models import WorkItem
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.casework.workflow import Words
from dsp_platform.web.forms import bind, is_submitted, unvalidated


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


def saved(taken: Any) -> str:
    words = {"reference": taken.reference, "state": taken.get_state_display()}
    return _("Saved: %(reference)s is now “%(state)s”.") % words


def submit(
    request: HttpRequest,
    form: StepForm,
    take_step: Callable[[User, Any, StepForm], Any],
    *,
    said: Callable[[Any], str] = saved,
) -> StepForm | None:
    """Take the step that was sent. The form to show again, or None where the step was taken.

    The outcome is in the messages, as ``said`` puts it, and in the form. What was typed is kept when somebody
    else was first.
    """
    if not form.is_valid():
        return form
    user, item = staff(request), form.item
    try:
        with refusals_recorded(request, str(item._meta.model_name), item.pk):
            taken = take_step(user, item, form)
    except Overtaken as error:
        messages.warning(request, str(error))
        item.refresh_from_db()
        return type(form)(item=item, words=form.words_sent())
    except StepRefused as error:
        form.add_error(None, str(error))
        return form
    messages.success(request, said(taken))
    return None


def handle(
    request: HttpRequest,
    item: WorkItem,
    form_class: type[StepForm],
    assignment: Assignment[Any],
    take_step: Callable[[User, Any, StepForm], Any],
    *,
    here: str,
    after: Callable[[], str],
) -> StepForm | HttpResponse:
    """A button of the assignment, or a step, that was sent to the page of the item itself. The form to show,
    or where to go on: ``after`` a step that was taken, ``here`` after an assignment with nothing typed."""
    assigned_now = assignment.handle_post(request, item)
    if assigned_now and VERSION not in request.POST:
        return redirect(here)
    form: StepForm = bind(form_class, request, item=item)
    if assigned_now:
        item.refresh_from_db()
        return unvalidated(form)
    if not is_submitted(request):
        return form
    again = submit(request, form, take_step)
    return redirect(after()) if again is None else again


def step_context(
    user: User, item: WorkItem, form: StepForm, assignment: Assignment[Any], *, url: str
) -> dict[str, Any]:
    """The steps that this reader may take, why not others, and who has the item. ``url`` of the page."""
    deciders = assignment.deciders
    steps, barred = deciders.steps_and_why_barred(user, item)
    return {
        "form": form.offered(steps),
        "why_not": why_not(steps),
        "barred": barred,
        "assignment": assignment.context(user, item, barred=barred),
        "assignment_url": url,
    }


def nothing_next() -> str:
    return _("Nothing else in this list waits for you.")


def with_filters(request: HttpRequest, url: str, names: Sequence[str]) -> str:
    """The filter of a queue and the page of it stay while somebody works through it."""
    kept = {name: request.GET[name] for name in names if request.GET.get(name)}
    return f"{url}?{urlencode(kept)}" if kept else url


def unread(
    request: HttpRequest, item: WorkItem, *, kind: str, state: str, why: Words, back: str, about: int | None
) -> HttpResponse:
    """Shown in an assisted session instead of an item that its official may not read, as
    ``Deciders.why_unread`` says.

    ``kind`` and ``state`` in words; ``about``: the person whom the page is about.
    """
    context = {"item": item, "kind": kind, "state": state, "why": why, "back": back, "about": about}
    return render(request, "casework/unread.html", context)


def why_not(steps: Mapping[str, Exception | None]) -> list[str]:
    """Why steps of ``Deciders.steps_for`` are not offered, in words."""
    return list(dict.fromkeys(str(error) for error in steps.values() if error is not None))
