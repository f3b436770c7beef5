from dsp_platform.audit.actions import ASSISTED_SESSION, register_actions
from registry.counter.forms import SESSION_REASONS

register_actions(
    "registry.counter",
    reasons={action: dict(SESSION_REASONS) for action in (ASSISTED_SESSION, "print", "export")},
)
