import pytest
from django.core.management import CommandError, call_command

from registry.areas import services
from registry.areas.gazetteer import GazetteerEntry, edition_from, packaged_edition
from registry.models import Area

PROVINCE = GazetteerEntry("01", "បន្ទាយមានជ័យ", "Banteay Meanchey")
DISTRICT = GazetteerEntry("0102", "មង្គលបូរី", "Mongkol Borei")


def test_the_packaged_edition_is_the_whole_country():
    entries, left_out = packaged_edition()
    levels = [entry.level for entry in entries]
    assert levels.count("province") == 25
    assert levels.count("district") == 210
    assert levels.count("village") > 14_400
    assert left_out < 100


def test_every_place_has_a_code_of_its_own_below_its_parent():
    entries, _ = packaged_edition()
    codes = {entry.code for entry in entries}
    assert len(codes) == len(entries)
    assert all(entry.parent in codes for entry in entries if entry.level != "province")


def test_loading_again_changes_nothing(db):
    assert services.load_areas(entries=[PROVINCE, DISTRICT]).changed == 2
    assert services.load_areas(entries=[PROVINCE, DISTRICT]).changed == 0
    area = Area.objects.get(code="0102")
    assert (area.parent_id, area.key_latin) == ("01", "mangkalbara")


def test_a_new_edition_renames_ends_and_brings_back(db):
    services.load_areas(entries=[PROVINCE, DISTRICT])
    loaded = services.load_areas(entries=[GazetteerEntry("01", "បន្ទាយមានជ័យ", "Banteay Mean Chey")])
    assert (loaded.changed, loaded.ended) == (1, 1)
    assert Area.objects.get(code="0102").valid_to is not None
    services.load_areas(entries=[PROVINCE, DISTRICT])
    assert Area.objects.get(code="0102").valid_to is None


def test_keys_made_in_another_way_are_made_again(db):
    services.load_areas(entries=[PROVINCE, DISTRICT])
    Area.objects.update(key_latin="old")
    assert services.load_areas(entries=[PROVINCE, DISTRICT]).changed == 2
    assert Area.objects.get(code="01").key_latin == "bantamanca"


def test_an_edition_from_a_file(tmp_path):
    file = tmp_path / "edition.csv"
    file.write_text("code,name_km,name_latin\n01,ក,A\n0102,ខ,B\n0305,គ,C\n01,ឃ,D\n", encoding="utf-8")
    entries, left_out = edition_from(file)
    assert ([entry.code for entry in entries], left_out) == (["01", "0102"], 2)


def test_a_file_that_is_no_edition_changes_nothing(db, tmp_path):
    file = tmp_path / "edition.csv"
    file.write_text("something,else\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("load_areas", "--file", str(file))
