"""Jobs about an operator: their titles, and their parameters and results in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.background.faults import apart
from dsp_platform.exchange.contract import name_of
from dsp_platform.exchange.ledger import reasons
from dsp_platform.exchange.models import Agreement, Operator
from dsp_platform.jobs.kinds import Work, register_job
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import create_job
from dsp_platform.translations.label import Label

RESULTS: dict[str, Label] = {
    "compared": _("compared"),
    "missing": _("missing at the operator"),
    "surplus": _("at the operator without our knowing"),
    "unknown": _("of nobody we know"),
    "repaired": _("sent anew"),
    "problem": _("problem"),
    "comparable": _("can be compared"),
}


def register_operator_job(kind: str, title: Label, work: Work) -> None:
    register_job(kind, title, work, about=_about, code_label=reasons.in_words, result_label=_result_label)


def _about(parameters: Mapping[str, Any]) -> str:
    """The operator, the kind of record, the reason."""
    code = parameters.get("operator", "")
    operator = Operator.objects.filter(pk=code).first() if code else None
    named = (
        str(operator or code),
        name_of(parameters.get("kind", "")),
        reasons.in_words(parameters.get("reason", "")),
    )
    return " · ".join(one for one in named if one)


def _result_label(name: str) -> str:
    return str(RESULTS.get(name, name_of(name)))


def create_for_new_agreements(kind: str, agreements: Iterable[Agreement]) -> None:
    """One job for each of these agreements that never had one of this kind."""
    begun = set(Job.objects.filter(kind=kind).values_list("parameters__agreement", flat=True))
    for agreement in agreements:
        if agreement.pk not in begun:
            about = {"agreement": agreement.pk, "kind": agreement.kind, "operator": agreement.operator_id}
            with apart(f"exchange.{kind}"):
                create_job(kind=kind, parameters=about, created_by=None)
