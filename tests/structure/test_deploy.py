"""In production mode the platform is closed by default, and reports missing settings."""

import os
import subprocess
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DSPP_MODE": "production",
    "SECRET_KEY": "q7vJx2Lw9ZkT4mB8sN3cR6yH1fD5gPaKeUoIuXzVtCbMnLjQ0WrE2dFh",
    "DIGEST_KEY": "w8Kd3Rz6Yt1Bn5Mc9Xv2Lp7Jh4Gf0Sa6Qe3Wr8Ty5Ui1Op",
    "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "OFFLINE_KEYS": "UkR5dXc5b1hXYjNrTHE3VnpUMXBObThKczRHaGYyQWM=",
    "ALLOWED_HOSTS": "dspp.example",
    "CONTACT_PHONE": "+855 23 000 000",
    "UPLOADS_FOLDER": "/var/lib/dspp/uploads",
}


def check(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: os.environ[name] for name in ("PATH", "DATABASE_URL", "REDIS_URL", "HOME") if name in os.environ
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=BASE, env={**kept, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_check_deploy_is_clean():
    done = check("--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_a_number_to_call_is_missed():
    """Every warning about a phone or an account names it, instead of the commune office."""
    done = check("--deploy", "--fail-level", "WARNING", **{**PRODUCTION, "CONTACT_PHONE": ""})
    assert done.returncode != 0
    assert "CONTACT_PHONE" in done.stderr


def test_the_demonstration_has_a_number_to_call():
    code = "from dsp_platform import settings; print(settings.CONTACT_PHONE)"
    for mode, number in (("demo", "023 000 000"), ("production", "")):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=BASE, capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], **PRODUCTION, "DSPP_MODE": mode, "CONTACT_PHONE": ""},
        )  # fmt: skip
        assert done.stdout.strip() == number, done.stderr


def test_missing_secrets_are_all_named_at_once():
    done = check(DSPP_MODE="production")
    assert done.returncode != 0
    assert "dspp.E002" in done.stderr
    assert "dspp.E003" in done.stderr
    assert "SECRET_KEY" in done.stderr
    assert "DIGEST_KEY" in done.stderr


def test_a_bad_value_is_named_with_its_variable():
    done = check(**{**PRODUCTION, "DSPP_MODE": "holiday"})
    assert done.returncode != 0
    assert "dspp.E001" in done.stderr
    assert "DSPP_MODE" in done.stderr


def test_attempts_of_a_year_are_kept_whatever_is_set():
    done = check(**PRODUCTION, EXCHANGE_ATTEMPT_MONTHS="6")
    assert done.returncode != 0
    assert "EXCHANGE_ATTEMPT_MONTHS" in done.stderr


def test_a_process_that_signs_in_as_the_owner_is_told():
    owner = {**PRODUCTION, "DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    done = check("--deploy", **owner)
    assert "dspp.E009" in done.stderr


def in_production(program: str) -> str:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | PRODUCTION
    environment["DJANGO_SETTINGS_MODULE"] = "dsp_platform.settings"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=BASE, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_passwords_are_hashed_slowly_and_nothing_is_debugged_in_production():
    told = in_production("from django.conf import settings as s; print(s.PASSWORD_HASHERS[0], s.DEBUG)")
    assert told == "django.contrib.auth.hashers.PBKDF2PasswordHasher False"


def test_cookies_in_production_belong_to_this_host_alone():
    """With the prefix ``__Host-`` browsers reject them without https, or from a sibling host."""
    asked = (
        "from django.conf import settings as s\n"
        "kinds = ('SESSION', 'CSRF', 'LANGUAGE')\n"
        "def each(end): return [getattr(s, f'{kind}_COOKIE_{end}') for kind in kinds]\n"
        "assert s.SECURE_SSL_REDIRECT\n"
        "assert s.SECURE_HSTS_SECONDS >= 31536000 and s.SECURE_HSTS_INCLUDE_SUBDOMAINS\n"
        "assert all(name.startswith('__Host-') for name in each('NAME')), each('NAME')\n"
        "assert all(each('SECURE') + each('HTTPONLY'))\n"
        "assert set(each('SAMESITE')) <= {'Lax', 'Strict'}\n"
        "assert set(each('PATH')) == {'/'} and set(each('DOMAIN')) == {None}\n"
        "assert s.MESSAGE_STORAGE == 'dsp_platform.web.cookies.MessageStorage'\n"
        "print(True)"
    )
    assert in_production(asked) == "True"


def test_a_secret_that_was_not_drawn_at_random_is_refused():
    done = check(**{**PRODUCTION, "DIGEST_KEY": "a" * 60})
    assert done.returncode != 0
    assert "DIGEST_KEY must be drawn at random" in done.stderr


def test_one_secret_for_two_purposes_is_refused():
    for name in ("DIGEST_KEY", "AUDIT_SIGNING_KEY"):
        done = check(**{**PRODUCTION, name: PRODUCTION["SECRET_KEY"]})
        assert done.returncode != 0
        assert "a secret of its own" in done.stderr
