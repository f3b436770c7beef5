from dsp_platform.accounts.models import User
from registry.models import Claim


def claim_of(account: User) -> Claim | None:
    """The account's latest claim that is not used up: the one whose code can be entered."""
    return Claim.objects.filter(account=account, used_at=None).order_by("-created_at").first()
