"""Which levels a grievance goes to by its category, the first that there is. The secretariat comes last."""

from collections.abc import Mapping, Sequence

from grievances.models import Grievance, Team

Category, Kind = Grievance.Category, Team.Kind
BY_AREA = (Kind.COMMUNE, Kind.DISTRICT, Kind.PROVINCE)

LEVELS: Mapping[str, Sequence[str]] = {
    # The commune assessed the household itself, so not to the commune.
    Category.ASSESSMENT: (Kind.OPERATOR, Kind.DISTRICT, Kind.PROVINCE),
    Category.DECISION: (Kind.OPERATOR,),
    Category.PAYMENT: (Kind.OPERATOR,),
    # Answered at the operator by somebody who did not decide.
    Category.APPEAL: (Kind.OPERATOR,),
    Category.OTHER: (Kind.OPERATOR, *BY_AREA),
    # Whom it is about works at one of the other levels, or below a chief who does: never there.
    Category.STAFF: (),
    Category.MONEY_ASKED: (),
    Category.ABUSE: (),
    Category.DATA: (),
}
ONLY_SECRETARIAT = frozenset(category for category, levels in LEVELS.items() if not levels)
"""No rule sends these to any other level."""

UPWARDS = ("escalate", "pass_up", "reopen")
"""Steps that give it to the level above."""
ANEW = ("recategorise", "pass_on")
"""Steps with which its team is found anew, by what it is about."""
