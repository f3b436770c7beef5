"""Pairs that may be merged in one go, because there is nothing to weigh.

Same names, same full date of birth, same sex, same phone, same village or same document; no value in which
they differ; neither has an account or an enrolment, and no official said that they are two. All the rest is
decided one by one.
"""

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet

from dsp_platform.approval.models import Proposal
from registry.merging.fields import columns_of_detail
from registry.models import DuplicateCase, Enrolment, IdentityDocument, Person
from registry.models.person_columns import DETAILS

SIDES = ("first", "second")
EQUAL = ("family_name", "given_name", "date_of_birth", "birth_precision", "sex", "phone")
NEITHER = ("account", "merged_into", "died_on")
# Missing in one of them is no difference.
NOT_DIFFERENT = [
    column
    for detail in DETAILS
    for column in columns_of_detail(detail)
    if column not in (*EQUAL, "died_on", "death_precision")
]


def identical(rows: QuerySet[DuplicateCase]) -> QuerySet[DuplicateCase]:
    """Those of ``rows`` that wait for a steward and hold two identical records."""
    condition = Q(state=DuplicateCase.State.WAITING, first__birth_precision=Person.Precision.DAY)
    for name in EQUAL:
        condition &= _is_equal(name)
    for name in NOT_DIFFERENT:
        field = Person._meta.get_field(name)
        missing = "" if isinstance(field, CharField) else None
        condition &= _is_equal(name) | Q(**{f"first__{name}": missing}) | Q(**{f"second__{name}": missing})
    for side in SIDES:
        condition &= Q(**{f"{side}__{name}": None for name in NEITHER})
        condition &= ~Q(Exists(Enrolment.objects.filter(person=OuterRef(side))))
    near = _is_equal("village") | Q(_documents_of_both(digest=OuterRef("digest")))
    other_numbers = Q(_documents_of_both(~Q(digest=OuterRef("digest"))))
    rows = rows.exclude(answer=DuplicateCase.Answer.DIFFERENT)
    return rows.filter(condition, near, ~other_numbers).exclude(proposal__state=Proposal.State.PROPOSED)


def _is_equal(name: str) -> Q:
    return Q(**{f"first__{name}": F(f"second__{name}")})


def _documents_of_both(*compared: Q, **values: OuterRef) -> Exists:
    """Whether both hold a document of one type, the numbers of which compare so."""
    theirs = IdentityDocument.objects.filter(
        *compared, person=OuterRef(OuterRef("second")), type=OuterRef("type"), **values
    )
    return Exists(IdentityDocument.objects.filter(Exists(theirs), person=OuterRef("first")))
