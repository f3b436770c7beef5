"""House rules: short files, current migrations, consumed tasks, safe templates."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from dsp_platform.celery import app

BASE = Path(__file__).resolve().parents[2]
LONGEST = 400


def tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *(f"*{ending}" for ending in endings)],
        cwd=BASE, capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    return [BASE / name for name in listed if name and (BASE / name).exists()]


def test_no_file_is_longer_than_400_lines():
    long = {
        str(path.relative_to(BASE)): lines
        for path in tracked(".py", ".html", ".js", ".css", ".sql")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LONGEST
    }
    assert not long


def test_migrations_are_current(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_task_of_beat_exists():
    app.loader.import_default_modules()
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert wanted <= set(app.tasks)


def test_the_configuration_passes_its_checks(db):
    call_command("check", fail_level="WARNING")


def test_templates_never_switch_escaping_off():
    unsafe = re.compile(r"\|\s*safe\b|autoescape off|\|\s*safeseq\b")
    assert not [path.name for path in tracked(".html") if unsafe.search(path.read_text())]


def test_the_main_button_of_a_page_of_the_admin_is_drawn_as_one():
    """The style sheet of the admin knows ``default`` of inputs, and of what is a ``button`` too."""
    bare = re.compile(r'<button[^>]*class="default\b')
    assert not [path.name for path in tracked(".html") if bare.search(path.read_text())]


def test_no_line_of_a_template_is_longer_than_140_characters():
    assert not [
        f"{path.relative_to(BASE)}:{number}"
        for path in tracked(".html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 140
    ]


def test_templates_are_formatted():
    paths = [str(path) for path in tracked(".html")]
    command = [Path(sys.executable).with_name("djade"), "--target-version", "5.2", "--check", *paths]
    checked = subprocess.run(command, cwd=BASE, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


def test_templates_hold_no_inline_script_or_style():
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", re.IGNORECASE)
    assert not [path.name for path in tracked(".html") if inline.search(path.read_text())]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_holds_hashes_and_no_address(name: str):
    text = (BASE / name).read_text()
    assert "--hash=sha256:" in text
    assert not re.search(r"https?://|file://|--index-url|--find-links|--extra-index", text)
