"""Every kind of change in one table: what it is called, who may be meant, what is asked, what it does.

A kind whose code stands in ``models.change.AT_ONCE`` is applied when it is sent; all others wait for a second
person at the commune (docs/adr/0006).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.changes import concerned, question_lists
from registry.changes.apply import details, household, members
from registry.changes.apply.common import Applying
from registry.changes.context import Answers, HouseholdContext, anybody, nobody, others, self_and_children
from registry.models import Household, Membership, Person
from registry.models.change import AT_ONCE
from registry.persons.validation import NAME_VALIDATORS

Basis = Callable[[Household, Person | None], dict[str, Any]]


def _nothing(_household: Household, _person: Person | None) -> dict[str, Any]:
    return {}


def _of_person(*fields: str) -> Basis:
    def basis(_household: Household, person: Person | None) -> dict[str, Any]:
        return {field: str(getattr(person, field)) for field in fields}

    return basis


def _of_household(*fields: str) -> Basis:
    def basis(home: Household, _person: Person | None) -> dict[str, Any]:
        return {field: str(getattr(home, field) or "") for field in fields}

    return basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    code: str
    title: Label
    sentence: Label
    evidence: Label = ""
    whom: Callable[[HouseholdContext], list[Membership]]
    """Members it may be about; for ``nobody`` it is about the household or a newcomer."""
    questions: Callable[[Answers, HouseholdContext], list[str]]
    """Which it asks, in order; each is described in ``registry.changes.questions``."""
    apply: Callable[[Applying], None]
    concerns: concerned.Concerns | None = None
    """Members whom it concerns besides whoever asks: informed when it is asked for, and heard."""
    basis: Basis = _nothing
    """What must be unchanged in the record when it is applied, besides what ``apply`` checks itself."""
    step_up: bool = False

    @property
    def at_once(self) -> bool:
        return self.code in AT_ONCE


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            code="birth",
            title=_("A baby was born"),
            sentence=_("Register the child, who gets an SPID."),
            evidence=_("Birth certificate, or the paper of the health centre"),
            whom=nobody,
            questions=question_lists.only("name", "sex", "birth", "mother", "relationship", "document"),
            apply=members.birth,
        ),
        Kind(
            code="joins",
            title=_("Somebody moved in with us"),
            sentence=_("A relative or another person lives in your household now."),
            evidence=_("Identity document of the person"),
            whom=nobody,
            questions=question_lists.joins,
            apply=members.joins,
        ),
        Kind(
            code="marriage",
            title=_("Somebody got married"),
            sentence=_("The husband or wife moves in with you, or the couple lives elsewhere."),
            evidence=_("Marriage certificate"),
            whom=anybody,
            questions=question_lists.marriage,
            apply=members.marriage,
        ),
        Kind(
            code="leaves",
            title=_("Somebody moved out"),
            sentence=_("A member lives in a household of their own now, or somewhere else."),
            whom=anybody,
            questions=question_lists.leaves,
            apply=members.leaves,
        ),
        Kind(
            code="death",
            title=_("Somebody died"),
            sentence=_("Tell us of the death of a member. Programmes are told by themselves."),
            evidence=_("Death certificate, or the paper of the village chief"),
            whom=others,
            questions=question_lists.death,
            apply=members.death,
            concerns=concerned.household_of_the_dead,
        ),
        Kind(
            code="head",
            title=_("Another head of household"),
            sentence=_("Another member leads the household now."),
            whom=nobody,
            questions=question_lists.new_head,
            apply=household.head,
            concerns=concerned.old_and_new_head,
        ),
        Kind(
            code="move",
            title=_("We moved to another village"),
            sentence=_("The whole household lives in another village now."),
            whom=nobody,
            questions=question_lists.only("place"),
            apply=household.move,
            concerns=concerned.adult_members,
            basis=_of_household("village_id"),
        ),
        Kind(
            code="address",
            title=_("Our house or street changed"),
            sentence=_("The household lives in the same village, at another house."),
            whom=nobody,
            questions=question_lists.only("address"),
            apply=household.address,
            concerns=concerned.adult_members,
        ),
        Kind(
            code="phone",
            title=_("Another phone number"),
            sentence=_("The number where we reach the person. It does not change how you sign in."),
            whom=self_and_children,
            questions=question_lists.only("phone"),
            apply=details.phone,
            step_up=True,
        ),
        Kind(
            code="circumstances",
            title=_("Health, pregnancy, school or work"),
            sentence=_("Something in daily life changed. Programmes may depend on it."),
            whom=self_and_children,
            questions=question_lists.only("circumstances"),
            apply=details.circumstances,
        ),
        Kind(
            code="payee",
            title=_("Another person receives the money"),
            sentence=_("Choose the member to whom programmes pay."),
            whom=nobody,
            questions=question_lists.only("payee"),
            apply=household.payee,
            concerns=concerned.old_and_new_payee,
            basis=_of_household("payee_id"),
            step_up=True,
        ),
        Kind(
            code="name",
            title=_("A name is wrong"),
            sentence=_("Correct how a name is written."),
            evidence=_("Identity card or birth certificate"),
            whom=anybody,
            questions=question_lists.only("name"),
            apply=details.name,
            basis=_of_person(*NAME_VALIDATORS),
        ),
        Kind(
            code="sex",
            title=_("The sex is wrong"),
            sentence=_("Correct a mistake in the sex of a member."),
            evidence=_("Identity card or birth certificate"),
            whom=anybody,
            questions=question_lists.only("sex"),
            apply=details.sex,
            basis=_of_person("sex"),
        ),
        Kind(
            code="birth-date",
            title=_("A date of birth is wrong"),
            sentence=_("Correct the day, month or year of birth."),
            evidence=_("Identity card or birth certificate"),
            whom=anybody,
            questions=question_lists.only("birth"),
            apply=details.date_of_birth,
            concerns=concerned.whose_majority_changes,
            basis=_of_person("date_of_birth", "birth_precision"),
        ),
        Kind(
            code="document",
            title=_("A new or corrected document"),
            sentence=_("Add an identity document, or correct its number."),
            evidence=_("The document itself"),
            whom=anybody,
            questions=question_lists.only("document"),
            apply=details.document,
        ),
    )
}

GROUPS = (
    (_("Your household"), ("birth", "joins", "marriage", "leaves", "death", "head")),
    (_("Where and how to reach you"), ("move", "address", "phone")),
    (_("Daily life and payments"), ("circumstances", "payee")),
    (_("Something is written wrong"), ("name", "sex", "birth-date", "document")),
)
"""How the kinds are offered."""
