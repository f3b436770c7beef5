"""Nothing that waits hangs on where somebody was: every column with a place follows, or says why not."""

from django.apps import apps
from django.db.models import ForeignKey

from registry.models import Area

PLACES = {
    "Area.parent": "of the place itself",
    "Person.village": "follows the household: `PersonWriter.update_household`",
    "Household.village": "where it lives",
    "ChangeRequest.village": "follows: `registry.changes.life_events.follow_household`",
    "ChangeRequest.old_village": "follows: `registry.changes.life_events`, for who would move",
    "DuplicateCase.village": "the commune that a steward asked; another one may be asked",
    "Grievance.area": "where it happened: a team of that place answers it, wherever the person moves",
    "Grievance.office": "of the office that it is about, which does not answer it",
    "Team.area": "the place whose grievances the team answers, not where anybody lives",
    "RoutingRule.area": "of what happened in that place, not where anybody lives",
    "VillageDay.village": "the village that is visited; a household that moves away stays on its list",
    "OfficialRequest.district": "the office that answers about an official",
}


def test_every_column_with_a_place_is_known():
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey)
        and field.related_model is Area
        and not model.__name__.endswith(("Event", "History"))
        and not hasattr(model, "pgh_tracked_model")
        and not model._meta.proxy
    }
    assert found == PLACES.keys()
