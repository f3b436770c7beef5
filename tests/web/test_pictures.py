"""The drawings of life situations and of help, by the names of their files."""

from django.conf import settings

from dsp_platform.web.pictures import PICTURES


def test_every_drawing_has_words():
    drawn = {path.stem for path in (settings.BASE_DIR / "templates" / "pictures").glob("*.svg")}
    assert drawn == PICTURES.keys()
