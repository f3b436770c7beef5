"""The web server is killed with -9 during the submit of a registration: repeated, it is one household."""

import http.client
import signal
import threading

import psycopg

from dsp_platform.exchange.models import LedgerEntry
from registry.models import Consent, Draft, Household, IdentityDocument, Membership, Person
from tests.faults.conftest import told
from tests.registry.pages import Family, shown_on
from tests.stack import database_url, operator_rows, wait_for


def send(family: Family) -> tuple[threading.Thread, list[object]]:
    """Press the last button in a thread; returns the answer, or how the connection broke."""
    page = "/km/register/check/"
    shown, came = shown_on(family.client, page), list[object]()

    def press() -> None:
        try:
            came.append(family.client.twin().post(page, shown))
        except (OSError, http.client.HTTPException) as error:
            came.append(error)

    thread = threading.Thread(target=press)
    thread.start()
    return thread, came


def one_household_of_two() -> bool:
    made = (Household, Person, Membership, IdentityDocument)
    return [model.objects.count() for model in made] == [1, 2, 2, 1]


def test_before_the_commit(web, worker):
    """Persons, SPIDs and household are written, the rest is blocked: all of it must be rolled back."""
    family = told(web)
    with psycopg.connect(database_url()) as holder:
        holder.execute("LOCK TABLE registry_membership IN SHARE MODE")
        thread, came = send(family)
        wait_for(
            lambda: holder.execute(
                "SELECT 1 FROM pg_locks WHERE relation = 'registry_membership'::regclass AND NOT granted"
            ).fetchone()
        )
        web.kill()
        thread.join(10)
    assert isinstance(came[0], OSError | http.client.HTTPException)
    with psycopg.connect(database_url(), autocommit=True) as looker:
        waiting = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%%INTO \"registry_membership\"%%'"
        wait_for(lambda: not looker.execute(waiting + " AND pid <> pg_backend_pid()").fetchone())
    for model in (Household, Person, IdentityDocument, Consent, LedgerEntry):
        assert not model.objects.exists()
    assert Draft.objects.get().answers["members"]  # the draft is still there

    web.start()
    for _press in range(2):  # submitted again, and once more after Back
        assert family.confirm().url == "/km/registered/"
    assert one_household_of_two()
    wait_for(lambda: not LedgerEntry.objects.exclude(state="delivered").exists())
    assert operator_rows("idpoor", "SELECT count(*), count(DISTINCT spid) FROM hh_request_member") == [(2, 2)]


def test_after_the_commit_before_the_answer(web, broker):
    """A broker that does not answer blocks the web server between the two, for half a second."""
    family = told(web)
    broker.process.send_signal(signal.SIGSTOP)
    thread, came = send(family)
    while not Household.objects.exists():
        assert thread.is_alive()
    web.kill()
    thread.join(10)
    broker.process.send_signal(signal.SIGCONT)
    assert isinstance(came[0], OSError | http.client.HTTPException)

    web.start()
    assert family.confirm().url == "/km/registered/"
    page = family.client.get("/km/registered/")
    assert Person.objects.first().spid_grouped in page.content.decode()
    assert one_household_of_two()
    # No worker was notified, and yet everything is promised.
    assert LedgerEntry.objects.filter(kind="household", operator="idpoor", state="due").count() == 1
