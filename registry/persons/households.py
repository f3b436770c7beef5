from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from dsp_platform.database.history import history_of
from dsp_platform.web.request_cache import cached_per_request
from registry.models import Household, Membership, Person, RareFact


@cached_per_request
def household_of(person: Person) -> Household | None:
    """The person's current household, with its area up to the province, and whether something rare was said
    to be right of a household they lived in, and whether another record was merged into theirs: few have any,
    and no page looks for it in vain."""
    rare = RareFact.objects.filter(household__memberships__person=person)
    return (
        Household.objects.select_related("village__parent__parent__parent")
        .annotate(has_rare_facts=Exists(rare), has_alias=Exists(Person.objects.filter(merged_into=person)))
        .filter(pk__in=Membership.objects.current().filter(person=person).values("household"))
        .first()
    )


@cached_per_request
def members_of(household: Household) -> list[Membership]:
    """Current memberships, the head first; each with its ``person``."""
    members = household.memberships.current().select_related("person")
    return sorted(members, key=lambda one: (one.relationship != Membership.Relationship.HEAD, one.pk))


@cached_per_request
def members_now(household: Household) -> list[Membership]:
    """The same as they are at this moment, in the order in which they came, for services: read anew in every
    request that may change something."""
    return list(household.memberships.current().select_related("person").order_by("pk"))


def home_now(person: Person) -> Household | None:
    """As ``household_of`` at this moment, for services: read anew."""
    membership = person.memberships.current().select_related("household").first()
    return membership.household if membership else None


def household_head_of(person: Person) -> Person | None:
    """The head of the person's household, who may be the person."""
    heads = Membership.objects.together_with([person]).filter(relationship="head")
    found = heads.select_related("person__account").first()
    return found.person if found else None


def with_household(person: Person) -> list[Person]:
    """The person first, then the others of their household: all whom a conflict of interest is asked about,
    for reading what concerns the person and for doing something in their name alike."""
    home = household_of(person)
    return [person, *(one.person for one in (members_of(home) if home else []) if one.person != person)]


def ended_by_death() -> QuerySet[Membership]:
    """Of those who lived in a household until they died. By the mark alone: the day of a death may be known
    to the year only, or lie before the day on which somebody left, and dates do not tell the two apart."""
    return Membership.objects.filter(ended_by_death=True)


def membership_until_death(person: Person) -> Membership | None:
    """None where they had left every household before: who remains there is no heir of theirs."""
    return ended_by_death().filter(person=person).select_related("household").first()


def head_left_behind(person: Person) -> Person | None:
    """Who heads today the household that somebody lived in until they died; None where nobody is left."""
    last = membership_until_death(person)
    if last is None:
        return None
    heads = Membership.objects.current().filter(household=last.household_id)
    head = heads.filter(relationship="head", person__died_on=None).select_related("person__account").first()
    return head.person if head else None


def deaths_during_membership(member: Membership) -> QuerySet[Membership]:
    """Memberships that ended by a death while this member, who has not left since, was in the household.

    Ordered by the history tables, because dates do not tell the order of events on the day of the death. Who
    came within the month or year in which somebody died may have come after the death.
    """
    if not member.is_current:
        return Membership.objects.none()
    events = history_of(Membership).order_by("pgh_id")
    came = events.filter(pgh_obj=member.pk).values("pgh_id")[:1]
    ended = events.filter(pgh_obj=OuterRef("pk"), ended_by_death=True).values("pgh_id")[:1]
    lived = Greatest("person__died_on", "started_on")
    return (
        ended_by_death()
        .alias(ended=Subquery(ended), lived=lived)
        .filter(
            ended__gt=Subquery(came),
            lived__gte=member.started_on,
            household=member.household_id,
            person__merged_into=None,
        )
    )
