"""Who is told, by text message, that a change was made which they did not ask for."""

from dsp_platform.notifications import services as notifications
from registry.changes.apply.common import members_for, read_anew
from registry.changes.hearings.selectors import concerned_by, next_head, recipients
from registry.changes.kinds import KINDS
from registry.changes.moves.movers import newcomer
from registry.changes.workflow import change_workflow
from registry.models import ChangeRequest
from registry.persons.households import household_head_of
from registry.phones.selectors import numbers_left_behind, numbers_of, phones_of_adults


def phones_to_warn(request: ChangeRequest) -> dict[str, str]:
    """Numbers and languages of those affected, read before it is applied. None for one's own news."""
    kind = KINDS[request.kind]
    if kind.is_own_news:
        return {}
    coming = newcomer(request)
    # The head of the household that the person leaves: informed when it is applied, not before.
    going = request.person if kind.moves_out(request.answers) else coming
    head = household_head_of(going) if going else None
    about = read_anew(request.person)
    persons = [one for one in (about, coming, head, next_head(request)) if one]
    if kind.ends_household:
        persons += [one.person for one in members_for(request)]
    # A change by a citizen alone sends nothing to numbers that only a citizen typed.
    alone = kind.at_once and request.asked_by.is_citizen
    phones = {
        phone: person.language for person in persons for phone in numbers_of(person, with_typed=not alone)
    }
    if kind.sets_phone and not request.asked_by.is_citizen:
        # Whoever is given a phone at the counter may have no other number, or be a child.
        phones |= {phone: one.language for one in persons for phone in phones_of_adults(one) - set(phones)}
    beside = recipients(request, concerned_by(request))
    phones |= {phone: one[0].language for phone, one in beside.items() if phone not in phones}
    person = about if kind.person_dies else None
    account = person.account if person else None
    silent = numbers_left_behind(person, (account and account.phone) or "") if person else set()
    return {phone: language for phone, language in phones.items() if phone not in silent}


def warn(request: ChangeRequest, phones: dict[str, str]) -> None:
    """So that those affected can object; also to the number on record until now."""
    kind, aware = KINDS[request.kind], {request.asked_by.phone}
    if kind.sets_phone:
        aware.add(request.answers["phone"]["phone"])
    else:
        aware.update(change_workflow.phones_of(request))
    for phone, language in phones.items():
        if phone not in aware:
            notifications.send(
                phone=phone,
                language=language,
                template="registration_taken_back" if kind.ends_household else "details_changed",
                params={"reference": request.reference},
                subject_kind="change",
                subject_id=request.pk,
            )
