"""A change that an import source tells, asked for by a steward: it is applied or decided, and those concerned
are told and heard, as if it was told at the office."""

from django.db import transaction
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.database.history_context import history_context
from registry.changes.apply.successors import with_successor
from registry.changes.context import Answers, HouseholdContext, nobody
from registry.changes.kinds import Kind
from registry.changes.limits import require_below_limits
from registry.changes.services import begin, new_request
from registry.changes.wizard import ChangeWizard
from registry.errors import ChangeError
from registry.models import ChangeRequest, Person
from registry.persons.households import household_of, members_of
from registry.persons.writer import alone


def ask_from_source(*, kind: Kind, person: Person, answers: Answers, actor: User) -> ChangeRequest:
    """The caller has locked the person and their household. Raises ``ChangeError``, ``InConflict``."""
    home = household_of(person)
    members = members_of(home) if home else alone(person)
    context = HouseholdContext(home, members, person, at_counter=True, tells_death=kind.person_dies)
    if kind.whom is not nobody:
        answers = {"who": {"person": person.spid}, **answers}
    answers = with_successor(kind, answers, home, members, person)
    wizard = ChangeWizard(kind, context, answers)
    require_below_limits(wizard, actor)
    if not (wizard.is_complete or wizard.unchanged):
        raise ChangeError(_("More has to be told than the source says: ask the commune office."))
    with transaction.atomic(), history_context("ask_change", actor=actor):
        request = new_request(kind, context, answers, actor, None, {})
        begin(request, kind, actor, None)
    return request
