"""Tags and filters of every page: main form, language switch, pictures, language of a text."""

from dataclasses import dataclass

import regex
from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxSelectMultiple, MultiWidget, RadioSelect
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsp_platform.web.forms import SWITCH
from dsp_platform.web.pictures import PICTURES
from dsp_platform.web.small_counts import few

register = template.Library()

register.filter("few", few)


@register.simple_tag
def colon() -> str:
    """After a label, before its words on the same line. Khmer has one of its own."""
    return f"{_(':')} "


_KHMER = regex.compile(r"\p{Khmer}")
_LATIN = regex.compile(r"\p{Latin}")
_UNSEEN = regex.compile(
    r"[[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Z}]--[\n\r ]]", flags=regex.V1
)


@dataclass
class PageContent:
    html: str = ""
    has_main_form: bool = False


_AUTOFILL = regex.compile(r'\sautocomplete="[^"]*"')
_FORM = regex.compile(r"<form(?=[\s>])")


def without_autofill(html: str) -> SafeString:
    """The page with autofill off in all its fields: at a counter the browser would offer what the person
    before has typed. Here, because a field that is forgotten elsewhere would show it."""
    return SafeString(_FORM.sub('<form autocomplete="off"', _AUTOFILL.sub("", html)))


class PageContentNode(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        content = context["page_content"] = PageContent()
        content.html = self.nodelist.render(context)
        if getattr(context.get("user"), "is_official", False):
            content.html = without_autofill(content.html)
        return SafeString("")


@register.tag
def page_content(parser: Parser, token: Token) -> PageContentNode:
    """``{% page_content %}…{% endpage_content %}``: render first, print ``page_content.html`` later.

    The header comes before the page's content but has to know whether the content holds a main form.
    """
    nodelist = parser.parse(("endpage_content",))
    parser.delete_first_token()
    return PageContentNode(nodelist)


@register.simple_tag(takes_context=True)
def main_form(context: Context) -> SafeString:
    """``<form {% main_form %} …>``: the form of the page, whose input the language switch carries along."""
    if "page_content" in context:
        context["page_content"].has_main_form = True
    return SafeString('id="main"')


@register.inclusion_tag("components/language_switch.html", takes_context=True)
def language_switch(context: Context) -> dict[str, object]:
    """Links to the page in each language; on a page with a main form, buttons that keep what was typed."""
    request = context.get("request")
    current = get_language()
    path = request.get_full_path() if request else "/"
    languages = []
    for code, name in settings.LANGUAGES:
        url = translate_url(path, code)
        if code != current and url == path:
            url = f"/{code}/"  # the address of no page, or of one without a language
        languages.append({"code": code, "name": name, "url": url, "current": code == current})
    content = context.get("page_content")
    has_form = content is not None and content.has_main_form
    return {"languages": languages, "has_form": has_form, "switch": SWITCH}


@register.simple_tag
def picture(name: str) -> str:
    """An SVG of ``templates/pictures`` in the colour of the text; empty where there is none."""
    return render_to_string(f"pictures/{name}.svg") if name in PICTURES else ""


@register.simple_tag
def admin_url() -> str:
    return reverse("admin:index")


@register.filter
def reference(value: str) -> SafeString:
    """A reference number, which is not wrapped at its hyphens."""
    return format_html('<span class="reference">{}</span>', value)


@register.filter
def runs(text: object) -> SafeString | str:
    """A name with a ``lang`` attribute where its script is not that of the page's language."""
    value = str(text or "")
    if get_language() != "km" and _KHMER.search(value):
        return format_html('<span lang="km">{}</span>', value)
    if get_language() == "km" and _LATIN.search(value) and not _KHMER.search(value):
        return format_html('<span lang="km-Latn">{}</span>', value)
    return value


@register.filter
def signs(text: object) -> SafeString:
    """A text that somebody approves, with a visible mark for each invisible character."""
    marked = _UNSEEN.sub(lambda sign: f"<mark>U+{ord(sign[0]):04X}</mark>", conditional_escape(runs(text)))
    return SafeString(f'<span class="as-written">{marked}</span>')


@register.filter
def first_input(field: BoundField) -> str:
    """Id of the input that the link of an error leads to."""
    grouped = (RadioSelect, CheckboxSelectMultiple, MultiWidget)
    return f"{field.auto_id}_0" if isinstance(field.field.widget, grouped) else field.auto_id


@register.filter
def tel(number: str) -> str:
    """A phone number as a ``tel:`` link wants it."""
    return regex.sub(r"[^\d+]", "", number)
