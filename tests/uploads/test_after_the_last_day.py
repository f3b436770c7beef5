"""Documents sent for a programme that closed before its application was sent."""

from registry.models import Programme
from tests.applications.helpers import sign_in
from tests.roles import as_owner


def test_what_was_sent_is_still_there_and_nothing_more_is_taken(sokha, person, programme, send):
    send(title="Identity card")
    with as_owner():  # not by two people
        Programme.objects.filter(pk=programme.pk).update(closes_on="2026-01-31")
    page = sign_in(sokha).post(f"/en/apply/{programme.code}/", {"consent": "on"}).content.decode()
    assert "It was open until 31/01/2026." in page
    assert "<h3>Identity card</h3>" in page
    assert "application-draft" not in page  # no link to send more
