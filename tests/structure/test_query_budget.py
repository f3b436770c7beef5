"""The number of queries of each page: at most twelve, and every exception is named."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.structure.test_access import SITE, addresses

MOST = 12
# A complete record, rarely requested: one query for each of its sections, and four for the text message of
# the registration, which is stored without the SPID: the person, and whether they proved the number.
WHOLE = {"registry:my_data_everything": 36, "registry:my_data_json": 36}
# For an official with an assisted session, queries for session, account, second factor, assisted session and
# access log come before the page, and on a person's page one for a pending replacement of their phone, and
# one for whether the operator of an application that waits lacks a consent. The desk has one for each of its
# lists: the office, changes, questions about duplicates, unfinished registrations, who comes back, numbers to
# confirm, today's cases, their names and what was done in them, the visit under way; and two for whom
# the open case is about.
NOT_YET = {
    # One more since November: when the person was asked to come back, and the questions of a programme.
    "registry:me": 16,
    "registry:counter": 17,
    "applications:apply": 14,
    "applications:application": 16,
    "registry:my_data_history": 15,
}
WHO = ("anonymous", "citizen", "assisted_session", "official")


@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
def test_every_page_asks_little(browsers, house, who):
    client, seen, dear = browsers[who], 0, []
    client.get("/km/")  # this includes what a session writes once a minute
    for name, path in addresses(house).items():
        if name not in SITE:
            continue
        own = path.replace(house.strange_application.reference, house.application.reference)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(own)
        if answer.status_code == 200:
            seen += 1
            questions = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
            if len(questions) > (WHOLE | NOT_YET).get(name, MOST):
                dear.append(f"{name}: {len(questions)}")
    assert seen > 10
    assert not dear
