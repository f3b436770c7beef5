"""My data: copies at operators, looks, help at the counter; all of it to print or download."""

import json
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import actor_required, citizen_required, step_up_required
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.audit import services as audit
from dsp_platform.audit.actions import (
    ASSISTED_SESSION,
    Effect,
    access_reason,
    known_reason,
    my_data_labels,
)
from dsp_platform.exchange.contract import registered
from dsp_platform.translations.label import Label
from dsp_platform.web.forms import row_number
from registry.fields.table import FIELDS
from registry.models import Person
from registry.my_data import selectors
from registry.my_data.sections import DataSubject, MyDataSection, sections
from registry.persons.conflicts import why_listed_less
from registry.persons.subject import log_access, subject_required, user_of
from registry.phones.selectors import may_take_everything

SCHEMA = 1


def _data_subject(request: HttpRequest, person: Person, *, full_numbers: bool = False) -> DataSubject:
    return selectors.data_subject(
        person, full_numbers=full_numbers, assisted_session=assisted_session_of(request)
    )


@actor_required
@subject_required()
def my_data(request: HttpRequest, person: Person) -> HttpResponse:
    subject = _data_subject(request, person)
    operators = [
        {
            "name": str(one.operator),
            "has_copies": one.has_copies,
            "copies": [_copy(copy) for copy in one.copies],
        }
        for one in selectors.copies_about(subject)
    ]
    return render(request, "registry/my_data/my_data.html", {"person": person, "operators": operators})


def _copy(copy: selectors.Copy) -> dict[str, Any]:
    agreement = copy.record.agreement
    kind = registered.kinds.get(copy.kind)
    labels = kind.labels if kind else {}
    return {
        "kind": kind.my_data_name if kind else copy.kind,
        "names": copy.names,
        "record": copy.record,
        "consent": copy.consent,
        "agreement": agreement,
        "fields": [labels.get(field, field) for field in agreement.fields] if agreement else [],
    }


@actor_required
@subject_required()
def access_log(request: HttpRequest, person: Person) -> HttpResponse:
    subject = _data_subject(request, person)
    before = request.GET.get("before", "")
    limit = row_number(before)
    rows, following = selectors.access_log_about(subject, before=limit)
    described = [(row, access_reason(row.event)) for row in rows]
    context = {"person": person, "accesses": described, "following": following, "first": limit is None}
    return render(request, "registry/my_data/my_data_access_log.html", context)


@actor_required
@subject_required()
def help_given(request: HttpRequest, person: Person) -> HttpResponse:
    subject = _data_subject(request, person)
    try:
        before = datetime.fromtimestamp(float(request.GET.get("before", "")), tz=UTC)
    except (ValueError, OverflowError, OSError):
        before = None
    rows, following = selectors.help_given(subject, before=before)
    labels = my_data_labels(Effect.CHANGE)
    described = [
        (
            row,
            known_reason(ASSISTED_SESSION, row.assisted_session.reason),
            [labels[action] for action in row.actions if action in labels],
            FIELDS["language"].label_of(row.assisted_session.consent_language) or "",
        )
        for row in rows
    ]
    context = {
        "person": person,
        "assisted_sessions": described,
        "following": following.timestamp() if following else None,
    }
    return render(request, "registry/my_data/my_data_help.html", context)


@actor_required
@subject_required(access=False)
def download(request: HttpRequest, person: Person) -> HttpResponse:
    return render(request, "registry/my_data/my_data_download.html", {"person": person})


@step_up_required
@subject_required(access=False)
def everything(request: HttpRequest, person: Person) -> HttpResponse:
    """To read and print. An official prints it for the person, with document numbers masked."""
    subject = _data_subject(request, person, full_numbers=assisted_session_of(request) is None)
    if not _may_take(request, person):
        return redirect("registry:my_data_download")
    _note(request, person, "print")
    parts = [(section, section.build(subject), _why_less(section, subject)) for section in sections()]
    context = {"person": person, "parts": parts, "at": timezone.now()}
    return render(request, "registry/my_data/my_data_everything.html", context)


@citizen_required
@step_up_required
@subject_required(access=False)
def everything_json(request: HttpRequest, person: Person) -> HttpResponse:
    """JSON, for the person's own device only: the laptops of officials are shared."""
    subject = _data_subject(request, person, full_numbers=True)
    if not _may_take(request, person):
        return redirect("registry:my_data_download")
    _note(request, person, "export")
    parts = {section.name: section.build(subject) for section in sections()}
    document = {"schema_version": SCHEMA, "made_at": timezone.now().isoformat(), **parts}
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-social-protection-data.json"'
    response["Cache-Control"] = "no-store, private"
    return response


def _why_less(section: MyDataSection, subject: DataSubject) -> Label:
    kin_of = section.listed_less_to_kin_of
    return why_listed_less(subject.assisted_session, kin_of(subject)) if kin_of else ""


def _may_take(request: HttpRequest, person: Person) -> bool:
    """Always in an assisted session: the person is at the counter."""
    if assisted_session_of(request) is not None or may_take_everything(person):
        return True
    messages.warning(
        request,
        _(
            "The account, a phone or a passkey was set less than a week ago, or another phone is asked for. "
            "Until a week has passed nobody can download everything. At the office they print it for you."
        ),
    )
    return False


def _note(request: HttpRequest, person: Person, action: str) -> None:
    """Logged also for the person themselves: a complete copy left the platform."""
    if assisted_session_of(request) is not None:
        log_access(request, person, action)
        return
    audit.record(actor=user_of(request), action="own_" + action, subject_kind="person", subject_id=person.pk)
