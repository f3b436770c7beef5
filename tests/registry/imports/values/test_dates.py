"""Dates as the databases of operators have them."""

import pytest

from registry.imports.values.dates import read_date, read_parts


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("1990-05-20", "1990-05-20"),
        ("1990-05-20 00:00:00", "1990-05-20"),
        ("1990-05-20T07:00:00Z", "1990-05-20"),
        ("20/05/1990", "1990-05-20"),
        ("20.5.1990", "1990-05-20"),
        ("1990/5/20", "1990-05-20"),
        ("20-May-1990", "1990-05-20"),
        ("May 20, 1990", "1990-05-20"),
        ("19900520", "1990-05-20"),
        ("20051990", "1990-05-20"),
        ("២០/០៥/១៩៩០", "1990-05-20"),
        ("ថ្ងៃទី២០ ខែឧសភា ឆ្នាំ១៩៩០", "1990-05-20"),
        ("២០ កញ្ញា ១៩៩០", "1990-09-20"),
        ("05/1990", "1990-05"),
        ("1990-05", "1990-05"),
        ("ឧសភា ១៩៩០", "1990-05"),
        ("00/05/1990", "1990-05"),
        ("1990", "1990"),
        ("1990.0", "1990"),
        ("00/00/1990", "1990"),
        ("\u200b20/05/1990\u200b ", "1990-05-20"),
    ],
)
def test_a_date_is_read_in_every_shape(cell, read):
    found = read_date(cell)
    assert (str(found.date), found.code) == (read, "")


@pytest.mark.parametrize(
    ("cell", "read", "code"),
    [
        ("33013", "1990-05-20", "date_serial"),
        ("33013.0", "1990-05-20", "date_serial"),
        ("20/05/2533", "1990-05-20", "date_buddhist"),
        ("២៥៣៣", "1990", "date_buddhist"),
        ("05/20/1990", "1990-05-20", "date_other_order"),
    ],
)
def test_what_was_read_otherwise_than_it_stands_is_told(cell, read, code):
    found = read_date(cell)
    assert (str(found.date), found.code) == (read, code)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", ""),
        ("0000-00-00", ""),
        ("N/A", ""),
        ("គ្មាន", ""),
        ("20/05/90", "date_short_year"),
        ("31/02/1990", "date_impossible"),
        ("about 1990", "date_unreadable"),
        ("70000", "date_unreadable"),
        ("20/May/Jun/1990", "date_unreadable"),
        ("1990-05-20-01", "date_unreadable"),
    ],
)
def test_what_is_no_date_is_not_guessed(cell, code):
    assert read_date(cell) == (None, code)


def test_the_mapping_says_what_comes_first():
    assert str(read_date("03/04/1990").date) == "1990-04-03"
    assert str(read_date("03/04/1990", month_first=True).date) == "1990-03-04"


def test_the_first_of_january_may_stand_for_the_year():
    assert str(read_date("01/01/1990", january_first_is_year=True).date) == "1990"
    assert str(read_date("02/01/1990", january_first_is_year=True).date) == "1990-01-02"


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        (("1990", "5", "20"), "1990-05-20"),
        (("១៩៩០", "ឧសភា", "២០"), "1990-05-20"),
        (("1990.0", "5.0", ""), "1990-05"),
        (("1990", "", ""), "1990"),
    ],
)
def test_a_date_may_stand_in_three_cells(parts, read):
    assert str(read_parts(*parts).date) == read
