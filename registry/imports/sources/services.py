"""Sources of imports: drafted by one steward, put in force by another (``approvals.py``), stopped by any."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.audit import services as audit
from registry.imports.mapping.problems import mapping_problems
from registry.imports.sources.trust import trust_problems
from registry.models import ImportSource, Programme

SOURCE = "import_source"
"""Kind of proposal, and of what the audit names."""
DRAFTED = (
    "code", "name_km", "name_en", "operator", "programme", "legal_basis", "valid_from", "valid_to", "rank",
    "trust", "mapping",
)  # fmt: skip
"""What the author of a draft decides."""
SEEDS = Path(__file__).resolve().parents[2] / "data" / "import_sources.toml"
State = ImportSource.State


def problems_of(source: ImportSource) -> dict[str, list[str]]:
    """By field, what keeps it from being read."""
    found = {"mapping": mapping_problems(source.mapping), "trust": trust_problems(source.trust)}
    return {field: problems for field, problems in found.items() if problems}


def require_sound(source: ImportSource) -> None:
    source.clean()
    if problems := problems_of(source):
        raise ValidationError(problems)


def save_draft(*, source: ImportSource, actor: User) -> None:
    """With ``actor`` as its author, who may not approve it. What waited for approval is given up: it was of
    another text. Raises ValidationError."""
    require_sound(source)
    with transaction.atomic(), pghistory.context(why="save_import_source"):
        new = source.pk is None
        if not new:
            lock_source(source.pk)
            approval.overtake(kind=SOURCE, subject=str(source.pk), actor=actor)
        source.drafted_by, source.state, source.approved_by = actor, State.DRAFT, None
        source.save(force_insert=new, force_update=not new)
        audit.record(
            actor=actor,
            action="draft" if new else "edit_draft",
            subject_kind=SOURCE,
            subject_id=source.pk,
        )


def stop(*, source: ImportSource, actor: User) -> None:
    """Nothing is imported from it until two people have approved it anew; what is being written ends."""
    with transaction.atomic(), pghistory.context(why="stop_import_source"):
        locked = lock_source(source.pk)
        if locked.state != State.APPROVED:
            return
        locked.state, locked.approved_by = State.DRAFT, None
        locked.save(update_fields=["state", "approved_by"])
        audit.record(actor=actor, action="stop", subject_kind=SOURCE, subject_id=locked.pk)


def approve_source(*, source: ImportSource, actor: User) -> None:
    """Called when an approved proposal is carried out. Raises ValidationError."""
    draft = lock_source(source.pk)
    require_sound(draft)
    draft.state, draft.approved_by, draft.approved_at = State.APPROVED, actor, timezone.now()
    draft.save(update_fields=["state", "approved_by", "approved_at"])
    audit.record(actor=actor, action="approve", subject_kind=SOURCE, subject_id=draft.pk)


def lock_source(pk: int) -> ImportSource:
    return ImportSource.objects.select_for_update(no_key=True).get(pk=pk)


def writers_of(sources: Sequence[ImportSource]) -> dict[int, set[int]]:
    """By source: everyone who saved a text of it since it was last approved."""
    found = {source.pk: {source.drafted_by_id} for source in sources}
    events = ImportSource.pgh_event_model.objects  # type: ignore[attr-defined]
    for source in sources:
        saved = events.filter(pgh_obj_id=source.pk, state=State.DRAFT)
        if source.approved_at:
            saved = saved.filter(pgh_created_at__gt=source.approved_at)
        found[source.pk] |= set(saved.values_list("drafted_by_id", flat=True))
    return {pk: {writer for writer in writers if writer} for pk, writers in found.items()}


def seeds() -> list[dict[str, Any]]:
    """Examples for the five kinds of sources that the strategic plan names."""
    with SEEDS.open("rb") as file:
        return list(tomllib.load(file)["sources"])


def load_sources(*, sources: Sequence[Mapping[str, Any]], approved: bool) -> int:
    """Add those that do not exist yet; returns their number. ``approved`` as the owner of the tables only."""
    known = set(ImportSource.objects.values_list("code", flat=True))
    programmes = dict(Programme.objects.values_list("code", "pk"))
    new = [entry for entry in sources if entry["code"] not in known]
    with transaction.atomic(), pghistory.context(why="load_import_sources"):
        for entry in new:
            apart = {
                "operator_id": entry["operator"],
                "programme_id": programmes.get(entry.get("programme", "")),
            }
            own = {name: value for name, value in entry.items() if name not in ("operator", "programme")}
            source = ImportSource(**apart, **own)
            require_sound(source)
            if approved:
                source.state, source.approved_at = State.APPROVED, timezone.now()
            source.save(force_insert=True)
    return len(new)
