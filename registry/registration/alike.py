"""The question ``ALIKE``: whether a member who is entered at the counter is somebody registered already.

It is asked as soon as name, sex and date of birth are known, before a second record is made.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.web.shown import digest_of
from dsp_platform.wizard.forms import QuestionForm
from dsp_platform.wizard.questions import Answer, Key, Question, Rows
from registry.duplicates.said import note_said
from registry.identity.spid import grouped
from registry.matching.records import Match, MatchRecord
from registry.models import Area, DuplicateCase, Person
from registry.models.person_columns import NAMES
from registry.persons.alike import Alike, alike_to, shown
from registry.persons.forms import radios
from registry.persons.labels import SPID
from registry.persons.recognition import MemberEntry
from registry.persons.search import villages_of
from registry.persons.subject import user_of
from registry.registration.answers import ALIKE, APART, ELSEWHERE, IS, NOBODY, RETURNS

COMPARED = "compared"
"""Of a member of a draft: digest of what was compared with the registry."""
_TYPED = (*NAMES, "sex", "born")


class AlikeForm(QuestionForm):
    alike_is = radios(gettext_lazy("Is it one of these?"))

    def __init__(
        self, *args: Any, persons: Iterable[Person], communes: Iterable[Area], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields[IS])
        field.choices = [
            *((one.spid, _person_in_words(one)) for one in persons),
            *([(ELSEWHERE, _elsewhere_in_words(communes))] if communes else []),
            (NOBODY, _("None of these: it is somebody else")),
        ]


def _person_in_words(person: Person) -> str:
    return " · ".join(
        filter(
            None,
            (
                person.name,
                person.latin_name,
                person.get_sex_display(),
                _("born %(date)s") % {"date": person.born.written},
                person.village.name,
                f"SPID {person.spid_grouped}",
            ),
        )
    )


def _elsewhere_in_words(communes: Iterable[Area]) -> str:
    named = ", ".join(one.name for one in communes)
    return _("Somebody who is registered in %(commune)s with such a name and date of birth") % {
        "commune": named
    }


def _options(request: HttpRequest, wizard: Any, key: Key) -> dict[str, Any]:
    asked = [Alike(*one) for one in wizard.member(key.number).get(ALIKE, ())]
    persons, communes = shown(asked, user_of(request))
    return {"persons": persons, "communes": communes}


def _in_words(answer: Answer, _names: Any) -> Rows:
    if is_said := answer.get(IS, ""):
        words = {
            NOBODY: _("Somebody else than those who are registered with such a name"),
            ELSEWHERE: _("Registered in another commune"),
        }
        yield _("Is it one of these?"), words.get(is_said) or f"SPID {grouped(is_said)}"


ALIKE_QUESTION = Question(
    form=AlikeForm,
    heading=gettext_lazy("Is it one of these?"),
    help=gettext_lazy(
        "People with such a name and date of birth are registered already. Nobody is registered twice: ask "
        "the person, and look at their papers."
    ),
    options=_options,
    depends_on=("name", "sex", "birth"),
    in_words=_in_words,
)


def compare(
    member: dict[str, Any], *, official: User, assisted_session: AssistedSession, village: str
) -> None:
    """Note in the draft who is alike, once for the same name, sex and date of birth. Where the village is not
    known yet it may be any of the official's area."""
    if RETURNS in member or not all(name in member for name in _TYPED):
        return
    compared = digest_of([member[name] for name in _TYPED])
    if member.get(COMPARED) == compared:
        return
    record = MatchRecord(
        **{name: member[name] for name in NAMES},
        sex=member["sex"],
        born=PartialDate.parse(member["born"]),
        villages=frozenset([village] if village else villages_of(official)),
    )
    found = alike_to(
        record, official=official, assisted_session=assisted_session, apart=member.get(APART, ())
    )
    member |= {COMPARED: compared, ALIKE: [list(one) for one in found]}


def ask_again(member: dict[str, Any], found: Iterable[Alike]) -> None:
    """About these, who were found when the answers were sent."""
    member[ALIKE] = [list(one) for one in found]
    member.pop(IS, None)
    member["done"] = [name for name in member["done"] if name != ALIKE]


def note_answer(member: dict[str, Any]) -> None:
    """Those who are somebody else are not asked about again."""
    if member[IS] == NOBODY:
        member[APART] = sorted({*member.get(APART, ()), *(spid for spid, _commune in member[ALIKE])})


def note_apart(members: Sequence[MemberEntry], apart: Mapping[int, Sequence[Match]], official: User) -> None:
    """Who came in though they are like somebody registered: what was said of it stands on a steward's case.
    ``apart``: by place among the members, as ``require_nobody_alike`` returns it."""
    for place, alike in apart.items():
        new = members[place].person.pk
        for one in alike:
            note_said(person=new, alike=one, answer=DuplicateCase.Answer.DIFFERENT, official=official)


def take_over(member: dict[str, Any], person: Person) -> None:
    """The member is this person, who lives in no household: named as recorded, and by their SPID. What is
    wrong in the record is corrected by a change."""
    member |= {name: getattr(person, name) for name in NAMES}
    member |= {"sex": person.sex, "born": str(person.born)}
    member |= {"document_type": SPID, "document_number": person.spid_grouped}
    member[COMPARED] = digest_of([member[name] for name in _TYPED])
    member["done"] = [*{*member["done"], "name", "sex", "birth", "document"}]
