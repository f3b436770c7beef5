"""Long work on the command line: list it, or start a kind of it and watch."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dsp_platform.jobs import services
from dsp_platform.jobs.kinds import kinds
from dsp_platform.jobs.models import Job


class Command(BaseCommand):
    help = "List long-running jobs, or run one here: jobs --run first_fill --parameters '{...}'."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--run", metavar="KIND", help="for example first_fill")
        parser.add_argument("--parameters", default="{}", help="a JSON object")
        parser.add_argument("--last", type=int, default=20, help="how many to list")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["run"]:
            for job in Job.objects.order_by("-pk")[: options["last"]]:
                self.stdout.write(describe(job))
            return
        if options["run"] not in kinds.registered:
            raise CommandError(f"There is no kind “{options['run']}”: {', '.join(sorted(kinds.registered))}.")
        try:
            parameters = json.loads(options["parameters"])
        except ValueError as error:
            raise CommandError(f"The parameters are not JSON: {error}") from None
        job = services.create_job(kind=options["run"], parameters=parameters, created_by=None)
        while services.run_job(job.pk, turn=2) or self._elsewhere(job):
            self._show(job)
        self._show(job)
        self.stdout.write("")
        if job.state == Job.State.FAILED:
            raise CommandError(f"The job failed: {job.error}")

    def _elsewhere(self, job: Job) -> bool:
        """Another worker may have picked it up: watch that one."""
        job.refresh_from_db()
        if job.state in (Job.State.DONE, Job.State.FAILED):
            return False
        time.sleep(1)
        return True

    def _show(self, job: Job) -> None:
        job.refresh_from_db()
        self.stdout.write("\r" + describe(job), ending="")


def describe(job: Job) -> str:
    of = f" of {job.total:,}" if job.total else ""
    return f"{job.pk:>6} {job.kind:<12} {job.state:<8} {job.done:,}{of} {job.error}".rstrip()
