from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions
from dsp_platform.exchange.models import Operator
from dsp_platform.web.request_cache import cached_per_request


@cached_per_request
def operator_names() -> dict[str, str]:
    return {operator.code: str(operator) for operator in Operator.objects.all()}


register_actions(
    "registry.consents",
    Action("give_consent", _("noted a consent"), _("A consent was given")),
    Action("withdraw_consent", _("noted that a consent was taken back"), _("A consent was taken back")),
    Action("make_sheet", _("made a consent sheet"), _("A consent sheet was made"), effect=Effect.NONE),
    Action("sign_sheet", _("sent the photo of a signed consent sheet"), _("A signed consent sheet was kept")),
    reason_names=dict.fromkeys(("give_consent", "withdraw_consent"), operator_names),
)
