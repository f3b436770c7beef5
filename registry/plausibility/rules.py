"""The table of rules: what each compares, from where on it is rare or impossible, its words and its sources.

A rule refuses only what no day fits that the dates may be, and asks where some day would be rare. It is the
same table for every way in; ``docs/reference/plausibility.md`` lists it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.dates import LONGEST_LIFE
from dsp_platform.translations.label import Label
from registry.plausibility import cases, relations
from registry.plausibility.cases import Cases
from registry.plausibility.situation import Situation

JUDGEMENT = "judgement"


@dataclass(frozen=True, slots=True)
class Limits:
    """What lies below or above."""

    below: int | None = None
    above: int | None = None

    def all_outside(self, least: int, most: int) -> bool:
        return (self.below is not None and most < self.below) or (
            self.above is not None and least > self.above
        )

    def some_outside(self, least: int, most: int) -> bool:
        return (self.below is not None and least < self.below) or (
            self.above is not None and most > self.above
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    code: str
    title: Label
    """What is compared."""
    unit: str
    cases: Callable[[Situation], Cases]
    impossible: Limits = Limits()
    rare: Limits = Limits()
    refusal: Label = ""
    statement: Label = ""
    """What was entered, in words; "Is that right?" follows."""
    corrected_at: tuple[str, ...] = ("birth", "relationship", "relationships")
    """The questions where it can be corrected; the first that is asked."""
    sources: tuple[str, ...] = (JUDGEMENT,)


BIOLOGY = "biology: WHO counts 15 to 49 as the years in which women have children"
CIVIL_CODE_948 = "Civil Code, article 948: marriage from 18, from 16 with consent"

MEANING = "the meaning of the relationships"
CONTRADICTION = "1 if unusual, 2 if contradictory"

RULES = (
    Rule(
        code="age",
        title=_("Age of a member"),
        unit="years",
        cases=cases.everybodys_age,
        impossible=Limits(above=LONGEST_LIFE),
        rare=Limits(above=105),
        refusal=_("%(person)s: the date of birth is too long ago. Check the year."),
        statement=_("%(person)s is %(number)s years old."),
        sources=("biology: nobody is known to have lived longer than 122 years", JUDGEMENT),
    ),
    Rule(
        code="head-age",
        title=_("Age of the head of household"),
        unit="years",
        cases=cases.age_of_head,
        rare=Limits(below=15),
        statement=_("%(head)s is the head of household, at the age of %(number)s."),
        corrected_at=("birth", "head", "where"),
        sources=("Labour Law, article 177: work from 15", JUDGEMENT + ": orphans live without an adult"),
    ),
    Rule(
        code="head-beside-adults",
        title=_("Age of a head of household with whom an adult lives"),
        unit="years",
        cases=cases.age_of_head_beside_adults,
        impossible=Limits(below=10),
        refusal=_(
            "%(head)s is too young to be the head of a household in which an adult lives. Check the dates, "
            "or write the adult as the head of household."
        ),
        corrected_at=("birth", "head"),
        sources=("Civil Code, article 17: of age from 18", JUDGEMENT + " for 10"),
    ),
    Rule(
        code="payee-age",
        title=_("Age of who receives the money"),
        unit="years",
        cases=cases.age_of_payee,
        impossible=Limits(below=10),
        rare=Limits(below=18),
        refusal=_("%(payee)s is too young to receive the money. Choose another member."),
        statement=_("%(payee)s would receive the money, at the age of %(number)s."),
        corrected_at=("payee",),
        sources=(
            "Civil Code, article 17: of age from 18",
            JUDGEMENT + " for 10: without a payee the head receives it",
        ),
    ),
    Rule(
        code="mother-age",
        title=_("Age of the mother at the birth"),
        unit="years",
        cases=cases.mother_at_birth,
        impossible=Limits(below=10, above=75),
        rare=Limits(below=15, above=50),
        refusal=_(
            "By these dates of birth, %(mother)s cannot be the mother of %(child)s. Check the dates, "
            "and who the mother is."
        ),
        statement=_("%(mother)s was %(number)s years old when %(child)s was born."),
        corrected_at=("mother", "birth"),
        sources=(BIOLOGY, JUDGEMENT),
    ),
    Rule(
        code="mother-sex",
        title=_("Sex of the mother"),
        unit="1 if male",
        cases=cases.mother_is_male,
        impossible=Limits(above=0),
        refusal=_("%(mother)s is written as a man, and cannot be the mother. Check who the mother is."),
        corrected_at=("mother",),
        sources=("biology",),
    ),
    Rule(
        code="mother-relation",
        title=_("Relationship of mother and child to the head of household"),
        unit=CONTRADICTION,
        cases=relations.relation_of_mother,
        impossible=Limits(above=relations.UNUSUAL),
        rare=Limits(above=0),
        refusal=_(
            "%(mother)s is the head of household and the mother of %(child)s: then the child is “Son or "
            "daughter” of the head. Check who the mother is, and how the child is related to the head."
        ),
        statement=_(
            "%(mother)s is the mother of %(child)s. To the head of household, the mother is “%(mother_is)s” "
            "and the child is “%(child_is)s”."
        ),
        corrected_at=("mother", "relationship"),
        sources=(MEANING, JUDGEMENT + ": stepchildren are other relatives"),
    ),
    Rule(
        code="birth-told",
        title=_("Age of a child whose birth is told"),
        unit="years",
        cases=cases.newborns_age,
        impossible=Limits(above=14),
        rare=Limits(above=1),
        refusal=_(
            "%(child)s is no small child any more. Check the year of birth. For who is 15 or older, "
            "choose “Somebody moved in with us”."
        ),
        statement=_("%(child)s was born %(number)s years ago, and the birth is told only now."),
        corrected_at=("birth",),
        sources=(JUDGEMENT + ": from 15 on nobody else speaks for a person",),
    ),
    Rule(
        code="parent-age",
        title=_("Age of a father or mother at the birth of a son or daughter"),
        unit="years",
        cases=cases.parent_at_birth,
        impossible=Limits(below=10),
        rare=Limits(below=15, above=60),
        refusal=_(
            "By these dates of birth, %(parent)s cannot be the father or mother of %(child)s. Check the "
            "dates, and how they are related. For a stepchild or stepparent choose “Other relative”."
        ),
        statement=_("%(parent)s was %(number)s years old when %(child)s, the son or daughter, was born."),
        sources=(BIOLOGY, JUDGEMENT + ": stepchildren and adopted children are sons and daughters too"),
    ),
    Rule(
        code="grandparent-age",
        title=_("Age of a grandparent at the birth of a grandchild"),
        unit="years",
        cases=cases.grandparent_at_birth,
        impossible=Limits(below=20),
        rare=Limits(below=30, above=90),
        refusal=_(
            "By these dates of birth, %(grandparent)s cannot be a grandparent of %(grandchild)s. Check the "
            "dates, and how they are related."
        ),
        statement=_(
            "%(grandparent)s was %(number)s years old when %(grandchild)s, the grandchild, was born."
        ),
        sources=("twice the limits of a parent", JUDGEMENT),
    ),
    Rule(
        code="sibling-gap",
        title=_("Years between brothers and sisters"),
        unit="years",
        cases=cases.between_siblings,
        rare=Limits(above=35),
        statement=_("%(elder)s and %(younger)s are brothers or sisters, born %(number)s years apart."),
        sources=(BIOLOGY,),
    ),
    Rule(
        code="sibling-days",
        title=_("Days between the births of brothers and sisters"),
        unit="days",
        cases=cases.days_between_siblings,
        rare=Limits(below=180),
        statement=_(
            "%(elder)s and %(younger)s were born %(number)s days apart, and are brothers or sisters. For "
            "twins, check both dates."
        ),
        sources=("biology: the shortest pregnancies and the time before the next one", JUDGEMENT),
    ),
    Rule(
        code="spouse-age",
        title=_("Age of a husband or wife"),
        unit="years",
        cases=cases.age_of_spouses,
        impossible=Limits(below=12),
        rare=Limits(below=18),
        refusal=_(
            "By the date of birth, %(spouse)s is too young to be a husband or wife. Check the date, and how "
            "they are related."
        ),
        statement=_("%(spouse)s is a husband or wife, at the age of %(number)s."),
        corrected_at=("birth", "relationship", "relationships", "who"),
        sources=(CIVIL_CODE_948, JUDGEMENT + " for 12: couples younger than the law allows live together"),
    ),
    Rule(
        code="spouse-relation",
        title=_("Relationship of who marry to the head of household"),
        unit=CONTRADICTION,
        cases=relations.relation_of_spouse,
        impossible=Limits(above=relations.UNUSUAL),
        rare=Limits(above=0),
        refusal=_(
            "%(member)s is the head of household: whoever marries the head is “Husband or wife” of the head. "
            "Check how %(spouse)s is related to the head."
        ),
        statement=_(
            "%(member)s and %(spouse)s marry. To the head of household, they are “%(member_is)s” and "
            "“%(spouse_is)s”."
        ),
        corrected_at=("relationship", "who"),
        sources=(MEANING, JUDGEMENT + ": sons-in-law and daughters-in-law are other relatives"),
    ),
    Rule(
        code="new-head-relation",
        title=_("Relationship to the new head of household"),
        unit=CONTRADICTION,
        cases=relations.relation_to_new_head,
        rare=Limits(above=0),
        statement=_(
            "%(member)s is now “%(member_is)s” of %(head)s. To the head of household until now, %(member)s "
            "was “%(member_was)s” and %(head)s was “%(head_was)s”."
        ),
        corrected_at=("relationships", "head"),
        sources=(MEANING, JUDGEMENT + ": what was recorded before may have been wrong"),
    ),
    Rule(
        code="spouse-gap",
        title=_("Years between husband and wife"),
        unit="years",
        cases=cases.between_spouses,
        rare=Limits(above=30),
        statement=_("%(elder)s and %(younger)s are husband and wife, born %(number)s years apart."),
    ),
    Rule(
        code="spouses",
        title=_("Husbands or wives of the head of household"),
        unit="persons",
        cases=cases.spouses,
        rare=Limits(above=1),
        statement=_("%(head)s has %(number)s husbands or wives in the household."),
        corrected_at=("relationship", "relationships"),
        sources=("Civil Code, article 949: nobody marries twice at a time", JUDGEMENT),
    ),
    Rule(
        code="parents",
        title=_("Fathers and mothers of the head of household"),
        unit="persons",
        cases=cases.parents,
        rare=Limits(above=2),
        statement=_("%(head)s has %(number)s fathers and mothers in the household."),
        corrected_at=("relationship", "relationships"),
        sources=("biology", JUDGEMENT + ": stepparents"),
    ),
    Rule(
        code="household-size",
        title=_("Members of the household"),
        unit="persons",
        cases=cases.size_of_household,
        rare=Limits(above=19),
        statement=_("The household has %(number)s members."),
        corrected_at=("members", "relationship"),
        sources=(JUDGEMENT + ": the registration takes 40 at most",),
    ),
    Rule(
        code="same-person",
        title=_("Members of one name and one date of birth"),
        unit="persons",
        cases=cases.same_name_and_birth,
        rare=Limits(above=1),
        statement=_("%(one)s and %(other)s: two members have one name and one date of birth."),
        corrected_at=("name", "birth"),
    ),
    Rule(
        code="age-at-death",
        title=_("Age at death"),
        unit="years",
        cases=cases.age_at_death,
        impossible=Limits(below=0),
        rare=Limits(above=105),
        refusal=_("The date of death lies before the date of birth."),
        statement=_("%(dead)s died at the age of %(number)s."),
        corrected_at=("died",),
        sources=("biology", JUDGEMENT),
    ),
    Rule(
        code="death-told",
        title=_("Years from a death until it is told"),
        unit="years",
        cases=cases.years_since_death,
        impossible=Limits(above=20),
        rare=Limits(above=1),
        refusal=_("This death was too long ago for somebody who is registered. Check the year."),
        statement=_("%(dead)s died %(number)s years ago, and it is told only now."),
        corrected_at=("died",),
        sources=(JUDGEMENT + ": only the living are registered, from 2026 on",),
    ),
)

RULE_OF = {rule.code: rule for rule in RULES}
