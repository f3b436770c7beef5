"""What the rules judge: who lives together by the answers, and who is born, marries or has died by them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from dsp_platform.khmer.dates import PartialDate
from registry.models import Membership, Person

Relationship = Membership.Relationship


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    key: str
    """Tells the members apart: the SPID, or the place among those who are entered together."""
    name: str
    born: PartialDate
    relationship: str = ""
    """To the head. Empty while it is not known: no rule about relations concerns the member then."""
    sex: str = ""


def judged(membership: Membership) -> Member:
    """As it is recorded."""
    return judged_as(membership.person, membership.relationship)


def judged_as(person: Person, relationship: str) -> Member:
    """As if they were a member."""
    return Member(
        key=person.spid, name=person.name, born=person.born, relationship=relationship, sex=person.sex
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    today: date
    members: tuple[Member, ...] = ()
    named_head: Member | None = None
    """Who is named head now, not who is head already: somebody may move in with orphans."""
    formerly: Mapping[str, str] = field(default_factory=dict)
    """By key, how each was related to the head until another was named."""
    named_payee: Member | None = None
    """Who is to receive the money from now on."""
    newborn: Member | None = None
    mother: Member | None = None
    married: tuple[Member, ...] = ()
    """Who marries now; one of them where the other is not known."""
    alone: Member | None = None
    """Who leaves for a household of their own."""
    dead: Member | None = None
    died: PartialDate | None = None

    @property
    def head(self) -> Member | None:
        return next(self.related(Relationship.HEAD), None)

    def related(self, *relationships: str) -> Iterator[Member]:
        """To the head, or the head."""
        return (one for one in self.members if one.relationship in relationships)


def recorded(memberships: Iterable[Membership]) -> Situation:
    """Of who lives together today."""
    return Situation(today=timezone.localdate(), members=tuple(map(judged, memberships)))
