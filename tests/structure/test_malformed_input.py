"""Malformed input in fields and URLs gets an answer, never a crash.

PostgreSQL refuses the NUL character in any text, so a view that passes it on unchecked would answer 500.
"""

import re
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from dsp_platform.accounts.my_account import services as accounts
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.exchange.agreements import approvals
from dsp_platform.web.forms import JSONField
from grievances import services as grievances
from registry.models import Programme
from tests.structure import test_access as doors
from tests.structure.conftest import browser, calm

WORDS = {
    "NUL": "a\x00b",
    "number of the wrong size": "9" * 400,
    "object": '{"a": [1], "columns": {"spid": {"column": "a", "boolean": 5}}}',
    "markup and a lone surrogate": "<script>alert(1)</script>{{ 7 }}%(x)s%s\ud800",
}
NAMES = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)"')
KEPT = {"csrfmiddlewaretoken", "_switch"}
FORM = "application/x-www-form-urlencoded"


def encoded(values: dict[str, str]) -> str:
    return urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in values.items()})


def long_for(fields: set[str]) -> str:
    """About 100 KB, the limit for all fields together: more is refused before it is parsed."""
    sign = "ក"
    return sign * min(34_000, settings.DATA_UPLOAD_MAX_MEMORY_SIZE // len(quote(sign)) // (len(fields) + 1))


def fields_of(client: Client, path: str) -> set[str]:
    return set(NAMES.findall(client.get(path).content.decode())) - KEPT


def assert_answers(client: Client, path: str, extra: tuple[str, ...] = ()) -> None:
    """Every field with each kind of malformed input, all at once; then without any field."""
    fields = fields_of(client, path) | set(extra)
    for kind, word in {**WORDS, "long": long_for(fields)}.items():
        answer = client.post(path, encoded(dict.fromkeys(fields, word)), content_type=FORM)
        assert answer.status_code < 500, f"{kind} in {sorted(fields)} of {path}"
    assert client.post(path, "", content_type=FORM).status_code < 500, f"nothing at all to {path}"
    assert client.post(path, "[1, 2", content_type="application/json").status_code < 500, path
    assert client.post(path, b"--x\r\n", content_type="multipart/form-data; boundary=x").status_code < 500


REGISTRATION = [
    *(f"member/1/{step}" for step in ("name", "sex", "birth", "rare", "document", "phone")),
    *(f"member/2/{step}" for step in ("name", "relationship", "sex", "birth", "document")),
    *(f"member/{member}/{step}" for step in ("circumstances", "difficulties") for member in (1, 2)),
    "member/2/remove", "place", "members", "consent", "check",
]  # fmt: skip


def test_registration(registering):
    for step in REGISTRATION:
        assert_answers(registering, f"/km/register/{step}/", extra=("more", "right", "operators"))


def test_pages_of_a_household(browsers, house):
    citizen = calm(browsers["citizen"])
    for path in (
        "my/consents/", "my/sessions/", "apply/health/",
        f"applications/{house.application.reference}/", "my/claim/", "grievances/report/",
    ):  # fmt: skip
        assert_answers(citizen, f"/km/{path}", extra=("end", "answer", "operators"))


def test_claim_and_sign_in(areas, db):
    newcomer = calm(browser(accounts.User.objects.create_citizen(phone="+85516000111")))
    assert_answers(newcomer, "/km/my/claim/")
    visitor = calm(Client())
    for path in (
        "/km/sign-in/",
        "/km/counter/sign-in/",
        "/km/admin/login/",
        "/km/staff/join/",
        "/km/sign-out/",
    ):
        assert_answers(visitor, path, extra=("otp_device", "next", "resend"))
    visitor.post("/km/sign-in/", {"phone": "012 777 888"})
    assert_answers(visitor, "/km/sign-in/code/", extra=("resend",))


def test_joining(steward):
    invited = staff.create_account(
        actor=steward, username="new", role="reviewer", full_name="x", area_code="", operator_code="nssf"
    )
    newcomer = calm(Client())
    newcomer.post("/km/staff/join/", {"code": invitations.invite(actor=steward, user=invited)})
    assert_answers(newcomer, "/km/staff/join/set-up/")


def test_grievances(areas, operators):
    visitor = calm(Client())
    steps = {"category": {"category": "other"}, "what": {"text": "It rains in."}, "where": {}, "contact": {}}
    for step, answer in steps.items():
        path = "/km/grievances/report/" + ("" if step == "category" else f"{step}/")
        assert_answers(visitor, path, extra=("area", "operator", "phone", "text", "unnamed"))
        if answer:
            visitor.post(path, answer)
    for path in ("reported/", "follow/"):
        assert_answers(visitor, f"/km/grievances/{path}", extra=("token", "reference", "pin"))


def test_counter(browsers):
    official = calm(browsers["official"])
    for path in ("password", "authenticator"):
        assert_answers(official, f"/km/staff/{path}/")
    assert_answers(official, "/km/counter/", extra=("person", "resume", "forget"))
    official.post("/km/counter/", {"query": "nobody of this name"})
    official.post("/km/counter/", {"new": "yes"})
    for path in ("/km/counter/open/", "/km/counter/end/"):
        assert_answers(official, path)


def test_admin_of_a_reviewer(browsers, house):
    reviewer = calm(browsers["reviewer"])
    assert_answers(
        reviewer, f"/km/admin/applications/application/{house.application.pk}/decide/",
        extra=("decision", "reason", "note", "note_translated", "confirmed", "version"),
    )  # fmt: skip
    for page, names in (("note", ("internal_note",)), ("held", ("act", "held", "note"))):
        path = f"/km/admin/applications/application/{house.application.pk}/{page}/"
        assert_answers(reviewer, path, extra=names)


def test_admin_of_a_steward(browsers, house, sharing, sokha):
    steward = calm(browsers["steward"])
    programme = Programme.objects.get(code="health")
    told = grievances.report_grievance(
        actor=sokha, assisted_session=None, submission="7d2f24a4-1f0d-4b5f-9d5a-0d7a2f0c8b11", language="km",
        details=grievances.Details(category="other", text="It rains in."),
    )  # fmt: skip
    for path in (
        "accounts/user/add/", "accounts/user/", "exchange/agreement/add/", "exchange/agreement/",
        "registry/person/", "registry/enrolment/", "registry/programme/add/", "password_change/",
        f"registry/programme/{programme.pk}/change/", f"grievances/grievance/{told.pk}/handle/",
    ):  # fmt: skip
        extra = ("action", "_selected_action", "step", "note", "version", "operator", "q")
        assert_answers(steward, f"/km/admin/{path}", extra=extra)


# These select the branch of the view; all other fields are malformed.
ACT = {"act": "refuse", "yes": "1", "agree": "on", "action": "retry", "decision": "refuse"}
TEXTS = ("note", "reason", "operator", "digest", "version", "number", "fields", "mapping", "rule", "text")
NUMBERS = {"no number": "NaN", "endless": "-Infinity", "too large": "1e999", "too long": "9" * 5000}


def test_addresses_that_take_a_post_without_a_form(browsers, house, sharing, steward, second_steward):
    """What a page posts to another page's view: the crawl over forms does not find it."""
    client = calm(browsers["steward"])
    read = approvals.text_read(sharing, "end")
    proposal = approvals.propose_end(agreement=sharing, actor=second_steward, day=None, read=read)
    own = reverse("admin:approval_proposal_decide", args=[proposal.pk])
    for path in {own, *(path for name, path in doors.addresses(house).items() if name.startswith("admin:"))}:
        for kind, word in {**WORDS, **NUMBERS}.items():
            sent = encoded({**dict.fromkeys(TEXTS, word), **ACT})
            answer = client.post(path, sent, content_type=FORM)
            assert answer.status_code < 500, f"{kind} to {path}"


def test_a_page_of_any_number(browsers, house):
    client = calm(browsers["steward"])
    for page in ("000001999999999999999999999", "9" * 400, "0", "-1"):
        answer = client.get("/km/admin/registry/unusualaction/", {"p": page})
        assert answer.status_code == 404, page


@pytest.mark.parametrize("word", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("shape", ["{}", "[{}]", '{{"a": {}}}'])
def test_a_number_that_is_none_is_a_mistake_of_the_form(word, shape):
    with pytest.raises(ValidationError):
        JSONField().clean(shape.format(word))


QUERIES = (
    "next", "q", "in", "return", "taken", "application", "reason", "p", "o", "e", "all", "ended",
    "state", "state__exact", "_popup", "created_at__year", "_changelist_filters", "programme__id__exact",
)  # fmt: skip


def test_addresses(browsers, house, registering):
    pages = {
        "anonymous": ("", "programmes/", "sign-in/", "grievances/report/", "grievances/follow/"),
        "citizen": ("my/", "apply/health/", "my/consents/"),
        "official": ("counter/", "counter/open/"),
        "reviewer": ("admin/applications/application/", "admin/grievances/grievance/"),
        "steward": (
            "admin/accounts/user/", "admin/registry/person/", "admin/registry/area/",
            "admin/exchange/ledgerentry/", "admin/notifications/message/", "admin/audit/auditevent/",
            "admin/registry/enrolment/", "admin/grievances/grievance/",
        ),
    }  # fmt: skip
    asked = [(browsers[who], f"/km/{path}") for who, paths in pages.items() for path in paths]
    asked += [(registering, "/km/register/place/"), (registering, "/km/register/member/1/name/")]
    for client, path in asked:
        calm(client)
        for word in WORDS.values():
            for query in ({name: word for name in QUERIES[:5]}, {name: word for name in QUERIES[5:]}):
                answer = client.get(f"{path}?{encoded(query)}")
                assert answer.status_code < 500, f"{path} {query}"
        assert client.get(f"{path}?state=%00").status_code == 400, path


def test_arguments_of_addresses(browsers, house):
    person = house.strangers.memberships.get().person_id
    paths = (
        "programmes/{}/", "apply/{}/", "apply/health/{}/", "register/{}/", "register/member/{}/name/",
        "register/member/{}/remove/", "register/member/{}/already/", "applications/{}/",
        "applications/{}/withdraw/",
        "grievances/{}/", "grievances/report/{}/", "{}",
    )  # fmt: skip
    models = (
        "accounts/user", "registry/person", "registry/programme", "registry/area", "exchange/operator",
        "exchange/agreement", "applications/application", "grievances/grievance", "audit/auditevent",
    )  # fmt: skip
    admin_pages = [
        f"admin/{model}/{{}}/{page}/" for model in models for page in ("change", "history", "delete")
    ]
    admin_pages += [
        "admin/applications/application/{}/decide/",
        "admin/grievances/grievance/{}/handle/",
        "admin/{}",
    ]
    for who, addresses in {
        "citizen": paths,
        "assisted_session": paths,
        "reviewer": admin_pages,
        "steward": admin_pages,
    }.items():
        for word in ("a%00b", "%ED%A0%80", "9" * 40, "-1" + quote("<script>"), "x" * 3000, str(person)):
            for address in addresses:
                answer = calm(browsers[who]).get("/km/" + address.format(word))
                assert answer.status_code < 500, f"{who} at {address.format(word)[:60]}"


def test_a_host_we_do_not_serve_is_refused(db):
    assert calm(Client()).get("/km/", HTTP_HOST="evil.example").status_code == 400
