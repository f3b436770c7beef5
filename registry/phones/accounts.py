"""An account becomes a person's."""

import pghistory

from dsp_platform.accounts.errors import NumberNotFree
from dsp_platform.accounts.models import Case, User
from dsp_platform.accounts.my_account import services as accounts
from dsp_platform.audit import services as audit
from dsp_platform.notifications import services as notifications
from registry.models import Person
from registry.persons.writer import PersonWriter
from registry.phones.selectors import may_have_account, phones_beside, phones_lately


def give_account(
    *,
    person: Person,
    account: User,
    actor: User,
    case: Case | None = None,
    document: str = "",
    keep: str | None = None,
) -> None:
    """From now on this is the account of that person, and nothing opens it that did before but ``keep``. Told
    are their phones of the last 30 days, and those of the household; the account's own, where an official
    opened it, that one can sign in. The caller holds the person. Raises NumberNotFree for who may have none.
    """
    if not may_have_account(person):
        raise NumberNotFree
    own = {*phones_lately(person), account.phone or ""} - {""}
    beside = phones_beside(person) - own
    opened = {account.phone or ""} - {""} if actor.pk != account.pk else set()
    with pghistory.context(why="claim_person"), PersonWriter() as writer:
        writer.update_person(person, account=account)
    accounts.hand_over(account=account, keep=keep)
    audit.record(
        actor=actor,
        action="claim",
        subject_kind="person",
        subject_id=person.pk,
        case_id=case.pk if case else None,
        details={"document": document} if document else None,
    )
    told = {"account_open": opened, "claimed": own - opened, "claimed_beside": beside}
    for template, phone in [
        (template, phone) for template, phones in told.items() for phone in sorted(phones)
    ]:
        notifications.send(
            phone=phone,
            language=person.language,
            template=template,
            params={"person": person.pk},
            subject_kind="person",
            subject_id=person.pk,
        )
