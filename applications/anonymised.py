"""What becomes of the applications in a copy for training."""

from applications.models import Application
from dsp_platform.database.anonymising import empty, keep, replace, replace_by_step
from registry.anonymising.numbers import renumber

empty("applications.AnswerDraft", "applications.Answers", "applications.HeldDecision")
keep("applications.Application", "language", "verdict", "due_for")
keep("applications.ApplicationDeadline", "due_for", "how")
replace("applications.Application", missing_facts="'[]'", amounts="'[]'")
keep("applications.ApplicationEvent", "step", "source", "reason")
replace("applications.ApplicationEvent", note="NULL", note_translated="NULL")
replace_by_step(lambda _key: renumber(Application, "reference"), applications__Application=["reference"])
