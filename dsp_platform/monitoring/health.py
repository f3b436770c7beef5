"""``/healthz``: this process answers. ``/readyz``: it can also do its work.

Public, unlimited and also over plain HTTP: an answer is cheap and reveals nothing secret.
"""

import time
from threading import Lock

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

CACHE_SECONDS = 2


class Readiness:
    """Cached per process. One thread checks; meanwhile the others use the last result."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        self._parts: dict[str, bool] | None = None
        self._until = 0.0
        self._is_migrated = False

    def parts(self) -> dict[str, bool]:
        known = self._parts
        if known is not None and (time.monotonic() < self._until or self._lock.locked()):
            return known
        with self._lock:
            if self._parts is None or time.monotonic() >= self._until:
                parts = {"database": _database(), "redis": _redis()}
                # Checked until it is true: a new version is a new process.
                self._is_migrated = self._is_migrated or (parts["database"] and _migrations())
                self._parts = {**parts, "migrations": parts["database"] and self._is_migrated}
                self._until = time.monotonic() + CACHE_SECONDS
            return self._parts


readiness = Readiness()


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """503 when a part is missing; the body names the part and never a host or a credential."""
    parts = readiness.parts()
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def _redis() -> bool:
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
        return bool(client.ping())
    except redis.RedisError:
        return False
