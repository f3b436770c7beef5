"""An import is written, and undone, only by two stewards. Whoever uploaded it does not approve it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.approval import contract
from dsp_platform.approval.contract import DiffLine
from dsp_platform.approval.models import Proposal
from dsp_platform.audit import services as audit
from registry.imports.comparing.counting import MOVES
from registry.imports.errors import NotNow
from registry.imports.runs import jobs
from registry.imports.runs.preview import finding_in_words, reason_in_words
from registry.imports.runs.services import APPLY, IMPORT, require_source
from registry.imports.undoing import undoing
from registry.models import ImportRun, ImportSource, StagedRow

State = ImportRun.State
WRITTEN = ("fills", "enrols", *MOVES, "says_otherwise")
"""Findings that say what becomes of somebody registered, or of their household."""


class ImportKind(contract.ProposalKind):
    code = IMPORT
    title = gettext_lazy("An import")
    when_approved = True

    def lock(self, subject: str) -> None:
        ImportRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=subject)

    def state(self, act: str, subject: str) -> dict[str, Any]:
        """The file and what it would do: what is approved is what was read."""
        run = ImportRun.objects.get(pk=subject)
        return {
            "source": run.terms["code"],
            "terms": run.terms,
            "digest": run.digest,
            "state": run.state,
            "rows": run.rows,
            "outcomes": run.outcomes,
            "reason": run.reason,
            "written": [
                [code, column, rows] for code, column, rows, *_more in run.findings if code in WRITTEN
            ],
        }

    def name(self, proposal: Proposal) -> str:
        """By its number: a proposal is kept, and the name of a file is not."""
        code = proposal.before["source"]
        source = ImportSource.objects.filter(code=code).first()
        names = {"number": proposal.subject, "source": source or code}
        if proposal.act == APPLY:
            return _("Import %(number)s from %(source)s") % names
        return _("Import %(number)s from %(source)s: to be undone") % names

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        before = proposal.before
        lines = [DiffLine(_("Rows"), "", f"{before['rows']:,}")]
        for outcome, label in StagedRow.Outcome.choices:
            if count := before["outcomes"].get(outcome):
                lines.append(DiffLine(str(label), "", f"{count:,}"))
        if before["reason"] and proposal.act == APPLY:
            lines.append(DiffLine(_("It was stopped"), "", reason_in_words(before["reason"])))
            lines.append(DiffLine(_("Why it may go on"), "", before["reason"].get("goes_on", "")))
        for code, column, count in before["written"]:
            lines.append(DiffLine(finding_in_words(code, column, {}), "", f"{count:,}"))
        if proposal.act != APPLY:
            return [DiffLine(line.label, line.after, "") for line in lines]
        return lines

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        if proposal.act == APPLY:
            return [
                _("New persons get an SPID each. Operators are sent them as agreed, after what is urgent."),
                _("What people or officials told stays. Where the file says otherwise, a steward decides."),
                _("It can be undone within a day, as long as nobody else has changed these records."),
            ]
        return [
            _("Persons who came in with it are deleted, their SPIDs are not given again."),
            _("What it filled is empty again, or as it was."),
        ]

    def barred(self, proposals: Collection[Proposal]) -> Mapping[str, set[int]]:
        runs = ImportRun.objects.in_bulk({int(one.subject) for one in proposals})
        return {str(pk): {run.uploaded_by_id} for pk, run in runs.items()}

    def carry_out(self, proposal: Proposal) -> str:
        actor = cast(User, proposal.decided_by)
        run = ImportRun.objects.get(pk=proposal.subject)
        if proposal.act == APPLY:
            if run.state != State.READY:
                raise NotNow
            require_source(run)
            run.state, run.approved_by = State.APPLYING, actor
            run.save(update_fields=["state", "approved_by"])
            deciding = {run.uploaded_by_id, run.continued_by_id, proposal.proposed_by_id, actor.pk}
            jobs.start(run, jobs.APPLY, actor, stewards=sorted(filter(None, deciding)))
        else:
            undoing.require_untouched(run)
            run.state = State.UNDOING
            run.save(update_fields=["state"])
            jobs.start(run, jobs.UNDO, actor)
        audit.record(
            actor=actor,
            action="apply_import" if proposal.act == APPLY else "undo_import",
            subject_kind="import",
            subject_id=run.pk,
            details={"proposal": proposal.pk},
        )
        return ""

    def page(self, proposal: Proposal) -> str:
        return reverse("admin:registry_importrun_change", args=[proposal.subject])


contract.register(ImportKind())
