"""Pages that take files: those that are declared are those whose views take them, and no others."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from dsp_platform.uploads.handlers import is_marked
from dsp_platform.web.file_pages import size_setting
from tests.webserver.conftest import file_paths


def views(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from views(one, path)
        else:
            yield path, one


def marked() -> list[str]:
    return [path for path, view in views(get_resolver()) if view.callback and is_marked(view.callback)]


def test_each_view_that_takes_files_is_below_a_declared_page():
    assert marked()
    assert [path for path in marked() if not size_setting(f"/{path}")] == []


def test_each_declared_page_has_a_view_that_takes_files():
    for page in settings.FILE_PAGES:
        assert [path for path in marked() if path.partition("/")[2].startswith(page)], page


@pytest.mark.parametrize("path", ["/km/sign-in/", "/documents/x/1/", "/km/admin/", "/km/my/documents/", "/"])
def test_no_other_page_takes_them(path):
    assert size_setting(path) == ""


def test_a_page_takes_them_in_each_language():
    assert {size_setting(path) for path in file_paths() if "importrun" in path} == {"IMPORT_MEGABYTES"}
    assert len(file_paths()) == len(settings.FILE_PAGES) * len(settings.LANGUAGES)
