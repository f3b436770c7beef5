"""``undo``: a whole import taken back, against the time that it took to write it."""

from typing import Any

from benchmarks.imports import imported, through
from dsp_platform.approval import services as approval
from registry.imports.runs import services
from registry.imports.runs.jobs import APPLY, UNDO
from registry.models import ImportRun, Person

SIZE = 20_000


def run(size: int) -> dict[str, Any]:
    """The memory is that of the import too."""
    uploaded, seconds, (one, other) = imported(size)
    persons = Person.objects.count()
    proposal = services.propose_undo(run=uploaded, actor=one)
    approval.approve(proposal=proposal, actor=other, digest=proposal.digest)
    uploaded.refresh_from_db()
    undone = through(uploaded)
    if uploaded.state != ImportRun.State.UNDONE or Person.objects.exists():
        raise RuntimeError(uploaded.state)
    return {
        "persons": persons,
        "persons_undone_per_second": persons / undone[UNDO],
        "seconds_undone": undone[UNDO],
        "share_of_writing": undone[UNDO] / seconds[APPLY],
    }
