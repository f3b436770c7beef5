"""Whoever waits is compared once, by whichever worker, and nothing is lost where one dies."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from registry.duplicates import pairs, sweep
from registry.matching.records import Match, Outcome
from registry.models import AwaitingMatch, DuplicateCase, Person
from registry.persons.writer import PersonWriter, await_match, lock_person_row
from registry.tasks import sweep_matching, sweep_waiting
from tests.registry.cast import HEAD_PHONE
from tests.registry.duplicates.cast import case_of, decide, steps_of

pytestmark = pytest.mark.django_db


class Died(Exception):
    pass


def wait(*persons: Person) -> None:
    AwaitingMatch.objects.bulk_create(AwaitingMatch(person=one) for one in persons)


def rename(person: Person, **values: object) -> None:
    with transaction.atomic(), PersonWriter() as write:
        write.update_person(lock_person_row(person), **values)


def make_alike(first: Person, second: Person) -> None:
    """Wherever the thresholds of matching lie: all that both say is the same."""
    rename(second, family_name=first.family_name, village_id=first.village_id, phone=HEAD_PHONE)
    rename(first, phone=HEAD_PHONE)


def test_whoever_is_registered_waits(home, elsewhere, first):
    rename(first, given_name="សុខា")
    assert list(AwaitingMatch.objects.values_list("person", flat=True)) == [first.pk]


def test_what_is_alike_becomes_a_case_and_leaves_the_queue(first, second):
    make_alike(first, second)
    assert sweep.sweep() is False
    assert [(one.first, one.second) for one in DuplicateCase.objects.all()] == [(first, second)]
    assert not AwaitingMatch.objects.exists()


def test_whoever_is_written_live_is_compared_before_those_of_an_import(first, second, monkeypatch):
    monkeypatch.setattr(sweep, "BATCH", 1)
    await_match([first.pk], backlog=True)
    await_match([second.pk])
    sweep.sweep()
    assert AwaitingMatch.objects.get().person == first


def test_of_very_many_who_are_alike_the_likeliest_become_cases(home, second, monkeypatch):
    monkeypatch.setattr(pairs, "MOST", 1)
    members = [one.person for one in home.memberships.select_related("person")]
    likely = [Match(one.pk, 9.0 - place, Outcome.LIKELY, []) for place, one in enumerate(members)][::-1]
    monkeypatch.setattr(sweep, "matches_of", lambda _records: [likely])
    wait(second)
    sweep.sweep()
    assert [one.first_id for one in DuplicateCase.objects.all()] == [members[0].pk]


def test_a_case_is_not_ended_because_others_are_likelier(first, second, monkeypatch):
    make_alike(first, second)
    sweep.sweep()
    monkeypatch.setattr(pairs, "MOST", 0)
    wait(first)
    sweep.sweep()
    assert DuplicateCase.objects.get().is_open


def test_a_second_sweep_finds_nothing_to_do(first, second):
    make_alike(first, second)
    sweep.sweep()
    wait(first, second)
    sweep.sweep()
    assert steps_of(DuplicateCase.objects.get()) == ["find"]


def test_a_pair_that_is_not_alike_any_more_ends(first, second):
    make_alike(first, second)
    sweep.sweep()
    rename(
        second, family_name="ហេង", given_name="វិចិត្រ", latin_family_name="", latin_given_name="", sex="male"
    )
    sweep.sweep()
    assert steps_of(DuplicateCase.objects.get()) == ["find", "unlikely"]


def test_a_decided_pair_is_not_found_again(first, second, steward):
    make_alike(first, second)
    sweep.sweep()
    case = decide(DuplicateCase.objects.get(), "different", steward)
    wait(first, second)
    sweep.sweep()
    case.refresh_from_db()
    assert case.state == "different"


def test_a_worker_that_dies_loses_nobody(first, monkeypatch):
    wait(first)
    with monkeypatch.context() as broken:
        broken.setattr(sweep, "note_pairs", lambda _found: (_ for _ in ()).throw(Died))
        with pytest.raises(Died):
            sweep.sweep()
    assert AwaitingMatch.objects.count() == 1
    assert not sweep.is_waiting()
    AwaitingMatch.objects.update(taken_until=timezone.now())
    assert sweep.is_waiting()
    sweep.sweep()
    assert not AwaitingMatch.objects.exists()


def test_whom_one_worker_has_taken_the_other_leaves(first, second, monkeypatch):
    wait(first, second)
    monkeypatch.setattr(sweep, "BATCH", 1)
    _until, mine = sweep._take()
    _until, theirs = sweep._take()
    assert {*mine, *theirs} == {first.pk, second.pk}
    assert sweep._take()[1] == []


def test_whoever_is_written_while_they_are_compared_is_compared_again(first, second, monkeypatch):
    wait(second)
    compare = sweep.matches_of

    def slowly(records):
        found = compare(records)
        rename(second, family_name="សុខ")
        return found

    monkeypatch.setattr(sweep, "matches_of", slowly)
    sweep.sweep()
    monkeypatch.undo()
    assert [row.person for row in AwaitingMatch.objects.all()] == [second]
    assert sweep.is_waiting()


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_make_one_case(home, elsewhere, first, second, monkeypatch):
    make_alike(first, second)
    monkeypatch.setattr(sweep, "BATCH", 1)
    together, compare = threading.Barrier(2, timeout=20), sweep.matches_of

    def compare_together(records):
        found = compare(records)
        together.wait()
        return found

    monkeypatch.setattr(sweep, "matches_of", compare_together)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            sweep.sweep()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert failed == []
    assert steps_of(DuplicateCase.objects.get()) == ["find"]
    assert not AwaitingMatch.objects.exists()


def test_a_case_found_about_an_alias_ends_with_the_next_sweep(first, second):
    case = case_of(first, second)
    Person.objects.filter(pk=second.pk).update(merged_into=first)
    sweep.end_merged()
    assert steps_of(case) == ["find", "merged"]


def test_more_than_one_batch_asks_for_another_worker(first, second, monkeypatch):
    wait(first, second)
    asked = []
    monkeypatch.setattr(sweep, "BATCH", 1)
    monkeypatch.setattr(
        "dsp_platform.background.workers.notify", lambda task, codes: asked.append((task, *codes))
    )
    sweep_waiting()
    sweep_matching("waiting")
    assert asked == [("matching.sweep", "waiting")] * 2
