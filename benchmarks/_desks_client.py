"""Asks pages over kept connections: ``python -m benchmarks._desks_client HOST:PORT CONNECTIONS``.

Standard input is JSON: a list of requests, each with ``path``, ``cookie`` and, for a POST, ``body``,
and may have ``accept``. Prints the milliseconds of each answer as a JSON list. An answer that is neither a
page nor a redirect ends it.
"""

import http.client
import json
import sys
import threading
import time
from queue import Empty, SimpleQueue
from typing import Any


def ask(address: str, waiting: "SimpleQueue[dict[str, Any]]", taken: list[float], faults: list[str]) -> None:
    connection = http.client.HTTPConnection(address, timeout=60)
    while not faults:
        try:
            one = waiting.get_nowait()
        except Empty:
            return
        headers = {"Cookie": one["cookie"], "Accept": one.get("accept", "text/html")}
        if "body" in one:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        connection.request("POST" if "body" in one else "GET", one["path"], one.get("body"), headers)
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - started) * 1000)
        if answer.status not in (200, 302):
            faults.append(f"{one['path']} answered {answer.status}")


def main(address: str, connections: str) -> None:
    waiting: SimpleQueue[dict[str, Any]] = SimpleQueue()
    requests = json.load(sys.stdin)
    for one in requests:
        waiting.put(one)
    taken: list[float] = []
    faults: list[str] = []
    threads = [
        threading.Thread(target=ask, args=(address, waiting, taken, faults)) for _ in range(int(connections))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults or len(taken) != len(requests):
        sys.exit("\n".join(faults) or "a connection was lost")
    print(json.dumps(taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
