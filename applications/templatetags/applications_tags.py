"""What other pages show of applications, without importing their views."""

from collections.abc import Sequence
from datetime import timedelta

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from applications import errors, selectors
from applications.agreements import waiting_for_consent
from applications.documents import unreadable_among
from applications.models import Application
from applications.workflow import DECIDED
from dsp_platform.templatetags.site_tags import runs
from dsp_platform.translations.label import Label
from registry.changes.kinds import KINDS
from registry.eligibility.rule_words import rule_in_words
from registry.home.to_do import ToDo
from registry.models import ChangeRequest, Enrolment, Membership, Person, Programme
from registry.persons import conflicts
from registry.persons.households import household_of, with_household
from registry.persons.subject import subject_of
from registry.persons.told_apart import name_at_home
from registry.programmes.amounts import from_snapshot
from registry.programmes.availability import takes_applications
from registry.programmes.selectors import amounts_of

register = template.Library()
NEWS = timedelta(days=30)


@register.inclusion_tag("applications/list.html")
def applications_of(person: Person | None) -> dict[str, object]:
    """Every application of the person's household, with its state."""
    if person is None:
        return {"applications": []}
    return {"applications": selectors.applications_of(person), "person": person}


@register.simple_tag(takes_context=True)
def household_applications(
    context: Context, person: Person, members: Sequence[Membership]
) -> list[Application]:
    """For pages that show them in several places, to query once."""
    found = selectors.applications_of(person, members)
    # Also those of members who died.
    about = [*with_household(person), *(one.person for one in found)]
    return conflicts.listed_for(context.get("assisted_session"), about, found, "submitted_by")


@register.simple_tag(takes_context=True)
def why_listed_less(context: Context, person: Person) -> Label:
    """Why the official of the assisted session does not see all of what the household asked for."""
    return conflicts.why_listed_less(context.get("assisted_session"), with_household(person))


@register.inclusion_tag("applications/list.html")
def application_list(applications: Sequence[Application], person: Person) -> dict[str, object]:
    return {"applications": applications, "person": person}


@register.simple_tag(takes_context=True)
def applications_to_do(context: Context, applications: Sequence[Application], person: Person) -> list[ToDo]:
    """Questions to answer, documents to send again, consents without which an operator cannot decide, and
    decisions of the last 30 days to read.

    Documents are left out for an official with an assisted session, who finds them on the application's own
    page.
    """
    recent = timezone.now() - NEWS
    living = [one for one in applications if not one.person.died_on]
    asked = [one for one in living if one.state == Application.State.MORE_ASKED]
    unreadable = [] if context.get("assisted_session") else unreadable_among(living)
    lacking = waiting_for_consent(living, household_of(person))
    decided = [
        one for one in applications if one.state in DECIDED and one.decided_at and one.decided_at > recent
    ]

    def about_of(one: Application) -> str:
        about = str(one.programme)
        if one.person_id != person.pk:
            about = format_html("{} – {}", about, runs(name_at_home(one.person)))
        return about

    def entry(one: Application, page: str, text: str, urgent: bool = True) -> ToDo:
        url = reverse(f"applications:{page}", args=[one.reference])
        return ToDo(text, url, about_of(one), urgent)

    def agree(one: Application) -> ToDo:
        operator = one.programme.operator
        text = _("Agree that %(operator)s receives your details, or it cannot decide") % {
            "operator": operator
        }
        return ToDo(text, reverse("registry:consent_give", args=[operator.pk]), about_of(one))

    return [
        *(entry(one, "application", _("Answer a question about your application")) for one in asked),
        *(entry(one, "application", _("Send a document again that could not be read")) for one in unreadable),
        *map(agree, lacking),
        *(entry(one, "letter", _("Read the decision"), urgent=False) for one in decided),
    ]


@register.inclusion_tag("applications/closed.html", takes_context=True)
def closed_by_death(context: Context, change: ChangeRequest) -> dict[str, object]:
    """On the page of a reported death: the applications it closed, as far as the reader may see them."""
    if not KINDS[change.kind].person_dies or change.state != ChangeRequest.State.APPLIED:
        return {}
    request = context["request"]
    reader = subject_of(request)
    applications = selectors.applications_of(reader) if reader else []
    theirs = [one for one in applications if one.person_id == change.person_id]
    return {"applications": [one for one in theirs if selectors.closed_by_death(one)], "person": reader}


@register.simple_tag
def programmes_to_apply(
    likely: Sequence[Programme],
    applications: Sequence[Application],
    enrolments: Sequence[Enrolment],
    person: Person,
) -> list[ToDo]:
    """The first three likely programmes that are open and neither applied for nor received.

    None for whoever must be in a household first.
    """
    if household_of(person) is None:
        return []
    # After a refusal no new application is proposed; the person may still apply again.
    applied = {
        one.programme_id
        for one in applications
        if one.person_id == person.pk and one.state != Application.State.WITHDRAWN
    }
    received = {one.programme_id for one in enrolments if one.state != Enrolment.State.ENDED}
    open_ones = [one for one in likely if takes_applications(one)]
    return [
        ToDo(
            text=one.name,
            url=reverse("registry:programme", args=[one.code]),
            about=_("likely for you, and you have not applied yet"),
            urgent=False,
        )
        for one in [one for one in open_ones if one.pk not in applied | received][:3]
    ]


@register.inclusion_tag("applications/apply_to.html")
def apply_to(programme: Programme, person: Person | None = None) -> dict[str, object]:
    """The link to apply, or the state of an application made before, or what must come first."""
    latest = selectors.latest_application(person, programme) if person else None
    may_apply = takes_applications(programme) and (
        latest is None or latest.state in (Application.State.REFUSED, Application.State.WITHDRAWN)
    )
    lacks_household = may_apply and person is not None and household_of(person) is None
    return {
        "programme": programme,
        "application": latest,
        "may_apply": may_apply,
        "no_household": errors.NoHousehold.words if lacks_household else "",
    }


@register.inclusion_tag("applications/judged_by.html")
def judged_by(application: Application, amounts: str = "told") -> dict[str, object]:
    """The version of the rule that judged it and what holds since.

    With the amounts that were ``told`` with the decision, unless support was refused; ``today``: for staff,
    before a decision those of today; or ``none``.
    """
    if amounts == "told" and application.state == Application.State.REFUSED:
        amounts = "none"
    if amounts == "today" and not application.decided_at:
        shown = amounts_of(application.programme).gives
    else:
        shown = from_snapshot(application.amounts) if amounts != "none" else []
    judged = selectors.judged_version(application)
    return {
        "application": application,
        "judged": judged,
        "words": rule_in_words(judged.rule) if judged else "",
        "amounts": shown,
    }


@register.filter
def state_class(application: Application) -> str:
    """Colour of the tag: good news, bad news, or something to do."""
    return {"approved": "good", "refused": "wrong", "more_asked": "care"}.get(application.state, "")


@register.filter
def state_in_words(application: Application) -> str:
    return selectors.state_in_words(application)
