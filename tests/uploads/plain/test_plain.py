"""What phones write into a recording beside the sound does not stay in it."""

import pytest

from dsp_platform.uploads.plain.errors import MOST_PARTS, NotPlain
from dsp_platform.uploads.plain.recordings import PLAIN, plain_recording
from dsp_platform.uploads.recordings import EXTENSIONS, recording_of
from tests.uploads.recordings import (
    AAC,
    MP3,
    RECORDINGS,
    WITH_PLACE,
    checksum,
    comments,
    m4a,
    ogg,
    ogg_page,
    track,
    wav,
    webm,
)


def test_each_kind_that_is_taken_is_made_plain():
    assert PLAIN.keys() == EXTENSIONS.keys() == RECORDINGS.keys()
    # Frames of sound alone, which have no place for it.
    assert RECORDINGS.keys() - WITH_PLACE.keys() == {"audio/amr"}


@pytest.mark.parametrize(("media", "content"), WITH_PLACE.items())
def test_place_device_and_title_are_taken_out(media, content):
    assert recording_of(content) == media
    plain = plain_recording(content, media)
    for words in (b"103.2022", b"Sok Dara", b"Ta Krei", b"\xe0\1\2\3"):
        assert words not in plain
    assert recording_of(plain) == media


@pytest.mark.parametrize(("media", "content"), RECORDINGS.items())
def test_a_plain_one_stays_as_it_came(media, content):
    assert plain_recording(content, media) == content


@pytest.mark.parametrize("media", ["audio/mp4", "audio/3gpp", "audio/ogg", "audio/webm"])
def test_the_sound_stays_where_it_was(media):
    content = WITH_PLACE[media]
    plain = plain_recording(content, media)
    sound = {"audio/ogg": b"\3" * 200, "audio/webm": b"\4" * 300}.get(media, b"\1" * 500)
    assert len(plain) == len(content)
    assert plain.index(sound) == content.index(sound)


def test_tags_before_and_after_the_sound_are_cut_off():
    assert plain_recording(WITH_PLACE["audio/mpeg"], "audio/mpeg") == MP3
    assert plain_recording(WITH_PLACE["audio/aac"], "audio/aac") == AAC


@pytest.mark.parametrize(
    ("head", "tags"), [(b"OpusHead", b"OpusTags"), (b"\x01vorbis", b"\x03vorbis"), (b"Speex   ", b"")]
)
def test_pages_of_ogg_keep_a_true_checksum(head, tags):
    plain = plain_recording(ogg(comments(b"TITLE=x" * 90), head, tags), "audio/ogg")
    at = plain.index(b"OggS", 4)
    page = plain[at : plain.index(b"OggS", at + 4)]
    assert checksum(page[:22] + bytes(4) + page[26:]).to_bytes(4, "little") == page[22:26]
    assert page[27 + page[26] :].startswith(tags + bytes(8))


def test_the_length_of_a_wav_that_was_never_written():
    live = wav().replace(b"data\x2c\1\0\0", b"data\xff\xff\xff\xff")
    assert plain_recording(live, "audio/wav") == wav()


@pytest.mark.parametrize(
    ("media", "content"),
    [
        ("audio/mp4", m4a(tracks=track() + track(b"vide"))),
        ("audio/mp4", m4a(tracks=track() + track(b"meta"))),  # places along the time
        ("audio/mp4", m4a(tracks=b"")),
        ("audio/mp4", m4a()[:-3]),
        ("audio/webm", webm(kind=1)),
        ("audio/webm", webm()[:60]),
        ("audio/ogg", ogg_page(0, b"\x80theora" + bytes(30), 2) + ogg()),
        ("audio/ogg", ogg()[:40] + b"x" + ogg()[40:]),
        ("audio/wav", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0"),
    ],
)
def test_films_and_what_cannot_be_told_are_refused(media, content):
    with pytest.raises(NotPlain):
        plain_recording(content, media)


@pytest.mark.parametrize("media", RECORDINGS)
def test_no_broken_file_ends_it_otherwise(media):
    whole = WITH_PLACE.get(media, RECORDINGS[media])
    for at in range(0, len(whole), 7):
        for broken in (
            whole[:at],
            whole[:at] + b"\xff" + whole[at + 1 :],
            whole[:at] + b"\0" + whole[at + 1 :],
        ):
            try:
                plain_recording(broken, media)
            except NotPlain:
                continue


# Of a packet that goes on in the next page.
FULL_PAGE = b"OggS\0\0" + bytes(8) + b"\7\0\0\0" + bytes(8) + b"\xff" * 256 + bytes(255 * 255)
TAGS = (b"APETAGEX" + bytes(24), b"TAG" + bytes(125))


@pytest.mark.parametrize(
    ("media", "content"),
    [
        *(("audio/mpeg", MP3 + tag * 11) for tag in TAGS),
        ("audio/ogg", ogg()[: len(ogg_page(0, b"OpusHead\1\1" + bytes(9), 2))] + FULL_PAGE * 17),
        ("audio/webm", b"\x1aE\xdf\xa3\x84webm" + b"\xec\x80" * (MOST_PARTS + 1)),
        ("audio/mp4", m4a() + b"\0\0\0\x08free" * MOST_PARTS),
    ],
)
def test_a_file_that_is_built_to_cost_time_is_refused(media, content):
    with pytest.raises(NotPlain):
        plain_recording(content, media)


@pytest.mark.parametrize("tag", TAGS)
def test_a_few_tags_one_after_the_other_are_cut_off(tag):
    assert plain_recording(MP3 + tag * 3, "audio/mpeg") == MP3
