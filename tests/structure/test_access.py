"""Every URL of the platform, and what each kind of user gets there.

A new URL needs its row. ``page`` shows something, ``door`` redirects to a sign-in, ``on`` redirects to
another page, a number is the status of the answer.
"""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from dsp_platform.accounts.models import Role, User
from dsp_platform.audit.models import AuditEvent

NOBODY = 0  # an id without a row
UPLOAD = "7d2f24a4-1f0d-4b5f-9d5a-0d7a2f0c8b11"
DOORS = ("/km/sign-in/", "/km/counter/sign-in/", "/km/admin/login/")


def _walk(resolver: URLResolver, prefix: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, path, (*names, *filter(None, [entry.namespace])))
        elif isinstance(entry, URLPattern):
            yield ":".join((*names, entry.name or path.rpartition("/admin/")[2])), path


def addresses(house) -> dict[str, str]:
    """By name, with arguments of the other household, which must not be accessible."""
    head = house.strangers.memberships.get().person
    subjects = {
        "registry/person": head.pk,
        "applications/application": house.strange_application.pk,
        "grievances/grievance": house.strange_grievance.pk,
        "registry/programme": house.application.programme_id,
        "exchange/operator": "nssf",
        "registry/area": "010201",
        "grievances/team": house.strange_grievance.team_id,
        "accounts/user": User.objects.filter(role=Role.OFFICIAL).earliest("pk").pk,
        "audit/auditevent": AuditEvent.objects.earliest("pk").pk,
    }
    arguments = {
        "help/<slug:slug>": "help/sign-in",
        "<str:village>": "02010101",
        "<slug:code>": "health",
        "<slug:provider>": "nobody",
        "<slug:question>": "name",
        "subject/<slug:kind>": "subject/person",
        "<slug:kind>": "birth",
        "<uuid:upload>": UPLOAD,
        "<slug:kind>/<str:key>": "application/0",
        "<int:subject>": "1",
        "<int:number>": "1",
        "<int:member>": str(head.pk),
        "<path:content_type_id>": "1",
        "^(?P<app_label>": "registry/#",
        "(?P<url>.*)$": "nowhere/",
    }
    found = {}
    for name, pattern in _walk(get_resolver()):
        path = "/" + pattern
        for sign, value in arguments.items():
            path = path.replace(sign, value)
        theirs = house.strange_grievance if "/grievances/" in path else house.strange_application
        path = path.replace("<str:reference>", theirs.reference).partition("#")[0]
        model = "/".join(path.split("/")[3:5])
        subject = str(subjects.get(model, NOBODY))
        found[name] = path.replace("<path:object_id>", subject).replace("<int:pk>", subject)
    return found


def outcome(response: HttpResponse) -> str:
    if response.status_code == 200:
        return "page"
    if response.status_code in (301, 302):
        address = response["Location"].partition("?")[0]
        return "door" if address in DOORS else "on"
    return str(response.status_code)


WHO = (
    "anonymous",
    "inactive",
    "citizen",
    "half",
    "official",
    "assisted_session",
    "reviewer",
    "steward",
    "auditor",
)
"""Half: an official who has not proved the second factor.

Assisted session: an official with an open assisted session, for the citizen.
"""

# Another person's: 404 where one's own would be a page, "on" where a PIN can still be entered.
SITE = {
    "healthz": "page page page page page page page page page",
    "readyz": "page page page page page page page page page",
    "icon": "on on on on on on on on on",
    "service_worker": "page page page page page page page page page",
    "offline:list": "page page page page page page page page page",
    "offline:status": "page page page page page page page page page",
    "offline:settle": "door door door door 405 405 door door door",
    "registry:offline_household": "page page page page page page page page page",
    "registry:offline_household_send": "door door door door 405 405 door door door",
    "metrics": "404 404 404 404 404 404 404 404 404",  # where no token is configured
    "receipts:receive": "404 404 404 404 404 404 404 404 404",
    "registry:home": "page page page page page page page page page",
    "registry:programmes": "page page page page page page page page page",
    "registry:programme": "page page page page page page page page page",
    "registry:check": "page page page page page page page page page",
    "registry:me": "door door page door on page door door door",
    "registry:card": "door door page door on page door door door",
    "registry:card_of": "door door 404 door on 404 door door door",
    "registry:messages": "door door page door door door door door door",
    "registry:claim": "door door on door door door door door door",
    "registry:claim_code": "door door on door door door door door door",
    "registry:consents": "door door page door on page door door door",
    "registry:consent_sheet_new": "door door 404 door on page door door door",
    "registry:consent_sheet": "door door 404 door on 404 door door door",
    "registry:consent_give": "door door 404 door on 404 door door door",
    "registry:consent_give_code": "door door 404 door on 404 door door door",
    "registry:consent_withdraw": "door door 404 door on 404 door door door",
    "registry:my_data": "door door page door on page door door door",
    "registry:my_data_history": "door door page door on page door door door",
    "registry:my_data_access_log": "door door page door on page door door door",
    "registry:my_data_help": "door door page door on page door door door",
    "registry:my_data_download": "door door page door on page door door door",
    "registry:my_data_everything": "door door page door on page door door door",
    "registry:my_data_json": "door door page door door door door door door",
    "registry:changes": "door door page door on page door door door",
    "registry:change": "door door page door on page door door door",
    "registry:change_question": "door door page door on page door door door",
    "registry:change_request": "door door 404 door on 404 door door door",
    "registry:change_withdraw": "door door 405 door on 405 door door door",
    "registry:counter_changes": "door door door door page page door page door",
    "registry:counter_duplicates": "door door door door page page door door door",
    "registry:counter_duplicate": "door door door door 404 404 door door door",
    "registry:officials": "door door door door 404 404 door door door",
    "registry:official_invite": "door door door door 404 404 door door door",
    "registry:official_request": "door door door door 404 404 door door door",
    "registry:official": "door door door door 404 404 door door door",
    "registry:official_close": "door door door door 404 404 door door door",
    "registry:official_lost_device": "door door door door 404 404 door door door",
    "registry:official_invite_again": "door door door door 404 404 door door door",
    "registry:counter_phones": "door door door door page page door door door",
    "registry:counter_phone": "door door door door 404 404 door door door",
    "registry:counter_phone_stop": "door door door door 404 404 door door door",
    "registry:counter_household_change": "door door door door 404 404 door 404 door",
    "registry:my_household_change": "door door 404 door door door door door door",
    "registry:counter_move": "door door door door 404 404 door 404 door",
    "registry:counter_move_code": "door door door door 404 404 door 404 door",
    "registry:my_phone": "door door 404 door door door door door door",
    "registry:lost_number": "door door page door door door door door door",
    "registry:my_move": "door door 404 door door door door door door",
    "registry:my_move_code": "door door 404 door door door door door door",
    "registry:register_confirmation": "door door door door on on door door door",
    "registry:counter_change": "door door door door 404 404 door 404 door",
    "registry:register": "door door on door on on door door door",
    "registry:roster": "door door on door on on door door door",
    "registry:register_question": "door door on door on on door door door",
    "registry:register_already": "door door on door on on door door door",
    "registry:register_remove": "door door on door on on door door door",
    "registry:register_member": "door door on door on on door door door",
    "registry:registered": "door door on door on on door door door",
    "registry:slip": "door door page door on page door door door",
    "registry:counter": "door door door door page page door door door",
    "registry:counter_open": "door door door door on on door door door",
    "registry:counter_open_code": "door door door door on on door door door",
    "registry:counter_end": "door door door door 405 405 door door door",
    "registry:appointment_make": "door door door door on page door door door",
    "registry:appointment_end": "door door door door on 405 door door door",
    "registry:practice": "door door door door page on door door door",
    "registry:practice_write": "door door door door on on door door door",
    "registry:practice_result": "door door door door on on door door door",
    "registry:village_days": "door door door door page page door door door",
    "registry:village_day_village": "door door door door page page door door door",
    "registry:village_day_plan": "door door door door 404 404 door door door",
    "registry:village_day": "door door door door 404 404 door door door",
    "registry:village_day_list": "door door door door 404 404 door door door",
    "registry:village_day_numbers": "door door door door 404 404 door door door",
    "registry:village_day_cancel": "door door door door 405 405 door door door",
    "registry:household_visit": "door door door door 404 404 door door door",
    "registry:household_visit_case": "door door door door 405 405 door door door",
    "registry:household_visit_return": "door door door door 405 405 door door door",
    "registry:lost_phone": "door door door door on page door door door",
    "registry:lost_phone_code": "door door door door on on door door door",
    "registry:first_phone": "door door door door on on door door door",
    "registry:first_phone_code": "door door door door on on door door door",
    "accounts:sign_in": "page page on page page page page page page",
    "accounts:code": "door door on door door door door door door",
    "accounts:sign_out": "405 405 405 405 405 405 405 405 405",
    "accounts:passkey_sign_in": "page page on page page page page page page",
    "accounts:account": "door door page door door door door door door",
    "accounts:step_up_passkey": "door door page door door door door door door",
    "accounts:new_phone": "door door page door door door door door door",
    "accounts:new_phone_code": "door door on door door door door door door",
    "accounts:passkey_add": "door door page door door door door door door",
    "accounts:passkey_options": "door door page door door door door door door",
    "accounts:passkey_remove": "door door 404 door door door door door door",
    "accounts:step_up": "door door on door door door door door door",
    "accounts:step_up_code": "door door on door door door door door door",
    "accounts:sessions": "door door page door page page page page page",
    "accounts:counter_sign_in": "page page page page on on page page page",
    "accounts:lock": "door door door door on on door door door",
    "accounts:join": "page page page page page page page page page",
    "accounts:join_set_up": "on on on on on on on on on",
    "accounts:staff_password": "door door door door page page page page page",
    "accounts:staff_second_factor": "door door door door page page page page page",
    "help:index": "page page page page page page page page page",
    "help:page": "page page page page page page page page page",
    "uploads:page": "door door 404 door 404 404 404 404 404",
    "uploads:small": "door door 404 door 404 404 404 404 404",
    "uploads:remove": "door door 404 door on 404 door door door",
    "uploads:documents": "door door 404 door on 404 door door door",
    "applications:apply": "door door page door on page door door door",
    "applications:apply_for": "door door 404 door on 404 door door door",
    "applications:question": "door door 404 door on 404 door door door",
    "applications:application": "door door 404 door on 404 door door door",
    "applications:withdraw": "door door 404 door on 404 door door door",
    "applications:letter": "door door 404 door on 404 door door door",
    "grievances:desk": "door door door door page page door door door",
    "grievances:desk_grievance": "door door door door 404 404 door door door",
    "grievances:desk_note": "door door door door 404 404 door door door",
    "grievances:desk_next": "door door door door on on door door door",
    "grievances:appeal": "door door 404 door on 404 door door door",
    "grievances:report": "page page page page page page page page page",
    "grievances:report_question": "404 404 404 404 404 404 404 404 404",
    "grievances:reported": "on on on on on on on on on",
    "grievances:lost_pin": "page page page page page page page page page",
    "grievances:lost_pin_code": "on on on on on on on on on",
    "grievances:follow": "page page page page page page page page page",
    "grievances:confirm_phone": "on on on on on on on on on",
    "grievances:confirm_phone_code": "on on on on on on on on on",
    "grievances:files": "on on on on on on on on on",
    "grievances:file": "404 404 404 404 404 404 404 404 404",
    "grievances:file_small": "404 404 404 404 404 404 404 404 404",
    "grievances:letter": "on on on on on on on on on",
    "grievances:numbers": "page page page page page page page page page",
    "grievances:rate": "on on on on on on on on on",
    "grievances:look_again": "on on on on on on on on on",
    "grievances:grievance": "on on on on on on on on on",
    "admin:login": "page page page page page page on on on",
    "admin:logout": "on on on on on on 405 405 405",
    "notifications:demo_phone": "page page page page page page page page page",
}

# All others are sent to the admin's sign-in. What a reviewer, a steward and an auditor get, by page of each
# model:
PAGES = ("changelist", "add", "history", "delete", "change")
MODELS = {
    "accounts_user": ("403 403 403 403 403", "page page 403 403 page", "page 403 page 403 page"),
    "audit_auditevent": ("403 403 403 403 403", "page 403 403 403 page", "page 403 page 403 page"),
    "notifications_message": ("403 403 403 403 403", "page 403 403 403 on", "403 403 on 403 403"),
    "notifications_circuitbreaker": ("403 403 403 403 403", "page 403 403 403 on", "page 403 on 403 on"),
    "notifications_budget": ("403 403 403 403 403", "page 403 403 403 on", "page 403 on 403 on"),
    "exchange_agreement": ("403 403 403 403 403", "page page 403 403 on", "page 403 on 403 on"),
    "exchange_ledgerentry": ("403 403 403 403 403", "page 403 403 403 on", "403 403 on 403 403"),
    "exchange_attempt": ("403 403 403 403 403", "page 403 403 403 on", "403 403 on 403 403"),
    "exchange_operator": ("403 403 403 403 403", "page 403 403 403 page", "page 403 page 403 page"),
    "exchange_incident": ("403 403 403 403 403", "page 403 403 403 on", "page 403 on 403 on"),
    "exchange_statusreport": ("403 403 403 403 403", "page 403 403 403 on", "403 403 on 403 403"),
    "jobs_job": ("403 403 403 403 403", "page 403 403 403 on", "page 403 on 403 on"),
    "registry_programme": ("403 403 403 403 403", "page page 403 403 page", "page 403 page 403 page"),
    "registry_lifesituation": ("403 403 403 403 403", "page 403 403 403 on", "page 403 on 403 on"),
    "registry_area": ("403 403 403 403 403", "page 403 403 403 page", "403 403 403 403 403"),
    "registry_personhistory": ("403 403 404 403 404", "403 403 404 403 404", "403 403 404 403 404"),
    "registry_householdhistory": ("403 403 404 403 404", "403 403 404 403 404", "403 403 404 403 404"),
    "registry_person": ("403 403 404 403 404", "page 403 404 403 page", "403 403 404 403 404"),
    "registry_deceased": ("403 403 404 403 404", "page 403 404 403 404", "403 403 404 403 404"),
    "registry_changerequest": ("403 403 403 403 403", "page 403 on 403 on", "403 403 403 403 403"),
    "registry_duplicatecase": ("403 403 403 403 403", "page 403 404 403 404", "403 403 403 403 403"),
    "registry_merge": ("403 403 404 403 404", "page 403 404 403 404", "403 403 404 403 404"),
    "registry_importsource": ("403 403 403 403 403", "page page 403 403 on", "page 403 on 403 on"),
    "registry_importrun": ("403 403 403 403 403", "page page 404 403 404", "page 403 404 403 404"),
    "audit_retention": ("403 403 404 403 404", "page 403 404 403 404", "page 403 404 403 404"),
    "registry_coveragecount": ("403 403 404 403 404", "page 403 404 403 404", "403 403 404 403 404"),
    "registry_sourceconflict": ("403 403 404 403 404", "page 403 404 403 404", "403 403 404 403 404"),
    "registry_unusualaction": ("403 403 403 403 403", "page 403 404 403 404", "page 403 404 403 404"),
    "registry_rarefact": ("403 403 403 403 404", "page 403 403 403 404", "403 403 on 403 404"),
    "registry_enrolment": ("403 403 403 403 404", "page 403 403 403 404", "403 403 on 403 404"),
    "applications_application": ("page 403 404 403 404", "403 403 403 403 403", "403 403 403 403 403"),
    "grievances_grievance": ("page 403 404 403 404", "page 403 on 403 page", "403 403 403 403 403"),
    "grievances_team": ("403 403 403 403 403", "page page 403 403 page", "page 403 page 403 page"),
    "grievances_routingrule": ("403 403 403 403 403", "page page 403 403 on", "page 403 on 403 on"),
    "working_days_decreedday": ("403 403 403 403 403", "page page 403 403 on", "page 403 on 403 on"),
    "approval_proposal": ("403 403 403 403 403", "page 403 on 403 on", "page 403 on 403 on"),
}
ADMIN = {
    "admin:index": "page page page",
    "admin:password_change": "on on on",
    "admin:password_change_done": "on on on",
    "admin:autocomplete": "403 403 403",
    "admin:jsi18n": "page page page",
    "admin:view_on_site": "404 404 404",
    "admin:exchange_ledgerentry_find": "403 page 403",
    "admin:exchange_ledgerentry_subject": "403 page 403",
    "admin:exchange_operator_release": "403 on 403",
    "admin:applications_application_decide": "404 403 403",
    "admin:applications_application_held": "404 403 403",
    "admin:applications_application_several": "on 403 403",
    "admin:applications_application_hand_over": "on 403 403",
    "admin:grievances_grievance_hand_over": "on on 403",
    "admin:registry_duplicatecase_hand_over": "403 on 403",
    "admin:applications_application_note": "404 403 403",
    "admin:applications_application_export": "on 403 403",
    "admin:applications_application_load": "403 403 403",
    "admin:applications_application_numbers": "403 page 403",
    "admin:grievances_grievance_load": "403 403 403",
    "admin:registry_duplicatecase_load": "403 403 403",
    "admin:grievances_grievance_handle": "404 on 403",
    "admin:grievances_grievance_note": "404 on 403",
    "admin:grievances_grievance_export": "on on 403",
    "admin:registry_duplicatecase_decide": "403 404 403",
    "admin:registry_duplicatecase_note": "403 404 403",
    "admin:applications_application_next": "on 403 403",
    "admin:grievances_grievance_next": "on on 403",
    "admin:registry_duplicatecase_next": "403 on 403",
    "admin:registry_duplicatecase_export": "403 on 403",
    "admin:registry_importsource_begin": "403 404 403",
    "admin:registry_importsource_stop": "403 404 403",
    "admin:registry_importrun_act": "403 404 404",
    "admin:registry_importrun_refused": "403 404 404",
    "admin:exchange_agreement_preview": "403 404 403",
    "admin:registry_programmequestion_changelist": "403 page page",
    "admin:registry_programmequestion_of": "403 404 404",
    "admin:registry_programmequestion_preview": "403 404 404",
    "admin:registry_programmequestion_new": "403 404 403",
    "admin:registry_programmequestion_bank_new": "403 page 403",
    "admin:registry_programmequestion_edit": "403 404 403",
    "admin:app_list": "404 page page",
    "admin:(?P<url>.*)$": "404 404 404",
    "admin:approval_proposal_decide": "403 on on",
    "admin:exchange_agreement_begin": "403 404 403",
    "admin:exchange_agreement_end": "403 404 403",
}
STAFF_ONLY = 6  # the columns of WHO that are not staff


def expected(name: str) -> list[str] | None:
    if name in SITE:
        return SITE[name].split()
    if name in ADMIN:
        return ["door"] * STAFF_ONLY + ADMIN[name].split()
    if name.endswith("/<path:object_id>/"):  # an old URL that redirects to the present one
        return ["door"] * STAFF_ONLY + ["on", "on", "on"]
    model, _sign, page = name.removeprefix("admin:").rpartition("_")
    if model in MODELS and page in PAGES:
        return ["door"] * STAFF_ONLY + [row.split()[PAGES.index(page)] for row in MODELS[model]]
    return None


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_every_address_opens_to_whom_it_should(browsers, house):
    assert tuple(browsers) == WHO
    wrong = []
    for name, path in addresses(house).items():
        found = [outcome(client.get(path)) for client in browsers.values()]
        if found != expected(name):
            wrong.append(f"{name}: {found}, expected {expected(name)}")
    assert not wrong, "\n".join(wrong)


def test_the_table_names_no_address_that_is_gone(browsers, house):
    known = set(addresses(house))
    models = {f"admin:{model}_{page}" for model in MODELS for page in PAGES}
    assert {*SITE, *ADMIN, *models} <= known
