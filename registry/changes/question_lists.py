"""Which questions a kind of change asks, in order, given the answers so far."""

from collections.abc import Callable

from registry.changes.context import HEAD, Answers, HouseholdContext
from registry.persons.circumstances import has_difficulty


def who(answers: Answers) -> str:
    return str(answers.get("who", {}).get("person", ""))


def successor(answers: Answers, context: HouseholdContext, leaver: str) -> list[str]:
    """Where the head leaves and others remain, one of these becomes the head."""
    leaving = context.member(leaver)
    remaining = context.others(leaver)
    if leaving is None or leaving.relationship != HEAD or not remaining:
        return []
    return ["head", "relationships"] if len(remaining) > 1 else ["head"]


def new_head(answers: Answers, context: HouseholdContext) -> list[str]:
    return ["head", "relationships"]


def only(*names: str) -> Callable[[Answers, HouseholdContext], list[str]]:
    def names_of(answers: Answers, context: HouseholdContext) -> list[str]:
        return list(names)

    return names_of


def circumstances(answers: Answers, context: HouseholdContext) -> list[str]:
    daily_life = answers.get("circumstances", {})
    return ["circumstances", "difficulties"] if has_difficulty(daily_life) else ["circumstances"]


def joins(answers: Answers, context: HouseholdContext) -> list[str]:
    if answers.get("known", {}).get("has_spid") == "yes":
        return ["known", "birth", "relationship"]
    return ["known", "name", "sex", "birth", "document", "relationship"]


def leaves(answers: Answers, context: HouseholdContext) -> list[str]:
    place = ["place"] if answers.get("where", {}).get("where") == "own" else []
    return ["where", *place, *successor(answers, context, who(answers))]


def death(answers: Answers, context: HouseholdContext) -> list[str]:
    return ["died", *successor(answers, context, who(answers))]


def marriage(answers: Answers, context: HouseholdContext) -> list[str]:
    if answers.get("living", {}).get("living") == "elsewhere":
        return ["living", *leaves(answers, context)]
    return ["living", *joins(answers, context)]
