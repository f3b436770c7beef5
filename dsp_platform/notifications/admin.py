from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dsp_platform.notifications.models import Message
from dsp_platform.roles import STEWARD, RoleAdmin


@admin.register(Message)
class MessageAdmin(RoleAdmin, admin.ModelAdmin):
    """What is due, sent or stuck. What was written stays between the platform and the phone."""

    view_roles = (STEWARD,)
    list_display = ("created_at", "masked_phone", "template", "language", "state", "attempts", "reason")
    list_filter = ("state", "template")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    show_full_result_count = False
    fields = (
        "created_at",
        "masked_phone",
        "template",
        "language",
        "state",
        "attempts",
        "reason",
        "provider",
        "sent_at",
    )

    @admin.display(description=_("phone number"))
    def masked_phone(self, message: Message) -> str:
        return f"{message.phone[:4]}…{message.phone[-3:]}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields
