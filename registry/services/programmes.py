"""Two stewards at one programme: the second is told, and writes over nothing."""

from django.apps import apps
from django.db.models import Max
from django.utils.translation import gettext as _

from registry.models import Programme


class ProgrammeChanged(Exception):
    """It is no longer what the page showed. ``str()`` is a translated sentence."""

    def __str__(self) -> str:
        return _(
            "Somebody else changed this programme since you opened it. Nothing was saved. "
            "Open it anew in another window and carry over what you typed."
        )


def programme_state(pk: int) -> str:
    """Grows with every change of the programme and of its benefits, in any language."""
    own = apps.get_model("registry.ProgrammeEvent").objects.filter(pgh_obj=pk)
    benefits = apps.get_model("registry.BenefitEvent").objects.filter(programme=pk)
    last = [events.aggregate(last=Max("pgh_id"))["last"] or 0 for events in (own, benefits)]
    return "-".join(map(str, last))


def hold_programme(*, pk: int, seen: str) -> None:
    """Lock the programme until the transaction ends. Raises ``ProgrammeChanged``."""
    Programme.objects.select_for_update(no_key=True).get(pk=pk)
    if programme_state(pk) != seen:
        raise ProgrammeChanged
