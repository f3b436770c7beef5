from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.admin.lists import FixedValuesFilter
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.notifications import budget, circuit_breakers, providers, reasons, services, sms_templates
from dsp_platform.notifications.models import Budget, CircuitBreaker, Message, Tier

LAST_DAY = timedelta(days=1)
LANGUAGES = dict(settings.LANGUAGES)


class ByText(FixedValuesFilter):
    title = gettext_lazy("text")
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(name, str(template.title)) for name, template in sms_templates.registered().items()]


class ByProvider(FixedValuesFilter):
    title = gettext_lazy("provider")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(name, name) for name in providers.names()]


@admin.register(Message)
class MessageAdmin(RoleAdmin, admin.ModelAdmin):
    """The outcome of each message, without its text."""

    view_roles = (STEWARD,)
    change_list_template = "admin/notifications/message/change_list.html"
    list_display = (
        "created_at", "masked_phone", "about", "in_language", "state", "attempts", "why", "provider",
        "sent_at", "delivered_at",
    )  # fmt: skip
    list_filter = ("state", ByText, ByProvider)
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    actions = ("retry",)
    fields = (
        "created_at", "masked_phone", "about", "in_language", "state", "attempts", "unknown", "why",
        "provider", "sent_at", "delivered_at",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("phone number"))
    def masked_phone(self, message: Message) -> str:
        return f"{message.phone[:4]}…{message.phone[-3:]}" if message.phone else "–"

    @admin.display(description=gettext_lazy("text"))
    def about(self, message: Message) -> str:
        return sms_templates.title_of(message.template)

    @admin.display(description=gettext_lazy("language"))
    def in_language(self, message: Message) -> str:
        return str(LANGUAGES.get(message.language, message.language))

    @admin.display(description=gettext_lazy("reason"))
    def why(self, message: Message) -> str:
        return reasons.in_words(message.reason) or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        labels = dict(Message.State.choices)
        since = timezone.now() - LAST_DAY
        day = Message.objects.filter(created_at__gte=since).order_by()
        counts = dict(day.values_list("state").annotate(Count("pk")))
        context = {"last_day": [(state, labels[state], counts.get(state, 0)) for state in labels]}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    @admin.action(description=gettext_lazy("Send again what could not be sent"))
    def retry(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        number = services.retry_failed(messages=queryset, actor=request.user)  # type: ignore[arg-type]
        text = ngettext("%(number)s message is sent again.", "%(number)s messages are sent again.", number)
        self.message_user(request, text % {"number": number}, messages.SUCCESS)


class _ReadOnly(RoleAdmin, admin.ModelAdmin):
    view_roles = (STEWARD, AUDITOR)
    in_words: ClassVar[dict[str, str]] = {}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.get_readonly_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        names = [field.name for field in self.opts.fields if field.name != "id"]
        return [self.in_words.get(name, name) for name in names]


@admin.register(CircuitBreaker)
class CircuitBreakerAdmin(_ReadOnly):
    """The state of each provider. It recovers by itself: after the pause one message is tried."""

    about_people = False
    list_display = (
        "name", "condition", "failures", "problem", "last_failure_at", "retry_at", "last_success_at",
    )  # fmt: skip
    in_words: ClassVar[dict[str, str]] = {"last_error": "problem"}
    ordering = ("name",)

    @admin.display(description=gettext_lazy("last error"))
    def problem(self, breaker: CircuitBreaker) -> str:
        return reasons.in_words(breaker.last_error) or "–"

    @admin.display(description=gettext_lazy("condition"))
    def condition(self, breaker: CircuitBreaker) -> str:
        if breaker.name not in providers.names():
            return _("not in use")
        if circuit_breakers.is_paused(breaker, timezone.now()):
            return _("waiting after a failure")
        return _("failing") if breaker.failures else _("running")


@admin.register(Budget)
class BudgetAdmin(_ReadOnly):
    """How much of each hour's and day's budget is used."""

    about_people = False
    list_display = ("kind", "window", "starts_at", "used", "allowed", "condition")
    ordering = ("kind", "-window")
    actions = ("allow_more",)
    change_list_template = "admin/notifications/budget/change_list.html"

    @admin.display(description=gettext_lazy("sent"))
    def used(self, row: Budget) -> str:
        is_over = row.starts_at != budget.start_of(row.window, timezone.now())
        return "0" if is_over else f"{row.count:,}"

    @admin.display(description=gettext_lazy("allowed"))
    def allowed(self, row: Budget) -> str:
        return f"{budget.limit(row.kind, row.window) + row.extra:,}"

    @admin.display(description=gettext_lazy("condition"))
    def condition(self, row: Budget) -> str:
        now = timezone.now()
        if row in budget.stopped(now):
            return _("stopped")
        return _("only the reserve is left") if budget.is_used_up(row, Tier.OPEN, now) else _("running")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With a digest of what each row allows, so that a second click adds nothing."""
        shown = [f"{row.pk}:{budget.digest_of(row)}" for row in Budget.objects.order_by("pk")]
        return super().changelist_view(request, {**(extra_context or {}), "shown": shown})

    @admin.action(description=gettext_lazy("Allow as much again until the hour or day is over"))
    def allow_more(self, request: HttpRequest, queryset: QuerySet[Budget]) -> None:
        shown = dict(pair.split(":", 1) for pair in request.POST.getlist("shown") if ":" in pair)
        done = [
            services.allow_more(
                row=row, shown=shown.get(str(row.pk), ""), actor=cast(AbstractBaseUser, request.user)
            )
            for row in queryset
        ]
        if any(done):
            text = _("More messages may leave. What waited goes out now.")
            self.message_user(request, text, messages.SUCCESS)
        if not all(done):
            text = _(
                "What is allowed has changed since your page showed it. Nothing was added to it. Look at "
                "what stands here now."
            )
            self.message_user(request, text, messages.WARNING)
