"""How much each page asks the database: twelve questions at most, and what is above them named."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.structure.test_doors import SITE, addresses

MOST = 12
# A whole record at once, asked for seldom: a question for each of its chapters.
WHOLE = {"registry:my_data_everything": 30, "registry:my_data_json": 30}
# Of an official with a case: session, account, second factor, case and noted look come before the page, and
# on a person's page whether a phone of theirs waits.
NOT_YET = {"registry:me": 14, "applications:apply": 13, "applications:application": 15}
WHO = ("anonymous", "citizen", "case", "official")


@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
def test_every_page_asks_little(browsers, house, who):
    client, seen, dear = browsers[who], 0, []
    client.get("/km/")  # what a session writes once a minute is written here
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
