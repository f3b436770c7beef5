"""Which steps give a grievance to another team."""

UPWARDS = ("escalate", "pass_up", "reopen")
"""Steps that give it to the level above."""
ANEW = ("recategorise", "pass_on")
"""Steps with which its team is found anew, by what it is about."""
