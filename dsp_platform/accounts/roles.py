from dsp_platform.roles import AUDITOR, REVIEWER, STEWARD, RoleAdmin

__all__ = ["AUDITOR", "REVIEWER", "STEWARD", "RoleAdmin"]
