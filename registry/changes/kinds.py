"""Every kind of change in one table: what it is called, who may be meant, what is asked, what it does.

Other modules ask the fields of a kind, never its code. Where else a new kind is entered is listed in
``docs/explanation/architecture.md``. Two properties are constraints of the database too, so the codes they
hold for stand in ``models.change``: a kind in ``AT_ONCE`` is applied when it is sent, all others wait for a
second person at the commune (docs/adr/0006); a kind in ``SEVERAL`` may be asked for several times at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.areas.labels import area_path
from registry.changes import concerned, no_change, on_record, question_lists
from registry.changes.apply import details, household, members
from registry.changes.apply.common import Applying
from registry.changes.context import (
    Answers,
    HouseholdContext,
    anybody,
    asked_daily_life,
    nobody,
    self_and_children,
    who_may_have_died,
    why_not_dead,
    why_not_told,
)
from registry.models import Membership
from registry.models.change import AT_ONCE, SEVERAL
from registry.persons.validation import NAME_VALIDATORS

HOUSEHOLD = _("Your household")
PLACE_AND_PHONE = _("Where and how to reach you")
DAILY_LIFE = _("Daily life and payments")
CORRECTIONS = _("Something is written wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    code: str
    group: Label
    """Under which heading it is offered."""
    title: Label
    sentence: Label
    evidence: Label = ""
    whom: Callable[[HouseholdContext], list[Membership]]
    """Members it may be about; for ``nobody`` it is about the household or a newcomer."""
    why_not: Callable[[HouseholdContext, Membership], Label] = lambda _context, _member: ""
    """Why it cannot be about this member, whom ``whom`` leaves out."""
    questions: Callable[[Answers, HouseholdContext], list[str]]
    """Which it asks, in order; each is described in ``registry.changes.questions``."""
    apply: Callable[[Applying], None]
    unchanged: no_change.Unchanged = no_change.never
    """Why nothing would change: such a request is refused."""
    concerns: concerned.Concerns | None = None
    """Members whom it concerns besides whoever asks: informed when it is asked for, and heard."""
    basis: on_record.Basis = on_record.nothing
    """What must be unchanged in the record when it is applied, besides what ``apply`` checks itself."""
    recorded: on_record.Recorded = on_record.no_rows
    """What is recorded now, shown beside a request that replaces it. The page shows the members for each."""
    starts_from_record: bool = False
    """Its question is filled in with what is recorded of the person."""
    step_up: bool = False
    is_own_news: bool = False
    """Nobody is warned that it was applied."""
    needs_successor: bool = False
    """Whoever lives alone cannot ask for it, for nobody else can lead the household."""
    may_take_in: bool = False
    """It may bring in somebody from another household, who must confirm it."""
    may_leave: bool = False
    """By it somebody may leave a household, whose head is told when it is done."""
    moves_home: bool = False
    """The new village decides it, and the commune that is left is heard."""
    marries: bool = False
    """Who comes in marries the member whom it is about."""
    newborn: bool = False
    """It registers a child who is born."""
    person_dies: bool = False
    corrects: bool = False
    """What is recorded of one person, wherever they live."""
    of_one_person: bool = False
    """It can also be told of somebody who lives in no household."""
    by_head_at_counter: bool = False
    """Only the head of the household asks for it, with an official."""
    ends_household: bool = False
    """By it all members leave; pages say what follows, and each member is told when it is done."""
    sets_phone: bool = False
    """It records where the person is reached, so it counts as setting up a key of theirs."""

    @property
    def at_once(self) -> bool:
        return self.code in AT_ONCE

    @property
    def several(self) -> bool:
        return self.code in SEVERAL

    @property
    def needs_household(self) -> bool:
        return not (self.of_one_person or self.corrects)

    def is_offered(self, context: HouseholdContext) -> bool:
        if context.home is None:
            return not self.needs_household
        return context.has_head_at_counter or not self.by_head_at_counter

    @property
    def is_heard(self) -> bool:
        """It waits, and members besides whoever asked may object meanwhile."""
        return self.concerns is not None and not self.at_once

    def takes_in(self, answers: Answers) -> bool:
        """Whether it brings somebody in by these answers: a couple may live elsewhere."""
        return self.may_take_in and "relationship" in answers

    def moves_out(self, answers: Answers) -> bool:
        """Whether the member whom it is about goes to live elsewhere by these answers."""
        return self.may_leave and "where" in answers

    @property
    def may_bring_newcomer(self) -> bool:
        return self.newborn or self.may_take_in


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            code="birth",
            group=HOUSEHOLD,
            title=_("A baby was born"),
            sentence=_("Register the child, who gets an SPID."),
            evidence=_("Birth certificate, or the paper of the health centre"),
            whom=nobody,
            questions=question_lists.only("name", "sex", "birth", "mother", "relationship", "document"),
            apply=members.birth,
            newborn=True,
        ),
        Kind(
            code="joins",
            group=HOUSEHOLD,
            title=_("Somebody moved in with us"),
            sentence=_("A relative or another person lives in your household now."),
            evidence=_("Identity document of the person"),
            whom=nobody,
            questions=question_lists.joins,
            apply=members.joins,
            unchanged=no_change.newcomer,
            may_take_in=True,
            may_leave=True,
        ),
        Kind(
            code="marriage",
            group=HOUSEHOLD,
            title=_("Somebody got married"),
            sentence=_("The husband or wife moves in with you, or the couple lives elsewhere."),
            evidence=_("Marriage certificate"),
            whom=anybody,
            questions=question_lists.marriage,
            apply=members.marriage,
            unchanged=no_change.newcomer,
            may_take_in=True,
            may_leave=True,
            marries=True,
        ),
        Kind(
            code="leaves",
            group=HOUSEHOLD,
            title=_("Somebody moved out"),
            sentence=_("A member lives in a household of their own now, or somewhere else."),
            whom=anybody,
            questions=question_lists.leaves,
            apply=members.leaves,
            unchanged=no_change.own_household,
            may_leave=True,
        ),
        Kind(
            code="death",
            group=HOUSEHOLD,
            title=_("Somebody died"),
            sentence=_("Tell us of the death of a member. Programmes are told by themselves."),
            evidence=_("Death certificate, or the paper of the village chief"),
            whom=who_may_have_died,
            why_not=why_not_dead,
            questions=question_lists.death,
            apply=members.death,
            concerns=concerned.household_of_the_dead,
            needs_successor=True,
            person_dies=True,
            of_one_person=True,
        ),
        Kind(
            code="head",
            group=HOUSEHOLD,
            title=_("Another head of household"),
            sentence=_("Another member leads the household now."),
            whom=nobody,
            questions=question_lists.new_head,
            apply=household.head,
            unchanged=no_change.head,
            concerns=concerned.old_and_new_head,
            needs_successor=True,
        ),
        Kind(
            code="take-back",
            group=HOUSEHOLD,
            title=_("Take back the registration of the household"),
            sentence=_("The household and all its members are then not registered any more."),
            whom=nobody,
            questions=question_lists.only(),
            apply=household.take_back,
            concerns=concerned.adult_members,
            by_head_at_counter=True,
            ends_household=True,
        ),
        Kind(
            code="move",
            group=PLACE_AND_PHONE,
            title=_("We moved to another village"),
            sentence=_("The whole household lives in another village now."),
            whom=nobody,
            questions=question_lists.only("place"),
            apply=household.move,
            unchanged=no_change.village,
            concerns=concerned.adult_members,
            basis=on_record.of_household("village_id"),
            recorded=on_record.rows_of_home(
                lambda home: on_record.labelled(village=area_path(home.village), address=home.address)
            ),
            moves_home=True,
        ),
        Kind(
            code="address",
            group=PLACE_AND_PHONE,
            title=_("Our house or street changed"),
            sentence=_("The household lives in the same village, at another house."),
            whom=nobody,
            questions=question_lists.only("address"),
            apply=household.address,
            unchanged=no_change.address,
            concerns=concerned.adult_members,
        ),
        Kind(
            code="phone",
            group=PLACE_AND_PHONE,
            title=_("Another phone number"),
            sentence=_("The number where we reach the person. It does not change how you sign in."),
            whom=self_and_children,
            why_not=why_not_told,
            questions=question_lists.only("phone"),
            apply=details.phone,
            unchanged=no_change.of_person("phone", "phone"),
            step_up=True,
            starts_from_record=True,
            sets_phone=True,
            of_one_person=True,
        ),
        Kind(
            code="circumstances",
            group=DAILY_LIFE,
            title=_("Health, pregnancy, school or work"),
            sentence=_("Something in daily life changed. Programmes may depend on it."),
            whom=asked_daily_life,
            why_not=why_not_told,
            questions=question_lists.circumstances,
            apply=details.circumstances,
            unchanged=no_change.circumstances,
            starts_from_record=True,
            is_own_news=True,
            of_one_person=True,
        ),
        Kind(
            code="payee",
            group=DAILY_LIFE,
            title=_("Another person receives the money"),
            sentence=_("Choose the member to whom programmes pay."),
            whom=nobody,
            questions=question_lists.only("payee"),
            apply=household.payee,
            unchanged=no_change.payee,
            concerns=concerned.old_and_new_payee,
            basis=on_record.of_household("payee_id"),
            step_up=True,
            recorded=on_record.rows_of_home(on_record.payee),
        ),
        Kind(
            code="name",
            group=CORRECTIONS,
            title=_("A name is wrong"),
            sentence=_("Correct how a name is written."),
            evidence=_("Identity card or birth certificate"),
            whom=anybody,
            questions=question_lists.only("name"),
            apply=details.name,
            corrects=True,
            unchanged=no_change.of_person("name", *NAME_VALIDATORS),
            basis=on_record.of_person(*NAME_VALIDATORS),
            recorded=on_record.rows_of_person(
                lambda one: on_record.labelled(name=one.name, latin_name=one.latin_name)
            ),
            starts_from_record=True,
        ),
        Kind(
            code="sex",
            group=CORRECTIONS,
            title=_("The sex is wrong"),
            sentence=_("Correct a mistake in the sex of a member."),
            evidence=_("Identity card or birth certificate"),
            whom=anybody,
            questions=question_lists.only("sex"),
            apply=details.sex,
            corrects=True,
            unchanged=no_change.of_person("sex", "sex"),
            basis=on_record.of_person("sex"),
            recorded=on_record.rows_of_person(lambda one: on_record.labelled(sex=str(one.get_sex_display()))),
            starts_from_record=True,
        ),
        Kind(
            code="birth-date",
            group=CORRECTIONS,
            title=_("A date of birth is wrong"),
            sentence=_("Correct the day, month or year of birth."),
            evidence=_("Identity card or birth certificate"),
            whom=anybody,
            questions=question_lists.only("birth"),
            apply=details.date_of_birth,
            corrects=True,
            unchanged=no_change.date_of_birth,
            concerns=concerned.whose_majority_changes,
            basis=on_record.of_person("born"),
            recorded=on_record.rows_of_person(lambda one: on_record.labelled(date_of_birth=one.born.written)),
            starts_from_record=True,
        ),
        Kind(
            code="document",
            group=CORRECTIONS,
            title=_("A new or corrected document"),
            sentence=_("Add an identity document, or correct its number."),
            evidence=_("The document itself"),
            whom=anybody,
            questions=question_lists.only("document"),
            apply=details.document,
            corrects=True,
            unchanged=no_change.document,
            recorded=on_record.rows_of_person(on_record.documents),
        ),
    )
}

GROUPS = (HOUSEHOLD, PLACE_AND_PHONE, DAILY_LIFE, CORRECTIONS)


def offered_in(context: HouseholdContext) -> list[tuple[Label, list[Kind]]]:
    """By heading, what can be asked for."""
    kinds = [kind for kind in KINDS.values() if kind.is_offered(context)]
    return [(title, [kind for kind in kinds if kind.group is title]) for title in GROUPS]


def codes_of(which: Callable[[Kind], bool]) -> list[str]:
    """Of the kinds that this holds for, for a query."""
    return [code for code, kind in KINDS.items() if which(kind)]


DEATHS = codes_of(lambda kind: kind.person_dies)
"""Kinds by which a death is told."""
