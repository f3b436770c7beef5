from celery import shared_task

from dsp_platform.background import workers
from dsp_platform.exchange.agreements.first_fill import fill_new_agreements
from dsp_platform.exchange.agreements.services import end_expired_agreements
from dsp_platform.exchange.agreements.withdraw_all import withdraw_ended_agreements
from dsp_platform.exchange.delivery.drain import drain as drain_operator
from dsp_platform.exchange.ledger import availability, partitions
from dsp_platform.exchange.ledger.selectors import operators_with_work
from dsp_platform.exchange.models import Operator
from dsp_platform.exchange.operations import alerts
from dsp_platform.exchange.operations.reconsider_job import reconsider_all
from dsp_platform.exchange.reconcile.job import reconcile_all
from dsp_platform.exchange.reports import services as reports


@shared_task(name="exchange.drain")
def drain(operator_code: str) -> None:
    if drain_operator(operator_code):
        workers.notify("exchange.drain", [operator_code])


@shared_task(name="exchange.sweep")
def sweep() -> None:
    """Work left by a lost message, a dead worker or an operator that had to wait."""
    end_expired_agreements()
    workers.notify("exchange.drain", operators_with_work())
    reports.handle_waiting()


@shared_task(name="exchange.agreements")
def follow_agreements() -> None:
    """First fills of new agreements, withdrawals of ended ones."""
    fill_new_agreements()
    withdraw_ended_agreements()


@shared_task(name="exchange.reconsider")
def reconsider() -> None:
    """Each night: whom each agreement concerns by now."""
    reconsider_all()


@shared_task(name="exchange.reconcile")
def reconcile() -> None:
    """Each night: whether the operators have what the ledger says."""
    reconcile_all()


@shared_task(name="exchange.pull_all")
def pull_all() -> None:
    readable = Operator.objects.filter(code__in=availability.operators_ready()).exclude(status_mapping={})
    workers.notify("exchange.pull", readable.values_list("code", flat=True))


@shared_task(name="exchange.pull")
def pull(operator_code: str) -> None:
    workers.mark_started("exchange.pull", operator_code)
    while reports.pull(operator_code):
        pass
    reports.handle_waiting()


@shared_task(name="exchange.alerts")
def check_alerts() -> None:
    alerts.check()


@shared_task(name="exchange.tidy")
def tidy() -> None:
    """Each night: partitions for the coming months, and reports that could not be read."""
    partitions.ensure()
    reports.retry_unknown()
