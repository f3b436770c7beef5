"""The icons of yes and no in the admin, with alternative texts in words: Django writes True and False."""

from django.contrib.admin.templatetags import admin_list
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

# By value: Django's icon, and its alternative text.
ICONS = {True: ("yes", _("Yes")), False: ("no", _("No")), None: ("unknown", _("not known"))}


def boolean_icon(value: bool | None) -> SafeString:
    icon, words = ICONS[value]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{icon}.svg"), words)


def use_words() -> None:
    # It has no hook: lists and pages of rows both call this function.
    admin_list._boolean_icon = boolean_icon  # type: ignore[attr-defined]
