"""Which forms of officials a device keeps while there is no line: all that still mean something later."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, cast

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils.html import format_html

from dsp_platform.accounts.acting import form_token
from dsp_platform.accounts.models import User
from dsp_platform.accounts.visitors import assisted_session_of, is_verified_official
from dsp_platform.encryption import crypto
from dsp_platform.encryption.sealed import public_key
from dsp_platform.offline.sent import device_account
from dsp_platform.web.forms import may_be_kept

KEPT_FOR = "kept_for"
NO_CASE = "none"
_MARK = "always_kept"


def always_kept(view: Any) -> Any:
    """Mark a view that is exempt from ``accounts.acting``: devices keep its form all the same."""
    setattr(view, _MARK, True)
    return view


def is_kept(view: Any) -> bool:
    return getattr(view, _MARK, False) or (form_token.is_checked(view) and may_be_kept(view))


def fields(request: HttpRequest) -> str:
    """By which the service worker knows that it keeps this form: whose it is, and of which case."""
    if not is_verified_official(request) or not public_key():
        return ""
    case = assisted_session_of(request)
    of = crypto.digest("case on a device", str(case.pk)).hex()[:16] if case else NO_CASE
    named = f"{device_account(cast(User, request.user))}.{of}"
    return format_html('<input type="hidden" name="{}" value="{}">', KEPT_FOR, named)


@cache
def paths_never_kept() -> list[str]:
    """Regular expressions of scripts, of the addresses below the language whose forms no device keeps."""
    return sorted({address for address, _name, view in _below_language() if not is_kept(view)})


def addresses_of(views: Collection[str]) -> list[str]:
    """Of these, by their names, alike."""
    return sorted({address for address, name, _view in _below_language() if name in views})


Address = tuple[str, str, Any]


@cache
def _below_language() -> list[Address]:
    """(regular expression of scripts, name, view)"""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], before: str, space: str, *, below_language: bool = False) -> Iterator[Address]:
    for one in patterns:
        is_language = isinstance(one.pattern, LocalePrefixPattern)
        part = "" if is_language else _for_scripts(str(one.pattern.regex.pattern))
        if isinstance(one, URLResolver) and getattr(one, "app_name", "") != "admin":
            below = below_language or is_language
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _walk(one.url_patterns, before + part, inner, below_language=below)
        elif isinstance(one, URLPattern) and below_language:
            yield before + part, f"{space}{one.name}", one.callback


def _for_scripts(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern).removeprefix("^").removesuffix("\\Z")


form_token.register_fields(fields)
