from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions
from registry.models import IdentityDocument
from registry.persons.labels import VIEW_REASONS

register_actions(
    "registry.persons",
    Action("document_lookup", _("looked for a document number"), effect=Effect.NONE),
    Action(
        "name_lookup",
        _("was told that a name and a date of birth are registered in another commune"),
        effect=Effect.NONE,
    ),
    reasons={"view": VIEW_REASONS, "listed": VIEW_REASONS},
    details=dict(IdentityDocument.Type.choices),
)
