"""Why a step was not taken."""


class StepRefused(Exception):
    """A step was not taken. ``str()`` is a translated sentence."""


class Overtaken(StepRefused):
    """Somebody else took a step since the page was shown."""
