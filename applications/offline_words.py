"""What was typed about an application, with labels, where it could not be applied."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.forms import AnswerForm, ApplyForm
from dsp_platform.offline.titles import Titles
from dsp_platform.offline.typed import Part, Words, of_forms
from dsp_platform.wizard.questions import AnswerRow
from registry.programmes.questions.definition import asked_of, version_of
from registry.programmes.selectors import programme


def answer(data: QueryDict, arguments: Mapping[str, Any]) -> list[Part]:
    """To a question of the programme, as it is asked now."""
    found = programme(arguments.get("code", ""))
    version = version_of(found) if found else None
    asked = asked_of(version.questions) if version else []
    one = next((one for one in asked if one.name == arguments.get("question")), None)
    texts = list(filter(None, data.getlist("answer")))
    if not texts or one is None:
        return [Part("", [AnswerRow("", words) for words in texts])]
    options = dict(one.options)
    words = "\n".join(options.get(text, text) for text in texts)
    return [Part(str(found), [AnswerRow(str(one.title), words)])]


WORDS: dict[str, Words] = {
    "applications:question": answer,
    "applications:apply": of_forms(ApplyForm),
    "applications:apply_for": of_forms(ApplyForm),
    "applications:application": of_forms(AnswerForm),
}
"""By the name of the view."""
TITLES: Titles = [
    (
        _("A page of an application"),
        (
            "applications:apply", "applications:apply_for", "applications:question",
            "applications:application", "applications:withdraw",
        ),
    )
]  # fmt: skip
