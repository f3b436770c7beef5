"""Who leads a household whose head has died. The death is recorded whatever has become of the household since
it was told: who was named may be gone, or may not lead any more, and others may have come."""

from collections.abc import Sequence

from registry.changes.apply.common import members_for
from registry.changes.context import HEAD, Answers, HouseholdContext, may_head
from registry.changes.outcome import What, findings_of
from registry.models import ChangeRequest, Household, Membership, Person
from registry.plausibility.findings import refused

OTHER = Membership.Relationship.OTHER_RELATIVE
SUCCESSION = ("head", "relationships")


def with_successor(
    kind: What, answers: Answers, home: Household | None, members: Sequence[Membership], dead: Person | None
) -> Answers:
    """Of a death, who leads the household and how the others are related to them, as far as it was told and
    still can be: else the oldest who may lead it, and “other relative”. Of other changes, what was told."""
    if not kind.person_dies or dead is None:
        return answers
    rest = [one for one in members if one.person_id != dead.pk]
    told = {name: answer for name, answer in answers.items() if name not in SUCCESSION}
    led = any(one.person_id == dead.pk and one.relationship == HEAD for one in members)
    if not (led and rest):
        return told
    heads = may_head(rest)
    named = answers.get("head", {}).get("person")
    head = next((one for one in heads if one.person.spid == named), None)
    relations = answers.get("relationships", {}) if head else {}
    head = head or min(heads, key=lambda one: (one.person.date_of_birth, one.pk))
    others = [one.person.spid for one in rest if one != head]
    found = {spid: relations.get(spid, OTHER) for spid in others}
    settled = told | {"head": {"person": head.person.spid}, "relationships": found}
    context = HouseholdContext(home, list(members), dead)
    if any(one.rule.code != "age-at-death" for one in refused(findings_of(kind, settled, context, dead))):
        settled["relationships"] = dict.fromkeys(others, OTHER)
    return settled


def is_led_as_told(kind: What, request: ChangeRequest) -> bool:
    """Whether nobody has to tell anew who leads the household, and how the others are related to them."""
    told = request.answers
    settled = with_successor(kind, told, request.household, members_for(request), request.person)
    return all(not settled.get(name) or told.get(name) == settled[name] for name in SUCCESSION)
