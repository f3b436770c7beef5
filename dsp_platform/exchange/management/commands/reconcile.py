"""Compare operators with the ledger now, and make due what they lost."""

import time
from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dsp_platform.exchange.models import Operator
from dsp_platform.exchange.reconcile.compare import Tally
from dsp_platform.exchange.reconcile.job import start_reconciliation
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import run_job

FIGURES = [field.name for field in fields(Tally)]


class Command(BaseCommand):
    help = (
        "Compare what operators have with the ledger, and make due what is missing. Without names: all of "
        "them. Run it before the workers after a restore of the platform's own database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("operator", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["operator"]
        operators = Operator.objects.filter(active=True)
        if wanted:
            operators = operators.filter(pk__in=wanted)
            if missing := sorted(set(wanted) - {operator.pk for operator in operators}):
                raise CommandError(f"No active operator is called: {', '.join(missing)}.")
        waiting = [operator.pk for operator in operators if not self._compared(operator)]
        if waiting:
            raise CommandError(f"Not compared to the end: {', '.join(waiting)}.")

    def _compared(self, operator: Operator) -> bool:
        job = start_reconciliation(operator=operator, actor=None)
        while run_job(job.pk, turn=1) or self._runs_elsewhere(job):
            self._show(operator, job)
        self._show(operator, job)
        self.stdout.write("")
        results = {kind: found for kind, found in job.result.items() if isinstance(found, dict)}
        for kind, found in results.items():
            words = [f"{name} {found[name]}" for name in (*FIGURES, "problem") if name in found]
            self.stdout.write(f"    {kind}: {', '.join(words)}")
        if job.result.get("comparable") is False:
            self.stdout.write("    cannot be compared")
        return job.state == Job.State.DONE and not any("problem" in found for found in results.values())

    def _runs_elsewhere(self, job: Job) -> bool:
        """A worker may have picked up the job: wait for that one."""
        job.refresh_from_db()
        if job.state != Job.State.RUNNING:
            return False
        time.sleep(1)
        return True

    def _show(self, operator: Operator, job: Job) -> None:
        job.refresh_from_db()
        of = f" of {job.total:,}" if job.total is not None else ""
        line = f"\r{operator.pk:<16} {job.state:<8} {job.done:,}{of} {job.error}"
        self.stdout.write(line.rstrip(), ending="")
