from dsp_platform.approval.models import Proposal

WAITING = (Proposal.State.PROPOSED, Proposal.State.APPROVED)


def waiting_about(kind: str, subject: str) -> list[Proposal]:
    """What waits for a second person or for its day, about this row."""
    about = Proposal.objects.filter(kind=kind, subject=subject, state__in=WAITING)
    return list(about.select_related("proposed_by").order_by("effective_from", "pk"))


def waits_now(kind: str, subject: str) -> Proposal | None:
    return Proposal.objects.filter(kind=kind, subject=subject, state=Proposal.State.PROPOSED).first()
