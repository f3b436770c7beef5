"""What becomes of the consents of a household."""

from django.utils import timezone

from registry.life_events.events import Effect, EventKind, LifeEvent


def take_along(event: LifeEvent) -> None:
    """Those that the leaving person gave, and the one for the registry itself."""
    if event.household is None or event.new_household is None:
        return
    for consent in event.household.consents.filter(withdrawn_at=None).select_related("given_by"):
        gave = consent.given_by.merged_into_id or consent.given_by_id
        if gave == event.someone.pk or not consent.operator_code:
            consent.pk, consent.household = None, event.new_household
            consent._state.adding = True
            consent.save(force_insert=True)


def withdraw(event: LifeEvent) -> None:
    """That of one operator, or all."""
    consents = event.home.consents.filter(withdrawn_at=None)
    if event.operator_code:
        consents = consents.filter(operator_code=event.operator_code)
    consents.update(withdrawn_at=timezone.now())


_STAYS = Effect("Nothing: a consent is of the household, whose other members go on.")
EFFECTS = {
    EventKind.DIED: _STAYS,
    EventKind.DEATH_UNDONE: Effect("Nothing: those of the household they live in again hold for them too."),
    EventKind.LEFT_FOR_OWN: Effect(
        "Those that they gave, and the one for the registry itself, hold in the new household too; those "
        "that others gave do not.",
        take_along,
    ),
    EventKind.LEFT_ELSEWHERE: _STAYS,
    EventKind.JOINED: Effect("Nothing: those of the household they join hold for them too."),
    EventKind.MOVED: Effect("Nothing: a consent names no place."),
    EventKind.MERGED: Effect(
        "The stricter holds: where the household that they left had taken its consent for an operator back, "
        "it ends in the one that remains too. What the person agreed to in a household that is closed by it "
        "passes to the one that remains, where they lead that one and it was never asked.",
        done_by="registry.merging.services.merge",
    ),
    EventKind.CONSENT_WITHDRAWN: Effect("It ends; it can be given again at any time.", withdraw),
    EventKind.LEVEL_EXPIRED: Effect("Nothing: no consent rests on the poverty level."),
    EventKind.CLOSED: Effect("All end.", withdraw),
}
