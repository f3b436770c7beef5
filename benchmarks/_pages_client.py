"""A browser that only asks: ``python -m benchmarks._pages_client HOST:PORT PATH COOKIE SECONDS``.

Four kept connections, each asking again as soon as it has the answer. Prints requests per second.
"""

import http.client
import sys
import threading
import time

CONNECTIONS = 4


def ask(address: str, path: str, cookie: str, end: float, counts: list[int]) -> None:
    connection = http.client.HTTPConnection(address, timeout=30)
    headers = {"Cookie": cookie} if cookie else {}
    count = 0
    while time.perf_counter() < end:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        count += 1
    counts.append(count)


def main(address: str, path: str, cookie: str, seconds: str) -> None:
    counts: list[int] = []
    started = time.perf_counter()
    end = started + float(seconds)
    threads = [
        threading.Thread(target=ask, args=(address, path, cookie, end, counts)) for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) != CONNECTIONS:
        sys.exit(1)
    print(sum(counts) / (time.perf_counter() - started))


if __name__ == "__main__":
    main(*sys.argv[1:])
