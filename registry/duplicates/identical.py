"""Pairs that may be merged in one go, because there is nothing to weigh.

Same names, same full date of birth, same sex, same village or same document; no value in which they differ;
neither has an account or an enrolment. All the rest is decided one by one.
"""

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet

from dsp_platform.approval.models import Proposal
from registry.merging.fields import DETAILS, columns_of
from registry.models import DuplicateCase, Enrolment, IdentityDocument, Person

EQUAL = ("family_name", "given_name", "date_of_birth", "sex")
NOT_DIFFERENT = [
    column
    for detail in DETAILS
    for column in columns_of(detail)
    if not column.endswith("_precision") and column not in EQUAL
]
"""Missing in one of them is no difference."""


def identical(rows: QuerySet[DuplicateCase]) -> QuerySet[DuplicateCase]:
    """Those of ``rows`` that wait for a steward and hold two identical records."""
    theirs = IdentityDocument.objects.filter(person=OuterRef("first")).exclude(type__in=IdentityDocument.SHARED_TYPES)
    condition = Q(
        state=DuplicateCase.State.WAITING,
        first__birth_precision=Person.Precision.DAY,
        second__birth_precision=Person.Precision.DAY,
    )
    for side in ("first", "second"):
        enrolled = Enrolment.objects.filter(person=OuterRef(side))
        condition &= Q(**{f"{side}__{name}": None for name in ("account", "merged_into", "died_on")})
        condition &= ~Exists(enrolled)
    for name in EQUAL:
        condition &= Q(**{f"first__{name}": F(f"second__{name}")})
    for name in NOT_DIFFERENT:
        condition &= _is_not_different(name)
    # One number can be one person's only, so both hold the same only where families share it.
    shared = IdentityDocument.objects.filter(
        Exists(IdentityDocument.objects.filter(
            person=OuterRef(OuterRef("second")), type=OuterRef("type"), digest=OuterRef("digest"))),
        person=OuterRef("first"),
    )
    other = IdentityDocument.objects.filter(
        Exists(IdentityDocument.objects.filter(
            ~Q(digest=OuterRef("digest")), person=OuterRef(OuterRef("second")), type=OuterRef("type"))),
        person=OuterRef("first"),
    )
    condition &= Q(first__village=F("second__village")) | Exists(shared)
    condition &= ~Exists(other)
    waits = Q(proposal__state=Proposal.State.PROPOSED)
    return rows.filter(condition).exclude(waits)


def _is_not_different(name: str) -> Q:
    field = Person._meta.get_field(name)
    empty = "" if isinstance(field, CharField) else None
    missing = Q(**{f"first__{name}": empty}) | Q(**{f"second__{name}": empty})
    return missing | Q(**{f"first__{name}": F(f"second__{name}")})
