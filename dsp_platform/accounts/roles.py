from dsp_platform.admin.roles import AUDITOR, REVIEWER, STEWARD, RoleAdmin

__all__ = ["AUDITOR", "REVIEWER", "STEWARD", "RoleAdmin"]
