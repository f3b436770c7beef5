"""Whether a document is registered is answered a few times a day, to an account and in an assisted session,
and logged.
"""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.khmer.dates import PartialDate
from registry.errors import AlreadyRegistered, TooManyLookups
from registry.models import Household, Membership, Person
from registry.persons import lookups
from registry.persons.services import known_elsewhere, search_persons
from registry.registration import services
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details


def details_with(number: str, *others: str):
    names = ("ដារ៉ា", "វិចិត្រ", "សុភា", "មករា")
    members = [
        person_details(
            given_name=name,
            document_type="identity_card",
            document_number=one,
            relationship="head" if index == 0 else "other_relative",
        )
        for index, (one, name) in enumerate(zip((number, *others), names, strict=False))
    ]
    return household_details(*members)


@built_once
def taken(areas, operators, commune_clerk):
    """The number of somebody registered."""
    services.register_household(actor=commune_clerk, details=details_with("010203045"))
    return "010203045"


@built_once
def others(taken, commune_clerk):
    numbers = [f"02020304{last}" for last in range(8)]
    for number in numbers:
        services.register_household(actor=commune_clerk, details=details_with(number))
    return [taken, *numbers]


def probe(actor, *numbers: str, assisted_session=None) -> None:
    with pytest.raises(AlreadyRegistered):
        services.register_household(
            actor=actor, details=details_with(*numbers), assisted_session=assisted_session
        )


def spent(actor, number: str, assisted_session=None) -> None:
    with pytest.raises(TooManyLookups):
        services.register_household(
            actor=actor, details=details_with(number), assisted_session=assisted_session
        )


def test_an_account_is_told_five_times_a_day(others, sokha, time_machine):
    time_machine.move_to(timezone.now())
    for number in others[: lookups.OF_CITIZEN_A_DAY]:
        probe(sokha, number)
    spent(sokha, others[-1])
    spent(sokha, "099999999")  # not even compared: nobody has it
    time_machine.shift(timedelta(days=1, minutes=1))
    probe(sokha, others[-1])


def test_the_same_answer_again_tells_nothing_and_counts_once(taken, sokha):
    for _click in range(lookups.OF_CITIZEN_A_DAY + 2):
        probe(sokha, taken)


def test_many_numbers_in_one_household_count_one_by_one(others, sokha):
    probe(sokha, "088888881", "088888882", others[0])  # a large family and its first mistake
    probe(sokha, "088888883", "088888884", others[0])  # of the same name as before
    probe(sokha, "088888886", others[1])
    spent(sokha, others[2])


def test_in_an_assisted_session_five_times_and_an_official_no_more_in_many_assisted_sessions(
    others, commune_clerk, monkeypatch
):
    def assisted_session():
        return open_assisted_session(
            official=commune_clerk, subject_id=None, reason="register", consent_text="read out"
        )

    first = assisted_session()
    for number in others[: lookups.OF_CASE_A_DAY]:
        probe(commune_clerk, number, assisted_session=first)
    spent(commune_clerk, others[6], first)
    monkeypatch.setattr(lookups, "OF_OFFICIAL_A_DAY", 6)
    second = assisted_session()
    probe(commune_clerk, others[6], assisted_session=second)
    spent(commune_clerk, others[7], second)


def test_it_is_noted_without_the_number(taken, sokha):
    probe(sokha, taken)
    event = AuditEvent.objects.get(action="document_lookup")
    assert (event.actor, event.subject_kind, event.details) == (sokha, "user", {})


def test_who_mistyped_registers_after_all(taken, sokha):
    probe(sokha, taken)
    assert services.register_household(actor=sokha, details=details_with("010203046")).pk
    assert Person.objects.get(account=sokha)


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_pass_no_limit(others, sokha):
    answers = []

    def attempt(number: str) -> None:
        try:
            services.register_household(actor=User.objects.get(pk=sokha.pk), details=details_with(number))
        except (AlreadyRegistered, TooManyLookups) as error:
            answers.append(type(error))
        finally:
            connection.close()

    threads = [Thread(target=attempt, args=(number,)) for number in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(AlreadyRegistered) == lookups.OF_CITIZEN_A_DAY
    assert len(answers) == len(others)


def test_an_official_searches_so_often_a_day(taken, commune_clerk, monkeypatch):
    monkeypatch.setattr(lookups, "SEARCHES_A_DAY", 3)
    for _search in range(3):
        assert search_persons(official=commune_clerk, query=taken)
    with pytest.raises(TooManyLookups):
        search_persons(official=commune_clerk, query=taken)


def test_what_no_limit_is_counted_from_is_forgotten(taken, sokha, time_machine):
    time_machine.move_to(timezone.now())
    probe(sokha, taken)
    assert lookups.purge() == 0
    time_machine.shift(timedelta(days=1, minutes=1))
    assert lookups.purge() == 1
    assert Household.objects.count() == 1


def test_a_document_typed_at_the_counter_may_be_of_somebody_who_lives_nowhere(taken, commune_clerk, sokha):
    session = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="register", consent_text="read out"
    )
    typed = {"document_type": "identity_card", "document_number": taken}
    at_the_counter = {"actor": commune_clerk, "assisted_session": session, **typed}
    assert services.is_document_taken(**at_the_counter)
    Membership.objects.update(ended_on=timezone.localdate())
    assert not services.is_document_taken(**at_the_counter)
    assert services.is_document_taken(actor=sokha, assisted_session=None, **typed)


def test_a_number_told_taken_stays_so_when_it_is_sent_again(others, sokha):
    """Also beyond the limit of the day: the answer is known by then."""

    def is_told_taken(number):
        return services.is_document_taken(
            actor=sokha, assisted_session=None, document_type="identity_card", document_number=number
        )

    for number in others[: lookups.OF_CITIZEN_A_DAY]:
        assert is_told_taken(number)
    assert not is_told_taken(others[lookups.OF_CITIZEN_A_DAY])  # nothing is compared
    assert is_told_taken(others[0])


def test_with_another_date_or_name_the_same_number_is_another_lookup(taken, commune_clerk):
    """Of somebody who lives in no household the counter is told whether name and date of birth are theirs."""
    Membership.objects.update(ended_on=timezone.localdate())
    session = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="register", consent_text="read out"
    )
    number = {"document_type": "identity_card", "document_number": taken}
    right = {"given_name": "ដារ៉ា", **number}
    tried = [{"born": PartialDate.parse(f"1984-04-0{day}")} for day in range(1, lookups.OF_CASE_A_DAY)]
    of_the_case = {"actor": commune_clerk, "assisted_session": session}
    for wrong in ({"given_name": "វិចិត្រ"}, *tried):
        for _click in range(2 if wrong != tried[-1] else 1):
            with pytest.raises(AlreadyRegistered):
                services.register_household(
                    details=household_details(person_details(**right | wrong)), **of_the_case
                )
    with pytest.raises(TooManyLookups):
        services.register_household(details=household_details(person_details(**right)), **of_the_case)


def test_the_counter_is_told_of_so_many_numbers_that_they_are_registered(others, other_clerk, monkeypatch):
    """Anywhere in the country; each is a lookup and audited, beyond the limit nothing is said."""
    monkeypatch.setattr(lookups, "OF_OFFICIAL_A_DAY", 3)
    spid = Person.objects.order_by("pk").first().spid
    asked = [spid, *others[:4]]
    told = [known_elsewhere(official=other_clerk, query=number) is not None for number in asked]
    assert told == [True, True, True, False, False]
    assert AuditEvent.objects.filter(action="document_lookup", actor=other_clerk).count() == 3


def test_what_the_counter_tries_is_counted_though_nobody_has_it(taken, other_clerk, monkeypatch):
    monkeypatch.setattr(lookups, "SEARCHES_A_DAY", 2)
    for number in ("099999991", "099999992"):
        assert not known_elsewhere(official=other_clerk, query=number)
    assert not known_elsewhere(official=other_clerk, query=taken)
