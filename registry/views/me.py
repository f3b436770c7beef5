"""A person's own page, the page after registering, and the slip to take home."""

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe

from dsp_platform.accounts.decorators import actor_required
from registry import selectors
from registry.eligibility import facts_of, judge_facts
from registry.models import Household, Person
from registry.views.actor import case_of, note_look, subject_of, user_of


@actor_required
def me(request: HttpRequest) -> HttpResponse:
    """Everything about the person this request is about, and the way to all that can be done."""
    person = subject_of(request)
    if person is None:
        return redirect("registry:register")
    note_look(request, person)
    facts = facts_of([person.pk])[person.pk]
    verdicts = [(programme, judge_facts(programme, facts)) for programme in selectors.programmes()]
    return render(request, "registry/me.html", {"person": person, "verdicts": verdicts, **_home_of(person)})


@actor_required
def registered(request: HttpRequest) -> HttpResponse:
    """What became of the registration. Of its draft, so that it can be opened again and again."""
    draft = selectors.draft_of(user_of(request), case_of(request))
    person = subject_of(request)
    if draft is None or draft.household is None or person is None:
        return redirect("registry:register")
    return render(request, "registry/registered.html", {"person": person, **_home_of(person)})


@actor_required
def slip(request: HttpRequest) -> HttpResponse:
    """On paper: numbers to show at an office. The codes hold nothing but the number itself."""
    person = subject_of(request)
    if person is None:
        return redirect("registry:register")
    note_look(request, person, action="print")
    context = _home_of(person)
    codes = [(member, _code(member.person.spid)) for member in context["members"]]
    return render(request, "registry/slip.html", {"person": person, "codes": codes, **context})


def _home_of(person: Person) -> dict[str, Any]:
    household: Household | None = selectors.household_of(person)
    return {"household": household, "members": selectors.members_of(household) if household else []}


def _code(number: str) -> SafeString:
    """An SVG of our own making out of twelve digits; not a micro code, which phones cannot read."""
    return mark_safe(segno.make_qr(number, error="m").svg_inline(scale=4, border=2, omitsize=True))  # noqa: S308
