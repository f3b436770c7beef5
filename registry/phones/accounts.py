"""Linking an account to a person."""

from dsp_platform.accounts.errors import NumberNotFree
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.my_account import services as accounts
from dsp_platform.audit import services as audit
from dsp_platform.database.history_context import history_context
from dsp_platform.notifications import services as notifications
from registry.models import Person
from registry.persons.writer import PersonWriter
from registry.phones.selectors import may_have_account, phones_of_adults, recent_phones


def give_account(
    *,
    person: Person,
    account: User,
    actor: User,
    assisted_session: AssistedSession | None = None,
    document: str = "",
    keep: str | None = None,
) -> None:
    """Link the account to the person, and end all its sessions but ``keep``.

    Notified are the person's phone numbers of the last 30 days, those of the household's adults and, where an
    official opened the account, the account's own. The caller has locked the person. Raises NumberNotFree for
    a person who may have no account.
    """
    if not may_have_account(person):
        raise NumberNotFree
    own = {*recent_phones(person), account.phone or ""} - {""}
    beside = phones_of_adults(person) - own
    opened = {account.phone or ""} - {""} if actor.pk != account.pk else set()
    with history_context("claim_person", actor=actor), PersonWriter() as writer:
        writer.update_person(person, account=account)
    accounts.change_holder(account=account, keep=keep)
    audit.record(
        actor=actor,
        action="claim",
        subject_kind="person",
        subject_id=person.pk,
        assisted_session_id=assisted_session.pk if assisted_session else None,
        details={"document": document} if document else None,
    )
    recipients = {"account_open": opened, "claimed": own - opened, "claimed_beside": beside}
    for template, phone in [
        (template, phone) for template, phones in recipients.items() for phone in sorted(phones)
    ]:
        notifications.send(
            phone=phone,
            language=person.language,
            template=template,
            params={"person": person.pk},
            subject_kind="person",
            subject_id=person.pk,
        )
