"""What was answered with an application, for whoever may read it."""

from typing import cast

from django import template
from django.template.context import Context

from applications.answers.selectors import lines_of, reads_answers
from applications.documents import is_shared
from applications.models import Application
from dsp_platform.accounts.models import User
from dsp_platform.accounts.visitors import assisted_session_of
from registry.persons.selectors import subject_for

register = template.Library()


@register.inclusion_tag("applications/answers/lines.html", takes_context=True)
def answers_of(context: Context, application: Application) -> dict[str, object]:
    """On the page of the applicant. Another adult of the household reads that there are some."""
    request = context["request"]
    user, assisted_session = cast(User, request.user), assisted_session_of(request)
    lines = lines_of(application)
    may_read = reads_answers(user, subject_for(user, assisted_session), application)
    return {"lines": lines if may_read else [], "hidden": bool(lines) and not may_read}


@register.inclusion_tag("admin/applications/application/answers.html")
def answers_for_review(application: Application) -> dict[str, object]:
    """On a page that only the reviewer sees: as long as the operator may hold the application at all."""
    return {"lines": lines_of(application) if is_shared(application) else []}
