"""The form of a programme in the admin, with the editor of its rule."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.codes import CodeFromName
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.selectors import reason_blocked
from dsp_platform.approval.validity import broken_by
from dsp_platform.web.forms import DateField
from registry.eligibility.rule_help import EXAMPLES, fact_list
from registry.models import Programme
from registry.programmes.changes import guarded, same
from registry.rules.check import check_rule
from registry.rules.parse import RuleError

PREVIEW = "_preview"
NO_REASON = _("Write why it is to change. Whoever approves it reads this.")


class RuleWidget(forms.Textarea):
    """The text, and below it the place of a mistake, or the preview that was asked for."""

    template_name = "admin/registry/programme/rule.html"
    mistake: RuleError | None = None
    preview: Any = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        marked = None
        if self.mistake:  # its line, cut at its place
            lines = str(value or "").replace("\r\n", "\n").split("\n")
            line = lines[min(self.mistake.line, len(lines)) - 1]
            place = min(self.mistake.column, len(line) + 1) - 1
            marked = {
                "line": self.mistake.line,
                "column": self.mistake.column,
                "before": line[:place],
                "at": line[place : place + 1],
                "after": line[place + 1 :],
            }
        return super().get_context(name, value, attrs) | {
            "marked": marked,
            "preview": self.preview,
            "button": PREVIEW,
            "facts": fact_list(),
            "examples": EXAMPLES,
        }


class RuleField(forms.CharField):
    widget = RuleWidget
    as_typed = True  # not cleaned: an invisible character is a mistake that is shown at its place

    def to_python(self, value: Any) -> Any:
        """With the line ends of the database, so that an unchanged rule is equal."""
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text:
            try:
                check_rule(text)
            except RuleError as error:
                self.widget.mistake = error
                raise forms.ValidationError(str(error), code="rule") from None
        return text


class ProgrammeForm(CodeFromName):
    rule = RuleField(
        label=_("rule"),
        required=False,
        help_text=_(
            "Empty: the operator decides case by case. A rule informs; it never stops an application."
        ),
    )
    holds_from = DateField(
        label=_("What waits for a second person holds from"),
        required=False,
        widget=AdminDateWidget,
        help_text=_(
            "Whatever citizens read, and who may be entitled, changes when a second person approved it; of a "
            "draft only the rule, the amounts and the state. Empty: it holds as soon as it is approved."
        ),
    )
    reason = forms.CharField(
        label=_("reason"),
        required=False,
        max_length=Proposal._meta.get_field("reason").max_length,
        help_text=_("Why it is to change. Whoever approves it reads this."),
    )
    proposed: Mapping[str, Any] = {}
    saves_texts = False

    class Meta:
        model = Programme
        fields = "__all__"

    @property
    def is_preview(self) -> bool:
        return PREVIEW in self.data

    def is_valid(self) -> bool:
        """A preview is never saved: the form is shown again with the counts."""
        return super().is_valid() and not self.is_preview

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        now = Programme.objects.filter(pk=self.instance.pk).first() or Programme()
        changes = [
            name
            for name in guarded(now)
            if name in self.cleaned_data and not same(getattr(now, name), self.cleaned_data[name])
        ]
        published = now.pk is not None and now.state != Programme.State.DRAFT
        if published and self.cleaned_data.get("state") == Programme.State.DRAFT:
            self.add_error("state", _("It was published, so it is no draft any more. Close it."))
        if self.is_preview:
            return cleaned
        if changes and not self.cleaned_data.get("reason"):
            self.add_error("reason", NO_REASON)
        about = "programme", str(self.instance.pk)
        if changes and (why := reason_blocked(*about)):
            self.add_error(changes[0], str(why))
            return cleaned
        for name in self.changed_data:
            if name in self.fields and (broken := broken_by(*about, {name})):
                self.add_error(name, str(broken))
        return cleaned
