"""How long applications are kept."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.background.retention import Rule, register_rules

register_rules(
    Rule(
        code="applications",
        models=(
            "applications.Application",
            "applications.ApplicationEvent",
            "applications.ApplicationDeadline",
        ),
        what=_("applications, also refused ones"),
        why=_("people see what became of them and can appeal"),
    ),
)
