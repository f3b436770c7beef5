from dsp_platform.once import once_a_page
from registry.models import Consent, Household, Membership, Person


@once_a_page
def household_of(person: Person) -> Household | None:
    """The household where the person lives now, with its area up to the province."""
    return (
        Household.objects.select_related("village__parent__parent__parent")
        .filter(memberships__person=person, memberships__ended_on=None)
        .first()
    )


@once_a_page
def members_of(household: Household) -> list[Membership]:
    """Who lives there now, the head first; each with its ``person``."""
    members = household.memberships.filter(ended_on=None).select_related("person")
    return sorted(members, key=lambda one: (one.relationship != Membership.Relationship.HEAD, one.pk))


def consents_of(household: Household) -> list[Consent]:
    """Open and withdrawn, the newest first."""
    return list(household.consents.select_related("given_by").order_by("-given_at", "-pk"))


def contact_phone(person: Person) -> str:
    """Their own number, that of their account, or that of the head of their household; may be empty."""
    own = person.phone or (person.account.phone if person.account else "")
    if own:
        return own
    household = household_of(person)
    head = members_of(household)[0].person if household else person
    return head.phone or (head.account.phone if head.account else "") or ""
