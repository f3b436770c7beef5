"""Several officials visit the households of a village on one day, and no two of them the same one."""
