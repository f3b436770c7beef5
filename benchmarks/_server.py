"""The web server as ``dsp_platform.devserver.run`` starts it, for benchmarks that ask it over HTTP."""

import os
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from types import MappingProxyType

from dsp_platform.devserver.processes import free_port, is_ready
from dsp_platform.webserver.server import web_command


@contextmanager
def server(more: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """Its ``HOST:PORT``. ``more``: of its environment."""
    address = f"127.0.0.1:{free_port()}"
    environment = {**os.environ, "LOG_LEVEL": "ERROR", **more}
    process = subprocess.Popen([*web_command(address), "--log-level", "error"], env=environment)
    try:
        if not is_ready(process, partial(_answers, f"http://{address}/healthz")):
            raise RuntimeError("the server did not start")
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=5):
        return True
    return False
