"""What becomes of the grievances in a copy for training."""

from dsp_platform.database.anonymising import empty, keep, replace, replace_by_step
from grievances.models import Grievance
from registry.anonymising.numbers import renumber

empty("grievances.PinFailure")
keep("grievances.Grievance", "language", "due_for")
keep("grievances.Team", "kind", "name_km", "name_en")
keep("grievances.RoutingRule", "category")
keep("grievances.GrievanceDeadline", "due_for", "how")
replace(
    "grievances.Grievance",
    pin_digest="sha256((%(key)s || {id})::bytea)",
    text="%(nothing)s",
    official="NULL",
    phone="''",
)
keep("grievances.GrievanceEvent", "step", "source", "reason")
replace("grievances.GrievanceEvent", note="NULL")
replace_by_step(lambda _key: renumber(Grievance, "reference"), grievances__Grievance=["reference"])
