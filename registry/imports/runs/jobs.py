"""The long parts of an import. Each ends by beginning the next, in the transaction of its last step."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.jobs.kinds import Cursor, JobStep, Work, register_job
from dsp_platform.jobs.services import create_job
from registry.imports.comparing import (
    comparing,
    counting,
    foreseen,
    given_twice,
    headless,
    interests,
    later_rows,
    second_look,
)
from registry.imports.runs import ending
from registry.imports.sources.terms import are_in_force
from registry.imports.staging import staging, store
from registry.imports.undoing import undoing
from registry.imports.writing import applying, placing, turns
from registry.models import ImportRun

State = ImportRun.State
STAGE, MATCH, APPLY, UNDO = "import_stage", "import_match", "import_apply", "import_undo"


def start(run: ImportRun, kind: str, actor: User | None, **more: Any) -> None:
    run.job = create_job(kind=kind, parameters={"run": run.pk, **more}, created_by=actor)
    run.save(update_fields=["job"])


def _about(parameters: Mapping[str, Any]) -> str:
    run = ImportRun.objects.filter(pk=parameters.get("run", 0)).select_related("source").first()
    return f"{run.source} · {run}" if run else ""


def _while_in_force(step: Callable[[Mapping[str, Any], Cursor], JobStep]) -> Work:
    """What its source does not say any more is not done."""

    def work(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
        run = ImportRun.objects.get(pk=parameters["run"])
        if run.state in ImportRun.WORKING and not are_in_force(run):
            staging.close(run.pk)
            ending.end(run)
            return JobStep(cursor=None, done=0)
        return step(parameters, cursor)

    return work


def _then(step: Callable[[Mapping[str, Any], Cursor], JobStep], after: Callable[[ImportRun], None]) -> Work:
    """``after`` its last step, with the run locked: work that was given up meanwhile is not followed by
    anything."""

    def work(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
        with _uncollected():
            done = step(parameters, cursor)
        if done.cursor is None:
            runs = ImportRun.objects.select_for_update(no_key=True, of=("self",)).select_related("source")
            after(runs.get(pk=parameters["run"]))
        return done

    return work


@contextmanager
def _uncollected() -> Iterator[None]:
    """A step makes a million objects and no cycles: the garbage collector, which looks through all of them
    and through all places again and again, takes a quarter of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _staged(run: ImportRun) -> None:
    if run.file is not None:
        store.delete(run.file)
        run.file = None
    if run.state == State.READING:
        run.state = State.MATCHING
        start(run, MATCH, run.uploaded_by)
    run.save(update_fields=["file", "state"])


def _matched(run: ImportRun) -> None:
    if run.state == State.MATCHING:
        second_look.look_again(run)
        interests.refuse_own(run, [run.uploaded_by])
        later_rows.tell_apart(run)
        given_twice.leave_out_given_twice(run)
        foreseen.foresee(run)
        headless.note_only_whom_it_concerns(run)
        counting.settle(run)


def _applied(run: ImportRun) -> None:
    if run.state == State.APPLYING:
        applying.finish(run)
        run.outcomes, run.findings = counting.outcomes_of(run.pk), counting.findings_of(run.pk)
        run.save(update_fields=["outcomes", "findings"])


def _undone(run: ImportRun) -> None:
    if run.state == State.UNDOING:
        undoing.finish(run)


def _what_it_waits_for(code: str) -> str:
    return _("another import is being written or undone") if code == turns.ANOTHER else code


register_job(
    STAGE,
    gettext_lazy("Import: read a file"),
    _then(_while_in_force(staging.stage_step), _staged),
    about=_about,
)
register_job(
    MATCH,
    gettext_lazy("Import: compare with the registry"),
    _then(_while_in_force(comparing.compare_step), _matched),
    about=_about,
)
register_job(
    placing.PLACE,
    gettext_lazy("Import: place in their household whom it kept out"),
    placing.place_step,
    code_label=_what_it_waits_for,
)
for kind, title, work in (
    (
        APPLY,
        gettext_lazy("Import: write to the registry"),
        _then(_while_in_force(applying.apply_step), _applied),
    ),
    (UNDO, gettext_lazy("Import: undo"), _then(undoing.undo_step, _undone)),
):
    register_job(kind, title, work, about=_about, code_label=_what_it_waits_for)
