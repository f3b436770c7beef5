"""To which team a grievance goes, and to which one it goes up when it is late."""
