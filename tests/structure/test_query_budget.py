"""How much each page asks the database: twelve questions at most, and what is above them named."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.structure.test_doors import SITE, addresses

MOST = 12
# A whole record at once, asked for seldom: a question for each of its chapters.
WHOLE = {"registry:my_data_everything": 30, "registry:my_data_json": 30}
# Above the twelve, to be brought down: the inclusion tags of several domains each find the person's household
# again, and an official's session, second factor and case are four questions before the page begins.
NOT_YET = {
    "registry:programme": 13, "registry:me": 16, "registry:my_data": 13, "registry:my_data_help": 14,
    "applications:apply": 18, "applications:application": 22,
}  # fmt: skip
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
