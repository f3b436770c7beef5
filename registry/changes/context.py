"""The household a change is asked for, as the questions and the services see it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.translations.label import Label
from registry.errors import ChangeError
from registry.models import Household, Membership, Person
from registry.persons.ages import children, told_by
from registry.persons.circumstances import as_member, questions_for
from registry.persons.told_apart import names_by_spid

Answers = dict[str, Any]
"""By question: the cleaned fields of its form. Persons stand in them by SPID."""

TELL_DEATH = "tell_death"
"""Reason of an assisted session about somebody who is said to have died, without their consent."""
HEAD = Membership.Relationship.HEAD


@dataclass(frozen=True, slots=True)
class HouseholdContext:
    home: Household | None
    """None where the subject lives in no household."""
    members: list[Membership]
    """Without a household the subject alone, as ``alone`` says."""
    subject: Person
    at_counter: bool = False
    """An official asks in the name of the subject."""
    tells_death: bool = False
    """Of the subject, who is said to have died."""

    @property
    def names(self) -> dict[str, str]:
        """By SPID."""
        return names_by_spid(one.person for one in self.members)

    @property
    def has_head_at_counter(self) -> bool:
        heads = [one.person for one in self.members if one.relationship == HEAD]
        return self.at_counter and self.home is not None and self.subject in heads

    @property
    def household(self) -> Household:
        """For kinds of change that need one."""
        if self.home is None:
            raise ChangeError(_("This change is told of a household, and the person lives in none now."))
        return self.home

    @property
    def village_id(self) -> str:
        """Where they live, or lived last."""
        return self.home.village_id if self.home else self.subject.village_id

    def member(self, spid: str) -> Membership | None:
        return next((one for one in self.members if one.person.spid == spid), None)

    def others(self, spid: str) -> list[Membership]:
        return [one for one in self.members if one.person.spid != spid]


def may_head(others: list[Membership]) -> list[Membership]:
    """The adults among them; the children only where there is no adult."""
    child_pks = children(one.person for one in others)
    return [one for one in others if one.person_id not in child_pks] or others


def anybody(context: HouseholdContext) -> list[Membership]:
    return context.members


def others(context: HouseholdContext) -> list[Membership]:
    return context.others(context.subject.spid)


def who_may_have_died(context: HouseholdContext) -> list[Membership]:
    """Anybody but who tells it; at the counter also somebody who lived alone, of whom relatives tell."""
    if context.tells_death:
        return [one for one in context.members if one.person.pk == context.subject.pk]
    return others(context) or (context.members if context.at_counter else [])


def self_and_children(context: HouseholdContext) -> list[Membership]:
    """Whose circumstances and phone the person may change: their own, and those of the children."""
    theirs = told_by(context.subject, [one.person for one in context.members])
    return [one for one in context.members if one.person_id in theirs]


def asked_daily_life(context: HouseholdContext) -> list[Membership]:
    """Of them those whose age has a question about health and daily life."""
    return [one for one in self_and_children(context) if questions_for(as_member(one.person))]


def why_not_told(context: HouseholdContext, member: Membership) -> Label:
    """Why their circumstances or phone are not told here."""
    if member not in self_and_children(context):
        return gettext_lazy("an adult tells this without others: signed in, or at the commune office")
    return gettext_lazy("nothing is asked at this age")


def why_not_dead(context: HouseholdContext, member: Membership) -> Label:
    if context.tells_death:
        return gettext_lazy("this case is about somebody else: open one for this member")
    return gettext_lazy(
        "tells it now; if it is about this person, another member or the commune office tells it"
    )


def why_not_head(member: Membership) -> Label:
    if member.relationship == HEAD:
        return gettext_lazy("leads the household now")
    return gettext_lazy("too young to lead it while an adult lives there")


def nobody(context: HouseholdContext) -> list[Membership]:
    """The change is about the household, or about somebody who is not in it yet."""
    return []
