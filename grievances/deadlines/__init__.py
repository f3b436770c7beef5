"""Until when a grievance is taken up, answered and resolved, by its category."""
