"""Why a change would change nothing, in words; "" where it would, or where an answer is missing.

Each compares the answers with what is recorded, as the service that applies them would write it.
"""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.translations.label import Label
from registry.changes.context import HEAD, Answers, HouseholdContext
from registry.facts.table import CIRCUMSTANCES
from registry.identity.documents import document_digest
from registry.models import Person
from registry.persons.circumstances import has_difficulty, told

Unchanged = Callable[[Answers, HouseholdContext, Person | None], Label]
RECORDED = _("This is recorded already, so nothing would change. Correct the answer, or leave it as it is.")


def never(_answers: Answers, _context: HouseholdContext, _person: Person | None) -> Label:
    """It always changes something."""
    return ""


def of_person(question: str, *fields: str) -> Unchanged:
    """The answer has the same fields as the record."""

    def unchanged(answers: Answers, _context: HouseholdContext, person: Person | None) -> Label:
        entered = answers.get(question)
        if entered is None or person is None:
            return ""
        return RECORDED if all(entered[field] == getattr(person, field) for field in fields) else ""

    return unchanged


def date_of_birth(answers: Answers, _context: HouseholdContext, person: Person | None) -> Label:
    if "birth" not in answers or person is None:
        return ""
    return RECORDED if PartialDate.parse(answers["birth"]["born"]) == person.born else ""


def circumstances(answers: Answers, _context: HouseholdContext, person: Person | None) -> Label:
    """Also where nothing is answered."""
    daily_life = answers.get("circumstances")
    if daily_life is None or person is None or (has_difficulty(daily_life) and "difficulties" not in answers):
        return ""
    entered = told(daily_life, answers.get("difficulties", {}))
    stored = {name: CIRCUMSTANCES[name].stored(answer) for name, answer in entered.items() if answer}
    return RECORDED if all(getattr(person, name) == value for name, value in stored.items()) else ""


def document(answers: Answers, _context: HouseholdContext, person: Person | None) -> Label:
    entered = answers.get("document")
    if entered is None or person is None:
        return ""
    digest = document_digest(entered["document_type"], entered["document_number"])
    recorded = person.documents.filter(type=entered["document_type"], digest=digest)
    return RECORDED if recorded.exists() else ""


def village(answers: Answers, context: HouseholdContext, _person: Person | None) -> Label:
    if answers.get("place", {}).get("village_code") != context.household.village_id:
        return ""
    return _(
        "The household is recorded in this village already. For another house or street, choose “Our house "
        "or street changed”."
    )


def address(answers: Answers, context: HouseholdContext, _person: Person | None) -> Label:
    return RECORDED if answers.get("address", {}).get("address") == context.household.address else ""


def head(answers: Answers, context: HouseholdContext, _person: Person | None) -> Label:
    heads = [one.person.spid for one in context.members if one.relationship == HEAD]
    return RECORDED if answers.get("head", {}).get("person") in heads else ""


def payee(answers: Answers, context: HouseholdContext, _person: Person | None) -> Label:
    paid = [one.person.spid for one in context.members if one.person_id == context.household.payee_id]
    return RECORDED if answers.get("payee", {}).get("person") in paid else ""


def newcomer(answers: Answers, context: HouseholdContext, _person: Person | None) -> Label:
    """Who lives here already does not move in."""
    spid = answers.get("known", {}).get("spid", "")
    return _("This person is a member of the household already.") if context.member(spid) else ""


def own_household(answers: Answers, context: HouseholdContext, _person: Person | None) -> Label:
    """Who lives alone has a household of their own."""
    if len(context.members) > 1 or answers.get("where", {}).get("where") != "own":
        return ""
    return _(
        "The person lives in a household of their own already. For another village, choose “We moved to "
        "another village”."
    )
