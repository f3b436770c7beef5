from dsp_platform.roles import REVIEWER, STEWARD, RoleAdmin

__all__ = ["REVIEWER", "STEWARD", "RoleAdmin"]
