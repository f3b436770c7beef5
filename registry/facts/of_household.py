"""The facts of a household and of the place where it lives."""

from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.facts.circumstances import from_age
from registry.facts.fact import Choices, Fact, FactQuestion, Members, both, number
from registry.facts.of_person import DISABILITY, disability, oldest_from, youngest_from
from registry.models import Area, Household

_NOT_ASKED = _("Not all members of the household have answered the questions about difficulties.")


def poverty_level(household: Household | None, today: date) -> str | None:
    """The level IDPoor reported, as long as it is valid."""
    if household is None or not household.poverty_level:
        return None
    if household.poverty_valid_to and household.poverty_valid_to < today:
        return None
    return household.poverty_level


def _disabled(members: Members) -> int | None:
    """Those known to be; not known only when none is known and somebody has not answered who is asked."""
    known = [disability(one, members.today) for one in members.persons]
    return known.count(True) or (None if None in known else 0)


def _provinces() -> Choices:
    current = Q(valid_to=None) | Q(valid_to__gte=timezone.localdate())
    provinces = Area.objects.filter(current, level=Area.Level.PROVINCE).order_by("code")
    return [(one.code, one.name) for one in provinces]


def _former_provinces() -> Choices:
    ended = Area.objects.filter(level=Area.Level.PROVINCE, valid_to__lt=timezone.localdate())
    return [(one.code, one.name) for one in ended]


def _of_age(members: Members, ages: range) -> int | range:
    surely = sum(one[0] in ages and one[-1] in ages for one in members.ages)
    return number(surely, sum(one[0] in ages or one[-1] in ages for one in members.ages))


def _members_of_age(
    name: str, ages: range, *, label: Label, meaning: Label, heading: Label, known: Label
) -> Fact:
    """The number of members in this range of ages."""
    at_most = f"({oldest_from(ages.start)} AND NOT {youngest_from(ages.stop)})"
    return Fact(
        name=name,
        type=int,
        is_counted=True,
        ages=ages,
        sql=f"count(*) FILTER (WHERE {youngest_from(ages.start)} AND NOT {oldest_from(ages.stop)})",
        most_sql=f"count(*) FILTER (WHERE {at_most})",
        members=at_most,
        of_members=lambda members: _of_age(members, ages),
        label=label,
        meaning=meaning,
        question=FactQuestion(heading=heading),
        reported_in="birth-date",
        known=both(known),
    )


OF_HOUSEHOLD = (
    Fact(
        name="poverty_level",
        type=str,
        choices=lambda: Household.PovertyLevel.choices,
        sql=(
            "(CASE WHEN household.poverty_valid_to < %(today)s THEN NULL"
            " ELSE NULLIF(household.poverty_level, '') END)"
        ),
        of_members=lambda members: poverty_level(members.household, members.today),
        label=_("Poverty level"),
        meaning=_("As IDPoor reported it, as long as it is valid."),
        question=FactQuestion(
            heading=_("Does your household have an Equity Card?"),
            help=_("The commune gives it after assessing the household. The level is written on the card."),
            choices=(
                (Household.PovertyLevel.LEVEL_1.value, _("Yes: poor level 1")),
                (Household.PovertyLevel.LEVEL_2.value, _("Yes: poor level 2")),
                (Household.PovertyLevel.AT_RISK.value, _("No card, but assessed as an at-risk household")),
                (Household.PovertyLevel.NOT_POOR.value, _("No card: assessed as not poor")),
            ),
        ),
        reported_in="assessment",
        unknown=both(_("The poverty level of the household is not known yet.")),
        known=both(_("The poverty level of the household is: %(value)s.")),
    ),
    Fact(
        name="household_size",
        type=int,
        is_counted=True,
        sql="count(*)",
        of_members=lambda members: len(members.persons),
        label=_("Number of members"),
        meaning=_("How many live in the household now."),
        question=FactQuestion(
            heading=_("How many people live in your household?"), help=_("Count yourself too."), least=1
        ),
        known=both(_("Members of the household: %(value)s.")),
    ),
    _members_of_age(
        "children_under_2",
        range(2),
        label=_("Children under 2 in the household"),
        meaning=_("How many of the household are under 2 years old."),
        heading=_("How many children under 2 live in your household?"),
        known=_("Children under 2 in the household: %(value)s."),
    ),
    _members_of_age(
        "children_under_18",
        range(18),
        label=_("Children under 18 in the household"),
        meaning=_("How many of the household are under 18 years old."),
        heading=_("How many children under 18 live in your household?"),
        known=_("Children under 18 in the household: %(value)s."),
    ),
    _members_of_age(
        "elders_60",
        from_age(60),
        label=_("People of 60 or older in the household"),
        meaning=_("How many of the household are 60 years old or older."),
        heading=_("How many people of 60 or older live in your household?"),
        known=_("People of 60 or older in the household: %(value)s."),
    ),
    Fact(
        name="disabled_in_household",
        type=int,
        is_counted=True,
        is_health=True,
        sql=(
            f"CASE WHEN bool_or({DISABILITY}) THEN count(*) FILTER (WHERE {DISABILITY})"
            f" WHEN bool_or({DISABILITY} IS NULL) THEN NULL ELSE 0 END"
        ),
        of_members=_disabled,
        counts="disability",
        label=_("People with a disability in the household"),
        meaning=_("How many of the household have a disability, as far as it is known."),
        question=FactQuestion(
            heading=_("How many people in your household have a disability?"),
            help=_("A lot of difficulty seeing, hearing, walking, remembering, washing or speaking."),
        ),
        reported_in="circumstances",
        unknown=both(_NOT_ASKED),
        known=both(_("People with a disability in the household: %(value)s.")),
        hidden=_("This depends on the health of members of the household, which is not shown here."),
    ),
    Fact(
        name="province_code",
        type=str,
        choices=_provinces,
        former=_former_provinces,
        sql="left(person.village_id, 2)",
        of_person=lambda person, _today: person.village_id[:2],
        label=_("Province"),
        meaning=_("The two digits of the province where the person lives."),
        question=FactQuestion(
            heading=_("In which province do you live?"),
            of_other=_("In which province does this person live?"),
            is_long=True,
        ),
        unknown=(_("Your province is not known yet."), _("The province of this person is not known yet.")),
        known=(_("You live in %(value)s."), _("This person lives in %(value)s.")),
    ),
)
