"""What a form that waits is of, by its view: the same words on the device and on the official's list."""

from collections.abc import Sequence

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from dsp_platform.offline.kept import addresses_of
from dsp_platform.offline.models import OfflineItem
from dsp_platform.translations.label import Label

Titles = Sequence[tuple[Label, Sequence[str]]]
OTHER = _("A page of the counter")
_titles: list[tuple[Label, Sequence[str]]] = []


def register_titles(titles: Titles) -> None:
    """Each with the names of its views."""
    _titles.extend(titles)


def titles_on_device() -> list[tuple[str, Label]]:
    """(regular expression of scripts, of the addresses below the language; words). The last is of others."""
    return [*(("|".join(addresses_of(views)), words) for words, views in _titles), ("", OTHER)]


def title_in_words(item: OfflineItem) -> str:
    try:
        view = resolve(item.page).view_name
    except Resolver404:  # of an address before the last release
        return str(OTHER)
    return str(next((words for words, views in _titles if view in views), OTHER))
