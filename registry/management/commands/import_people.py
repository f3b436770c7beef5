"""Take a file of an approved source into the registry, and watch it: read, compared, and written once two
stewards agree. Safe to run again: what is known already changes nothing."""

import json
import os
import signal
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils.translation import get_language

from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import STEWARD
from dsp_platform.approval import services as approval
from dsp_platform.approval.selectors import pending_proposal
from dsp_platform.audit import services as audit
from dsp_platform.database.sqlstates import is_passing
from dsp_platform.jobs.models import Job
from dsp_platform.web.errors import NotApproved
from registry.imports.comparing.counting import without_values
from registry.imports.runs import services
from registry.imports.runs.preview import findings_in_words, outcomes_in_words, reason_in_words
from registry.imports.runs.progress import Progress, follow
from registry.imports.runs.refused_rows import FILES
from registry.imports.staging import store
from registry.models import ImportRun, ImportSource, StagedRow

State = ImportRun.State


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="CSV or XLSX; none where the source is a table"
        )
        parser.add_argument("--source", help="code of the source")
        parser.add_argument(
            "--resume", type=int, metavar="IMPORT", help="go on with this import instead of bringing a file"
        )
        parser.add_argument(
            "--as",
            dest="uploader",
            help="the steward who brings it, or goes on with it; else who drafted the source, or brought it",
        )
        parser.add_argument("--approve-as", metavar="STEWARD", help="another steward, who approves it")
        parser.add_argument("--go-on", metavar="REASON", help="why it goes on though it was stopped")
        parser.add_argument(
            "--refused", type=Path, metavar="FILE", help="write the refused rows there: .xlsx or .csv"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json, self.begun = options["json"], time.monotonic()
        self.run: ImportRun | None = None
        before = _on_kill(_interrupt)
        try:
            self._bring(options)
        except CommandError as refused:
            self._say_error(str(refused))
            raise
        except (NotApproved, ValidationError) as refused:
            words = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
            self._end(" ".join(words))
        except KeyboardInterrupt:
            self._end(f"It was interrupted. Nothing is lost. {self._how_to_go_on()}")
        except (OperationalError, InterfaceError) as error:
            if not is_passing(error):
                raise
            self._end(f"The database does not answer. {self._how_to_go_on()}")
        finally:
            _on_kill(before)

    def _bring(self, options: dict[str, Any]) -> None:
        if (to := options["refused"]) and to.suffix[1:] not in FILES:
            raise CommandError("Refused rows are written as .xlsx or .csv.")
        source = self._source(options)
        brings = self.run.uploaded_by if self.run else source.drafted_by
        uploader = _steward(options["uploader"]) if options["uploader"] else brings
        approver = _steward(options["approve_as"]) if options["approve_as"] else None
        if uploader is None:
            raise CommandError("Nobody drafted the source: say with --as who brings the file.")
        if not (uploader.is_active and uploader.role == STEWARD):
            raise CommandError(
                f"{uploader.username} is no steward any more: say with --as which one goes on with it."
            )
        if approver == uploader:
            raise CommandError(
                f"It takes two: {uploader.username} brings it, so another steward approves it."
            )
        if self.run is None:
            self.run = self._upload(source, options["file"], uploader)
        else:
            services.resume(run=self.run, actor=uploader)
        run = self.run
        if run.job_id:
            self._follow(run)
        if run.state == State.STOPPED and options["go_on"]:
            services.go_on(run=run, actor=uploader, reason=options["go_on"])
            run.refresh_from_db()
        if run.state == State.READY:
            self._propose(run, uploader, approver)
        if to and run.outcomes.get(StagedRow.Outcome.REFUSED):
            self._write_refused(run, to, uploader)
        if run.state in (State.REFUSED, State.GIVEN_UP):
            raise CommandError(reason_in_words(run.reason) or str(run.get_state_display()))
        self._report(run)

    def _source(self, options: dict[str, Any]) -> ImportSource:
        sources = ImportSource.objects.select_related("drafted_by")
        if options["resume"] is not None:
            runs = ImportRun.objects.select_related("uploaded_by")
            self.run = runs.filter(pk=options["resume"]).first()
            if self.run is None:
                raise CommandError(f"No such import: {options['resume']}")
            return sources.get(pk=self.run.source_id)
        source = sources.filter(code=options["source"]).first()
        if source is None:
            raise CommandError(
                f"There is no source “{options['source']}”."
                if options["source"]
                else "Say with --source from which source the file is."
            )
        return source

    def _how_to_go_on(self) -> str:
        if self.run is None:
            return "Nothing was begun: run it again."
        return (
            f"A worker goes on with import {self.run.pk} where it stopped, "
            f"or this command does: import_people --resume {self.run.pk}"
        )

    def _end(self, words: str) -> NoReturn:
        self._say_error(words)
        raise CommandError(words) from None

    def _say_error(self, words: str) -> None:
        if self.as_json:
            found = {"error": words, "run": self.run and self.run.pk}
            self.stdout.write(json.dumps(found, ensure_ascii=False))

    def _upload(self, source: ImportSource, file: Path | None, uploader: User) -> ImportRun:
        if file is None:
            return services.take_table(source=source, actor=uploader)
        if not file.is_file():
            raise CommandError(f"{file} is no file.")
        try:
            file.open("rb").close()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        return services.upload(
            source=source, file_name=file.name, pieces=store.pieces_of(file), actor=uploader, limited=False
        )

    def _propose(self, run: ImportRun, uploader: User, approver: User | None) -> None:
        proposal = pending_proposal(services.IMPORT, str(run.pk)) or services.propose(run=run, actor=uploader)
        if approver is None:
            return
        approval.approve(proposal=proposal, actor=approver, digest=proposal.digest)
        self._follow(run)

    def _follow(self, run: ImportRun) -> None:
        try:
            job = follow(run, self._show, self._wait)
        finally:
            if not self.as_json:
                self.stdout.write("")
        if job.state == Job.State.FAILED:
            raise CommandError(
                f"Job {job.pk} failed ({job.error}). The log says where. {self._how_to_go_on()}"
            )

    def _wait(self) -> None:
        if not self.as_json:
            self.stdout.write(f"\r{'The database does not answer. It is waited for.':<79}", ending="")

    def _show(self, progress: Progress) -> None:
        if self.as_json:
            return
        about = "about " if progress.is_estimate else ""
        of = f" of {about}{progress.total:,} ({progress.percent}%)" if progress.total else ""
        left = f", {progress.left} left" if progress.left else ""
        line = f"{progress.kind:<14} {progress.done:,}{of}, {progress.rate:,.0f} rows/s{left}"
        self.stdout.write(f"\r{line:<79}", ending="")

    def _write_refused(self, run: ImportRun, path: Path, actor: User) -> None:
        """They are read by nobody else than who runs this. A file that stands there stays."""
        audit.record(actor=actor, action="export_refused", subject_kind="import", subject_id=run.pk)
        language = get_language() or settings.LANGUAGE_CODE
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.writelines(FILES[path.suffix[1:]](run, language))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None

    def _report(self, run: ImportRun) -> None:
        seconds = time.monotonic() - self.begun
        if self.as_json:
            found = {
                "run": run.pk,
                "state": run.state,
                "reason": reason_in_words(run.reason),
                "rows": run.rows,
                "outcomes": run.outcomes,
                "findings": [
                    {"code": code, "column": column, "rows": count, "first_row": first}
                    for code, column, count, first, _params in without_values(run.findings)
                ],
                "seconds": round(seconds, 2),
                "rows_per_second": round(run.rows / seconds, 1),
            }
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        state = f"Import {run.pk}: {run.get_state_display()}"
        self.stdout.write(" – ".join(filter(None, (state, reason_in_words(run.reason)))))
        for label, count in outcomes_in_words(run):
            self.stdout.write(f"{count:>12,}  {label}")
        for line in findings_in_words(run, values=False):
            self.stdout.write(f"{line.count:>12,}  {line.words} {line.column} ({line.first})".rstrip())
        if run.state == State.READY:
            self.stdout.write("It is proposed, and waits for a second steward.")
        if run.state == State.STOPPED:
            self.stdout.write("Look at the file. --go-on REASON, or the page of the import, lets it go on.")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """A kill is told as Ctrl-C is."""
    raise KeyboardInterrupt


def _on_kill(handler: Any) -> Any:
    """Returns the one before. Only the main thread may set one."""
    if threading.current_thread() is not threading.main_thread():
        return None
    return signal.signal(signal.SIGTERM, handler)


def _steward(username: str) -> User:
    found = User.objects.filter(username=username, role=STEWARD, is_active=True).first()
    if found is None:
        raise CommandError(f"There is no steward “{username}”.")
    return found
