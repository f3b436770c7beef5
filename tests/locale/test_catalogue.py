from pathlib import Path

from dsp_platform.management.commands.messages import FOLDERS, LANGUAGE
from dsp_platform.messages import extract, problems

ROOT = Path(__file__).resolve().parents[2]


def test_every_string_of_the_code_has_its_khmer() -> None:
    path = ROOT / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
    assert problems(path, LANGUAGE, extract(ROOT, FOLDERS)) == []
