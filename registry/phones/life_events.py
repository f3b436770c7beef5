"""What becomes of a person's account and of text messages on their way."""

from dsp_platform.accounts.assisted_sessions.services import end_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.my_account import services as accounts
from dsp_platform.notifications import services as notifications
from registry.life_events.events import Announcement, Effect, EventKind, LifeEvent
from registry.models import PhoneReplacement
from registry.persons.households import household_head_of, members_of
from registry.persons.writer import PersonWriter
from registry.phones.replacements.steps import end
from registry.phones.selectors import contact_phone, numbers_left_behind, numbers_of


def close_access(event: LifeEvent) -> None:
    """The account is free for a claim by a relative; nobody acts for the person at the counter any more."""
    if event.account is not None:
        accounts.change_holder(account=event.account)
    for assisted_session in AssistedSession.objects.filter(subject_id=event.someone.pk, ended_at=None):
        end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.CLOSED)

    _end_replacement(event)


def hand_over(event: LifeEvent) -> None:
    """The account passes to the record that remains, unless that has one: then it is nobody's."""
    person, into = event.someone, event.merged_into
    _end_replacement(event)
    account = person.account
    if account is None or into is None:
        return
    with PersonWriter() as writer:
        writer.update_person(person, account=None)
        if into.account_id is None:
            writer.update_person(into, account=account)
    accounts.change_holder(account=account)


def _end_replacement(event: LifeEvent) -> None:
    """Of somebody whose record is closed. One that is confirmed at this moment is skipped: that transaction
    waits for the person's lock, and then ends it by itself."""
    rows = PhoneReplacement.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    waiting = rows.filter(person=event.someone, state=PhoneReplacement.State.WAITING)
    for one in waiting.select_related("person", "account", "asked_by"):
        end(one, PhoneReplacement.State.OVERTAKEN, event.actor, cause=PhoneReplacement.Cause.GONE)


def drop_messages(event: LifeEvent) -> None:
    """Those that wait to be sent, to numbers that nobody else has."""
    phone = event.account.phone if event.account else ""
    notifications.drop_waiting(numbers_left_behind(event.someone, phone or ""))


def tell_of_the_living(event: LifeEvent) -> Announcement:
    def announce() -> None:
        head = household_head_of(event.someone) if event.household else None
        for one in filter(None, (event.someone, head)):
            for phone in numbers_of(one, with_typed=True)[:1]:
                notifications.send(
                    phone=phone,
                    language=one.language,
                    template="death_undone",
                    params={},
                    subject_kind="person",
                    subject_id=event.someone.pk,
                )

    return announce


def tell_level_expired(event: LifeEvent) -> Announcement:
    def announce() -> None:
        members = members_of(event.home)
        phone = contact_phone(members[0].person) if members else ""
        if phone:
            notifications.send(
                phone=phone,
                language=members[0].person.language,
                template="level_expired",
                params={},
                subject_kind="household",
                subject_id=event.home.pk,
            )

    return announce


_OWN = Effect("They stay: account and phone are the person's own.")
_NOT_CONCERNED = Effect("They stay: account and phone are a person's own.")
EFFECTS = {
    EventKind.DIED: Effect(
        "The account loses its person and is signed out; cases with them at the counter end, and so does "
        "another phone that was asked for. A claim of their record finds nobody.",
        close_access,
    ),
    EventKind.DEATH_UNDONE: Effect(
        "They stay without an account: the person joins one by the number on record, or at the office."
    ),
    EventKind.LEFT_FOR_OWN: _OWN,
    EventKind.LEFT_ELSEWHERE: _OWN,
    EventKind.JOINED: _OWN,
    EventKind.MOVED: Effect("They stay: officials of where the person lives confirm another phone."),
    EventKind.MERGED: Effect(
        "The account passes to the record that remains, unless that has one; another phone that was asked "
        "for ends.",
        hand_over,
    ),
    EventKind.CONSENT_WITHDRAWN: _NOT_CONCERNED,
    EventKind.LEVEL_EXPIRED: _NOT_CONCERNED,
    EventKind.CLOSED: _NOT_CONCERNED,
}

_AS_BEFORE = Effect("They go to the person's own number, or else to the head of the household they live in.")
MESSAGES = {
    EventKind.DIED: Effect(
        "None goes to their number unless somebody else who lives has it; those that wait are dropped. News "
        "of what was theirs goes to the head of the household.",
        drop_messages,
    ),
    EventKind.DEATH_UNDONE: Effect(
        "The number on record is told, and the head of the household that they live in again.",
        tell_of_the_living,
    ),
    EventKind.LEFT_FOR_OWN: _AS_BEFORE,
    EventKind.LEFT_ELSEWHERE: Effect("They go to the person's own number only."),
    EventKind.JOINED: _AS_BEFORE,
    EventKind.MOVED: Effect("They go to the same numbers."),
    EventKind.MERGED: Effect("They go to the numbers of the record that remains."),
    EventKind.CONSENT_WITHDRAWN: Effect(
        "Whoever gave it is told, where somebody else took it back.",
        done_by="registry.consents.services.withdraw_consent",
    ),
    EventKind.LEVEL_EXPIRED: Effect("The household is told, and where to ask.", tell_level_expired),
    EventKind.CLOSED: Effect("None but to whoever asked for a change that ends by it."),
}
