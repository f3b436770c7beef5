"""Who comes into a household, in words: from the answers, for they may be nobody who is registered."""

from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from registry.changes.context import Answers
from registry.identity.spid import grouped
from registry.persons.labels import full_name


def newcomer_name(answers: Answers) -> str:
    """The name, or the SPID of who is named by it; until either is told, that it is a new member."""
    return full_name(answers.get("name", {})) or _spid(answers) or _("The new member")


def newcomer_in_words(answers: Answers) -> str:
    """With the date of birth."""
    born = answers.get("birth", {}).get("born", "")
    return f"{newcomer_name(answers)} ({PartialDate.parse(born).written})" if born else newcomer_name(answers)


def _spid(answers: Answers) -> str:
    spid = answers.get("known", {}).get("spid", "")
    return f"SPID {grouped(spid)}" if spid else ""
