from dsp_platform.exchange.adapters import fake
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.models import Operator
from tests.exchange.conftest import agree, announce, entry


def test_an_operator_that_never_answers_is_left_after_its_time(people, db, monkeypatch):
    monkeypatch.setattr(fake, "HANG_SECONDS", 0.05)
    operator = Operator.objects.create(code="fake", name_en="Fake", adapter="fake_hang")
    agree(operator)
    announce(people.add(1))
    drain("fake")
    operator.refresh_from_db()
    assert (operator.last_error, entry(1).state, entry(1).may_have_copy) == ("time_out", "due", True)
