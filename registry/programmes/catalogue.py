from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.approval.errors import ProposalOutdated
from dsp_platform.approval.validity import broken_by
from dsp_platform.audit import services as audit
from dsp_platform.database.history_context import history_context
from dsp_platform.exchange.models import Operator
from registry.models import Benefit, LifeSituation, Programme, ProgrammeSituation
from registry.programmes.changes import PROGRAMME, guarded
from registry.programmes.drafting import drafts_programme


def load_catalogue(*, catalogue: Mapping[str, Any]) -> int:
    """Add the programmes that do not exist yet; returns their number. Existing ones are not changed."""
    with transaction.atomic(), history_context("load_catalogue"):
        for operator in catalogue["operators"]:
            names = {key: value for key, value in operator.items() if key != "code"}
            Operator.objects.get_or_create(
                code=operator["code"], defaults={**names, "adapter": "none", "active": False}
            )
        situations = {
            entry["code"]: LifeSituation.objects.get_or_create(
                code=entry["code"], defaults={**entry, "position": position}
            )[0]
            for position, entry in enumerate(catalogue["situations"], 1)
        }
        known = set(Programme.objects.values_list("code", flat=True))
        new = [entry for entry in catalogue["programmes"] if entry["code"] not in known]
        for position, entry in enumerate(catalogue["programmes"], start=1):
            if entry in new:
                _add(entry, position, situations)
        return len(new)


def save_programme(*, programme: Programme, changed: Collection[str], actor: User) -> Programme:
    """Save what a steward may change alone: the texts of a draft, and the position. All else takes
    ``propose_programme_change``.

    Raises PermissionDenied for who does not draft it, DependentProposal where a proposal that is waiting for
    its approver includes one of these texts, and ProposalOutdated where the programme was published
    meanwhile.
    """
    with transaction.atomic(), history_context("save_programme", actor=actor):
        now = Programme.objects.filter(pk=programme.pk).first() or programme
        if not drafts_programme(actor, now):
            raise PermissionDenied
        real = _changes(programme, changed)
        if programme.pk is not None and set(real) & set(guarded(Programme.objects.get(pk=programme.pk))):
            raise ProposalOutdated
        if programme.pk is not None and (broken := broken_by(PROGRAMME, str(programme.pk), real)):
            raise broken
        _save(programme, real, "programme", actor)
        return programme


def save_situation(*, situation: LifeSituation, changed: Collection[str], actor: User) -> LifeSituation:
    """Picture and order; its name is loaded with the catalogue, by the owner of the tables."""
    with transaction.atomic(), history_context("save_situation", actor=actor):
        _save(situation, _changes(situation, changed), "life_situation", actor)
        return situation


def _changes(row: Programme | LifeSituation, changed: Collection[str]) -> list[str]:
    """Those that differ from the row in the database, which is locked until the transaction ends."""
    if row.pk is None:
        return sorted(changed)
    before = type(row)._base_manager.select_for_update(no_key=True).get(pk=row.pk)
    fields = [field for field in row._meta.concrete_fields if field.name in changed]
    return sorted(
        field.name for field in fields if getattr(before, field.attname) != getattr(row, field.attname)
    )


def _save(row: Programme | LifeSituation, changed: Collection[str], kind: str, actor: User) -> None:
    """Only the changed columns of an existing row: a full save would overwrite the other language."""
    if row.pk is None:
        row.save(force_insert=True)
    elif changed:
        row.save(update_fields=changed)
    else:
        return
    audit.record(
        actor=actor,
        action="change",
        subject_kind=kind,
        subject_id=row.pk,
        details={"fields": list(changed)},
    )


def _add(entry: Mapping[str, Any], position: int, situations: Mapping[str, LifeSituation]) -> None:
    apart = ("operator", "payer", "benefits", "situations")
    own = {key: value for key, value in entry.items() if key not in apart}
    programme = Programme(
        operator_id=entry["operator"], payer_id=entry.get("payer"), position=position, **own
    )
    programme.full_clean()
    programme.save(force_insert=True)
    for benefit in entry.get("benefits", []):
        sources = {key: entry[key] for key in ("source_km", "source_en")}
        row = Benefit(programme=programme, **{**sources, **benefit})
        row.clean()
        row.save(force_insert=True)
    for code in entry["situations"]:
        ProgrammeSituation.objects.create(programme=programme, situation=situations[code])
