"""The facts that a rule may name: everything that is declared of each, once.

``sql`` and the Python beside it mean the same; a property test compares them. None and NULL are "not known".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.models import Household, Membership, Person
from registry.persons.ages import full_years
from registry.persons.circumstances import DIFFICULTIES
from registry.rules.names import TYPES, Value

Label = str | Promise

# The Washington Group short set is asked from the age of five, and counts from "a lot of difficulty" on.
_ASKED_FROM = 5
_COUNTS_FROM = Person.Difficulty.A_LOT

# In the years before this year's birthday one less. ``day`` is month and day as one number.
AGE = (
    "(%(year)s - EXTRACT(YEAR FROM person.date_of_birth)::int"
    " - (EXTRACT(MONTH FROM person.date_of_birth) * 100 + EXTRACT(DAY FROM person.date_of_birth)"
    " > %(day)s)::int)"
)
# OR is already what the Washington Group says: one "a lot" decides, else every answer must be there.
DISABILITY = "(person.disability_level <> '' OR {})".format(
    " OR ".join(f"person.{question} >= {int(_COUNTS_FROM)}" for question in DIFFICULTIES)
)


NO_HOUSEHOLD = _("The household is not known yet.")
HEALTH_HIDDEN = _("This depends on the health of this person, which is not shown here.")


@dataclass(frozen=True, slots=True)
class Members:
    """Of one household, now; ``ages`` in the order of ``persons``."""

    household: Household
    persons: Sequence[Person]
    ages: Sequence[int]
    today: date

    @classmethod
    def of(cls, household: Household, persons: Sequence[Person], today: date) -> "Members":
        return cls(household, persons, [full_years(one.date_of_birth, today) for one in persons], today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``sql`` is over ``person``, ``home`` and ``household``; of a count, an aggregate over the members.

    One of ``of_person``, ``of_membership`` and ``of_members`` reads the same from the models.
    """

    name: str
    type: type[Value]
    sql: str
    label: Label
    """In a rule in words."""

    meaning: Label
    """To those who write rules."""

    of_person: Callable[[Person, date], Value | None] | None = None
    of_membership: Callable[[Membership], Value | None] | None = None
    of_members: Callable[[Members], Value | None] | None = None
    is_counted: bool = False
    is_health: bool = False
    """What one member of a household is not shown of another."""

    values: tuple[str, ...] = ()
    """Of a text: what it can be compared with, as it is shown to those who write rules."""

    unknown: tuple[Label, Label] = (NO_HOUSEHOLD, NO_HOUSEHOLD)
    """To the person concerned, and about somebody else; so are ``yes`` and ``no``."""

    yes: tuple[Label, Label] | None = None
    no: tuple[Label, Label] | None = None
    count: Label = ""
    """Of a number of members: a sentence with ``%(number)d``."""

    hidden: Label = HEALTH_HIDDEN


def disability(person: Person) -> bool | None:
    """Identified officially, or by the Washington Group's six questions; None while neither decides."""
    if person.disability_level:
        return True
    answers = [getattr(person, question) for question in DIFFICULTIES]
    if any(answer is not None and answer >= _COUNTS_FROM for answer in answers):
        return True
    return None if None in answers else False


def poverty_level(household: Household | None, today: date) -> str | None:
    """The level IDPoor reported, as long as it is valid."""
    if household is None or not household.poverty_level:
        return None
    if household.poverty_valid_to and household.poverty_valid_to < today:
        return None
    return household.poverty_level


def _disabled(members: Iterable[tuple[Person, int]]) -> int | None:
    """Those known to be; not known only when none is known and somebody was not asked who could be."""
    known = [disability(member) for member, age in members if age >= _ASKED_FROM or disability(member)]
    return known.count(True) or (None if None in known else 0)


FACTS = (
    Fact(
        name="age",
        type=int,
        sql=AGE,
        of_person=lambda person, today: full_years(person.date_of_birth, today),
        label=_("Age"),
        meaning=_("Full years since birth. Where only the year is known, since 1 January of it."),
        unknown=(_("Your age is not known yet."), _("The age of this person is not known yet.")),
    ),
    Fact(
        name="sex",
        type=str,
        values=tuple(Person.Sex.values),
        sql="person.sex",
        of_person=lambda person, _today: person.sex,
        label=_("Sex"),
        meaning=_("As registered."),
        unknown=(_("Your sex is not known yet."), _("The sex of this person is not known yet.")),
    ),
    Fact(
        name="pregnant",
        type=bool,
        is_health=True,
        sql=f"(person.sex <> '{Person.Sex.MALE.value}' AND person.pregnant)",
        of_person=lambda person, _today: False if person.sex == Person.Sex.MALE else person.pregnant,
        label=_("Whether there is a pregnancy"),
        meaning=_("Pregnant now. Of a man always no."),
        unknown=(
            _("You have not told us whether you are pregnant."),
            _("It is not known yet whether this person is pregnant."),
        ),
        yes=(_("You are pregnant."), _("This person is pregnant.")),
        no=(_("You are not pregnant."), _("This person is not pregnant.")),
    ),
    Fact(
        name="disability",
        type=bool,
        is_health=True,
        sql=DISABILITY,
        of_person=lambda person, _today: disability(person),
        label=_("Whether there is a disability"),
        meaning=_("“A lot of difficulty” or more in one of the six questions of the Washington Group."),
        unknown=(
            _("You have not answered all six questions about difficulties."),
            _("Not all six questions about difficulties of this person have been answered."),
        ),
        yes=(_("You have a disability."), _("This person has a disability.")),
        no=(_("You told us of no disability."), _("No disability of this person was told.")),
    ),
    Fact(
        name="studying",
        type=bool,
        sql="person.studying",
        of_person=lambda person, _today: person.studying,
        label=_("Whether the person goes to school"),
        meaning=_("Goes to school or studies."),
        unknown=(
            _("You have not told us whether you go to school."),
            _("It is not known yet whether this person goes to school."),
        ),
        yes=(_("You go to school."), _("This person goes to school.")),
        no=(_("You do not go to school."), _("This person is not at school.")),
    ),
    Fact(
        name="working",
        type=bool,
        sql="person.working",
        of_person=lambda person, _today: person.working,
        label=_("Whether the person works"),
        meaning=_("Works or earns money."),
        unknown=(
            _("You have not told us whether you work."),
            _("It is not known yet whether this person works."),
        ),
        yes=(_("You work."), _("This person works.")),
        no=(_("You do not work."), _("This person does not work.")),
    ),
    Fact(
        name="poverty_level",
        type=str,
        values=tuple(Household.PovertyLevel.values),
        sql=(
            "(CASE WHEN household.poverty_valid_to < %(today)s THEN NULL"
            " ELSE NULLIF(household.poverty_level, '') END)"
        ),
        of_members=lambda members: poverty_level(members.household, members.today),
        label=_("Poverty level"),
        meaning=_("As IDPoor reported it, as long as it is valid."),
        unknown=(
            _("The poverty level of the household is not known yet."),
            _("The poverty level of the household is not known yet."),
        ),
    ),
    Fact(
        name="is_head",
        type=bool,
        sql=f"(home.relationship = '{Membership.Relationship.HEAD.value}')",
        of_membership=lambda membership: membership.relationship == Membership.Relationship.HEAD,
        label=_("Whether the person is the head of household"),
        meaning=_("Is the head of the household now."),
        yes=(_("You are the head of your household."), _("This person is the head of the household.")),
        no=(
            _("You are not the head of your household."),
            _("This person is not the head of the household."),
        ),
    ),
    Fact(
        name="household_size",
        type=int,
        is_counted=True,
        sql="count(*)",
        of_members=lambda members: len(members.persons),
        label=_("Number of members"),
        meaning=_("How many live in the household now."),
        count=_("Members of the household: %(number)d."),
    ),
    Fact(
        name="children_under_2",
        type=int,
        is_counted=True,
        sql=f"count(*) FILTER (WHERE {AGE} < 2)",
        of_members=lambda members: sum(age < 2 for age in members.ages),
        label=_("Children under 2 in the household"),
        meaning=_("How many of the household are under 2 years old."),
        count=_("Children under 2 in the household: %(number)d."),
    ),
    Fact(
        name="children_under_18",
        type=int,
        is_counted=True,
        sql=f"count(*) FILTER (WHERE {AGE} < 18)",
        of_members=lambda members: sum(age < 18 for age in members.ages),
        label=_("Children under 18 in the household"),
        meaning=_("How many of the household are under 18 years old."),
        count=_("Children under 18 in the household: %(number)d."),
    ),
    Fact(
        name="elders_60",
        type=int,
        is_counted=True,
        sql=f"count(*) FILTER (WHERE {AGE} >= 60)",
        of_members=lambda members: sum(age >= 60 for age in members.ages),
        label=_("People of 60 or older in the household"),
        meaning=_("How many of the household are 60 years old or older."),
        count=_("People of 60 or older in the household: %(number)d."),
    ),
    Fact(
        name="disabled_in_household",
        type=int,
        is_counted=True,
        is_health=True,
        sql=(
            f"CASE WHEN bool_or({DISABILITY}) THEN count(*) FILTER (WHERE {DISABILITY})"
            f" WHEN bool_or({DISABILITY} IS NULL AND {AGE} >= {_ASKED_FROM}) THEN NULL ELSE 0 END"
        ),
        of_members=lambda members: _disabled(zip(members.persons, members.ages, strict=True)),
        label=_("People with a disability in the household"),
        meaning=_("How many of the household have a disability, as far as it is known."),
        unknown=(
            _("Not all members of the household have answered the questions about difficulties."),
            _("Not all members of the household have answered the questions about difficulties."),
        ),
        count=_("People with a disability in the household: %(number)d."),
        hidden=_("This depends on the health of members of the household, which is not shown here."),
    ),
    Fact(
        name="province_code",
        type=str,
        values=("01", "…", "25"),
        sql="left(person.village_id, 2)",
        of_person=lambda person, _today: person.village_id[:2],
        label=_("Province"),
        meaning=_("The two digits of the province where the person lives."),
        unknown=(_("Your province is not known yet."), _("The province of this person is not known yet.")),
    ),
)
BY_NAME: Mapping[str, Fact] = {fact.name: fact for fact in FACTS}
TYPES.update({fact.name: fact.type for fact in FACTS})
HEALTH = frozenset(fact.name for fact in FACTS if fact.is_health)
