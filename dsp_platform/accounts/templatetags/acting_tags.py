"""``{% csrf_token %}`` also renders for whom the form acts (``accounts.acting``).

Replaces Django's tag, so that no form can be written without it.
"""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dsp_platform.accounts.acting import form_token

register = template.Library()


class FormTokenNode(CsrfTokenNode):
    def render(self, context: Context) -> SafeString:
        request = context.get("request")
        now, further = "", ""
        if request is not None and hasattr(request, "session"):
            if not hasattr(request, "acting_signed"):
                found = form_token.acting(request)
                request.acting_signed = found.signed() if found else ""
                request.further_fields = form_token.further_fields(request) if found else ""
            now, further = request.acting_signed, request.further_fields
        token = super().render(context)
        if not now:
            return format_html("{}", token)
        fields = '{}<input type="hidden" name="{}" value="{}">{}'
        return format_html(fields, token, form_token.FIELD, now, further)


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormTokenNode:
    return FormTokenNode()
