"""The embedded services: recovery, unreadable folders, clear messages."""

import socket

import psycopg
import pytest

from dsp_platform.devserver.postgres import Postgres
from dsp_platform.devserver.processes import (
    STOP_SECONDS,
    EmbeddedError,
    first_ephemeral_port,
    free_port,
    locked,
)
from dsp_platform.devserver.redis import Redis


@pytest.fixture
def home(tmp_path_factory):
    # PostgreSQL runs as another account when the tests run as root: it needs access to the folder.
    folder = tmp_path_factory.mktemp("home")
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(0o755)
    return folder


@pytest.fixture
def postgres(home):
    server = Postgres(home / "postgres", "password-of-tests", free_port(), durable=False)
    yield server
    server.stop()
    server.discard()


def test_a_folder_that_was_half_made_is_made_anew(postgres):
    half = postgres.folder.with_name(postgres.folder.name + ".new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("16")
    postgres.start()
    with psycopg.connect(postgres.url("postgres")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_server_of_a_killed_run_is_stopped_before_a_new_one_starts(postgres):
    postgres.start()
    left_behind = postgres.process
    second = Postgres(postgres.folder, postgres.password, free_port(), durable=False)
    second.start()
    try:
        assert left_behind.wait(STOP_SECONDS) is not None
        psycopg.connect(second.url("postgres")).close()
    finally:
        second.stop()


def test_it_does_not_let_in_without_the_password(postgres):
    postgres.start()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.url("postgres", password="wrong"))


def test_a_server_that_cannot_start_says_where_its_last_words_are(postgres):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", postgres.port))
        taken.listen()
        with pytest.raises(EmbeddedError, match="postgres.log"):
            postgres.start()


def test_no_outgoing_connection_takes_the_port_of_a_server_that_is_started_again():
    with (
        socket.create_server(("127.0.0.1", 0)) as anything,
        socket.create_connection(anything.getsockname()) as outgoing,
    ):
        assert free_port() < first_ephemeral_port() <= outgoing.getsockname()[1]


def test_redis_keeps_its_password_off_the_command_line(home):
    redis = Redis(home / "redis", "password-of-tests", free_port())
    redis.start()
    try:
        assert redis.password not in " ".join(redis.process.args)
    finally:
        redis.stop()


def test_a_second_run_of_the_same_folder_is_refused(home):
    with locked(home), pytest.raises(EmbeddedError, match="already running"), locked(home):
        pass
