"""Writes down who set up a key of a person; by this ``selectors.conflict`` keeps them from deciding."""

from dsp_platform.accounts.models import User
from registry.models import KeySetup, Person


def note_setup(*, person: Person, official: User, kind: KeySetup.Kind) -> None:
    """A citizen's own act is nobody's setup."""
    if not official.is_citizen:
        KeySetup.objects.create(person=person, official=official, kind=kind)
