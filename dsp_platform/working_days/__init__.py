"""Which days Cambodia's public service works: weekends, public holidays, and days by decree."""
