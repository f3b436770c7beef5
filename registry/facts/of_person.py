"""The facts of one person."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from registry.facts.circumstances import DIFFICULTIES, Circumstance, from_age
from registry.facts.fact import Fact, FactQuestion, number
from registry.models import Membership, Person

# The Washington Group short set counts from "a lot of difficulty" on.
COUNTS_FROM = Person.Difficulty.A_LOT


def _age(born: str) -> str:
    """In the years before this year's birthday one less. ``day`` is month and day as one number."""
    day = f"(EXTRACT(MONTH FROM {born}) * 100 + EXTRACT(DAY FROM {born}))"
    return f"GREATEST(%(year)s - EXTRACT(YEAR FROM {born})::int - ({day} > %(day)s)::int, 0)"


# Who was born in a year or a month may have been born on each day of it.
OLDEST = _age("person.date_of_birth")
YOUNGEST = "(CASE person.birth_precision WHEN 'day' THEN {} ELSE {} END)".format(
    OLDEST, _age("(person.date_of_birth + ('1 ' || person.birth_precision)::interval - '1 day'::interval)")
)
# OR is already what the Washington Group says: one "a lot" decides, else every answer must be there.
DISABILITY = "(person.disability_level <> '' OR {})".format(
    " OR ".join(f"person.{question.name} >= {int(COUNTS_FROM)}" for question in DIFFICULTIES)
)


def disability(person: Person) -> bool | None:
    """Identified officially, or by the Washington Group's six questions; None while neither decides."""
    if person.disability_level:
        return True
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
            most=125,
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
    Fact(
        name="pregnant",
        type=bool,
        is_health=True,
        sql=f"(person.sex <> '{Person.Sex.MALE.value}' AND person.pregnant)",
        of_person=lambda person, _today: False if person.sex == Person.Sex.MALE else person.pregnant,
        label=_("Whether there is a pregnancy"),
        meaning=_("Pregnant now. Of a man always no."),
        circumstances=(
            Circumstance(
                name="pregnant", label=_("Pregnant now?"), ages=range(12, 56), sex=Person.Sex.FEMALE.value
            ),
        ),
        ages=range(12, 56),
        sex=Person.Sex.FEMALE.value,
        question=FactQuestion(heading=_("Are you pregnant?"), of_other=_("Is this person pregnant?")),
        reported_in="circumstances",
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
        of_person=lambda person, _today: disability(person),
        label=_("Whether there is a disability"),
        meaning=_("“A lot of difficulty” or more in one of the six questions of the Washington Group."),
        circumstances=DIFFICULTIES,
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
    Fact(
        name="studying",
        type=bool,
        sql="person.studying",
        of_person=lambda person, _today: person.studying,
        label=_("Whether the person goes to school"),
        meaning=_("Goes to school or studies."),
        circumstances=(
            Circumstance(name="studying", label=_("Goes to school or studies?"), ages=range(3, 31)),
        ),
        ages=from_age(3),
        question=FactQuestion(
            heading=_("Do you go to school or study?"),
            of_other=_("Does this person go to school or study?"),
        ),
        reported_in="circumstances",
        unknown=(
            _("You have not told us whether you go to school."),
            _("It is not known yet whether this person goes to school."),
        ),
        known={
            True: (_("You go to school."), _("This person goes to school.")),
            False: (_("You do not go to school."), _("This person is not at school.")),
        },
    ),
    Fact(
        name="working",
        type=bool,
        sql="person.working",
        of_person=lambda person, _today: person.working,
        label=_("Whether the person works"),
        meaning=_("Works or earns money."),
        circumstances=(Circumstance(name="working", label=_("Works or earns money?"), ages=from_age(15)),),
        ages=from_age(15),
        question=FactQuestion(
            heading=_("Do you work or earn money?"), of_other=_("Does this person work or earn money?")
        ),
        reported_in="circumstances",
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
