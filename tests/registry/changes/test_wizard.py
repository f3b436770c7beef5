"""What the check page of a change stands for."""

from types import SimpleNamespace

from registry.changes.context import HouseholdContext
from registry.changes.wizard import ChangeWizard
from registry.models import Household, Person


def wizard_about(spid: str) -> ChangeWizard:
    """Of a change that one member alone can be about, who is not asked for."""
    member = SimpleNamespace(person=Person(spid=spid))
    kind = SimpleNamespace(whom=lambda context: [member], questions=lambda answers, context: [])
    return ChangeWizard(kind, HouseholdContext(Household(), [], member.person), {})


def test_the_digest_is_also_of_the_person_who_was_not_asked_for():
    assert wizard_about("A").digest() == wizard_about("A").digest()
    assert wizard_about("A").digest() != wizard_about("B").digest()
