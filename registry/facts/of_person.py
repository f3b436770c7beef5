"""The facts of one person."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.dates import LONGEST_LIFE
from dsp_platform.translations.label import Label
from registry.facts.circumstances import DIFFICULTIES, UNREACHED, AskedOf, Circumstance, from_age
from registry.facts.fact import Fact, FactQuestion, number
from registry.models import Membership, Person

# The Washington Group short set counts from "a lot of difficulty" on.
COUNTS_FROM = Person.Difficulty.A_LOT


def _age(born: str) -> str:
    return f"GREATEST(date_part('year', age(%(today)s::timestamp, {born}::timestamp))::int, 0)"


# Who was born in a year or a month may have been born on each day of it.
OLDEST = _age("person.date_of_birth")
YOUNGEST = "(CASE person.birth_precision WHEN 'day' THEN {} ELSE {} END)".format(
    OLDEST, _age("(person.date_of_birth + ('1 ' || person.birth_precision)::interval - '1 day'::interval)")
)


def oldest_from(years: int) -> str:
    """``OLDEST`` is at least this: compared as a date, which takes a tenth of the time."""
    return _told_by_age_alone(years) or f"(person.date_of_birth <= {_born_before(years)})"


def youngest_from(years: int) -> str:
    """The same of ``YOUNGEST``: the period ends by then, so that it began so much before."""
    by = f"{_born_before(years)} + 1"
    began = " ".join(
        f"WHEN '{period}' THEN CAST({by} - interval '1 {period}' AS date)" for period in ("month", "year")
    )
    born = f"CASE person.birth_precision WHEN 'day' THEN {_born_before(years)} {began} END"
    return _told_by_age_alone(years) or f"(person.date_of_birth <= {born})"


def _told_by_age_alone(years: int) -> str:
    """Empty for an age that some have reached and others have not."""
    return "TRUE" if years <= 0 else "FALSE" if years >= UNREACHED else ""


def _born_before(years: int) -> str:
    """The last day of birth of those who are so old today; computed once in a statement."""
    return f"CAST(CAST(%(today)s AS date) - interval '{years} years' AS date)"


def _is_asked(asked_of: AskedOf, person: Person, today: date) -> bool:
    return asked_of.includes(person.born.ages_on(today), person.sex)


def _is_asked_sql(asked_of: AskedOf) -> str:
    """The same over ``person``: never NULL."""
    sex = f" AND person.sex = '{asked_of.sex}'" if asked_of.sex else ""
    first, last = asked_of.ages.start, asked_of.ages.stop - 1
    return f"({oldest_from(first)} AND NOT {youngest_from(last + 1)}{sex})"


def _yes_or_no(name: str, asked_of: AskedOf, *, asked: Label, **row: Any) -> Fact:
    """Stored as it was answered to ``asked``."""
    return Fact(
        name=name,
        type=bool,
        asked_of=asked_of,
        sql=f"({_is_asked_sql(asked_of)} AND person.{name})",
        of_person=lambda person, today: _is_asked(asked_of, person, today) and getattr(person, name),
        circumstances=(Circumstance(name=name, label=asked),),
        reported_in="circumstances",
        **row,
    )


# The Washington Group made its short set for five and older. Younger children are asked too, so that a
# parent can tell of them; under two every child needs help with all six.
DIFFICULTIES_ASKED_OF = AskedOf(ages=from_age(2))

# OR is already what the Washington Group says: one "a lot" decides, else every answer must be there.
DISABILITY = "(person.disability_level <> '' OR {asked} AND ({difficulties}))".format(
    asked=_is_asked_sql(DIFFICULTIES_ASKED_OF),
    difficulties=" OR ".join(f"person.{question.name} >= {int(COUNTS_FROM)}" for question in DIFFICULTIES),
)


def disability(person: Person, today: date) -> bool | None:
    """Identified officially, or by the Washington Group's six questions; None while neither decides."""
    if person.disability_level:
        return True
    if not _is_asked(DIFFICULTIES_ASKED_OF, person, today):
        return False
    answers = [getattr(person, question.name) for question in DIFFICULTIES]
    if any(answer is not None and answer >= COUNTS_FROM for answer in answers):
        return True
    return None if None in answers else False


def age(person: Person, today: date) -> int | range:
    ages = person.born.ages_on(today)
    return number(ages[0], ages[-1])


OF_PERSON = (
    Fact(
        name="age",
        type=int,
        sql=YOUNGEST,
        most_sql=OLDEST,
        reaches=lambda years: (youngest_from(years), oldest_from(years)),
        of_person=lambda person, today: age(person, today),
        label=_("Age"),
        meaning=_(
            "Full years since birth. Where only the year or the month of birth is known, it may be one of"
            " two ages: a rule that they do not meet alike needs the exact date."
        ),
        question=FactQuestion(
            heading=_("How old are you?"),
            of_other=_("How old is this person?"),
            help=_("In full years. A baby: 0."),
            most=LONGEST_LIFE,
        ),
        reported_in="birth-date",
        unknown=(_("Your age is not known yet."), _("The age of this person is not known yet.")),
        known=(_("You are %(value)s years old."), _("This person is %(value)s years old.")),
        bounds=(
            (_("You are %(value)s or older."), _("This person is %(value)s or older.")),
            (_("You are younger than %(value)s."), _("This person is younger than %(value)s.")),
        ),
    ),
    Fact(
        name="sex",
        type=str,
        choices=lambda: Person.Sex.choices,
        sql="person.sex",
        of_person=lambda person, _today: person.sex,
        label=_("Sex"),
        meaning=_("As registered."),
        question=FactQuestion(heading=_("What is your sex?"), of_other=_("What is this person's sex?")),
        unknown=(_("Your sex is not known yet."), _("The sex of this person is not known yet.")),
        known={
            Person.Sex.FEMALE: (_("You are a woman."), _("This person is female.")),
            Person.Sex.MALE: (_("You are a man."), _("This person is male.")),
        },
    ),
    _yes_or_no(
        "pregnant",
        AskedOf(ages=range(12, 56), sex=Person.Sex.FEMALE.value),
        asked=_("Pregnant now?"),
        is_health=True,
        label=_("Whether there is a pregnancy"),
        meaning=_("Pregnant now. Of a man always no."),
        question=FactQuestion(heading=_("Are you pregnant?"), of_other=_("Is this person pregnant?")),
        unknown=(
            _("You have not told us whether you are pregnant."),
            _("It is not known yet whether this person is pregnant."),
        ),
        known={
            True: (_("You are pregnant."), _("This person is pregnant.")),
            False: (_("You are not pregnant."), _("This person is not pregnant.")),
        },
    ),
    Fact(
        name="disability",
        type=bool,
        is_health=True,
        sql=DISABILITY,
        of_person=disability,
        label=_("Whether there is a disability"),
        meaning=_("“A lot of difficulty” or more in one of the six questions of the Washington Group."),
        circumstances=DIFFICULTIES,
        asked_of=DIFFICULTIES_ASKED_OF,
        question=FactQuestion(
            heading=_("Do you have a lot of difficulty in daily life?"),
            of_other=_("Does this person have a lot of difficulty in daily life?"),
            help=_("Seeing, hearing, walking, remembering, washing or dressing, or speaking with others."),
        ),
        reported_in="circumstances",
        unknown=(
            _("You have not answered all six questions about difficulties."),
            _("Not all six questions about difficulties of this person have been answered."),
        ),
        known={
            True: (_("You have a disability."), _("This person has a disability.")),
            False: (_("You told us of no disability."), _("No disability of this person was told.")),
        },
    ),
    _yes_or_no(
        "studying",
        AskedOf(ages=range(3, 31)),
        asked=_("Goes to school or studies?"),
        label=_("Whether the person goes to school"),
        meaning=_("Goes to school or studies."),
        question=FactQuestion(
            heading=_("Do you go to school or study?"),
            of_other=_("Does this person go to school or study?"),
        ),
        unknown=(
            _("You have not told us whether you go to school."),
            _("It is not known yet whether this person goes to school."),
        ),
        known={
            True: (_("You go to school."), _("This person goes to school.")),
            False: (_("You do not go to school."), _("This person is not at school.")),
        },
    ),
    _yes_or_no(
        "working",
        AskedOf(ages=from_age(15)),
        asked=_("Works or earns money?"),
        label=_("Whether the person works"),
        meaning=_("Works or earns money."),
        question=FactQuestion(
            heading=_("Do you work or earn money?"), of_other=_("Does this person work or earn money?")
        ),
        unknown=(
            _("You have not told us whether you work."),
            _("It is not known yet whether this person works."),
        ),
        known={
            True: (_("You work."), _("This person works.")),
            False: (_("You do not work."), _("This person does not work.")),
        },
    ),
    Fact(
        name="is_head",
        type=bool,
        sql=f"(home.relationship = '{Membership.Relationship.HEAD.value}')",
        of_membership=lambda membership: membership.relationship == Membership.Relationship.HEAD,
        label=_("Whether the person is the head of household"),
        meaning=_("Is the head of the household now."),
        question=FactQuestion(
            heading=_("Are you the head of your household?"),
            of_other=_("Is this person the head of the household?"),
        ),
        known={
            True: (_("You are the head of your household."), _("This person is the head of the household.")),
            False: (
                _("You are not the head of your household."),
                _("This person is not the head of the household."),
            ),
        },
    ),
)
