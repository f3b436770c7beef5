from importlib import import_module

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Without a name for people: it has no tables, so nothing shows it."""

    name = "dsp_platform.casework"
    label = "casework"

    def ready(self) -> None:
        import_module(f"{self.name}.audit_actions")
