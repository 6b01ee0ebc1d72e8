"""The measurement of the naive peer."""

import sys
from pathlib import Path

from client import Client
from processes import Process, free_port

NAIVE = Path(__file__).with_name("naive.py")

# What a scrape of it is expected to take for each endpoint in addition to the latency, and the longest scrape that is waited for.
OVERHEAD = 0.002
LONGEST = 12
# Scrapes that take longer are repeated only three times.
LONG = 1


def measure_peer(upstream, endpoints, delay, repeat):
    """The durations of its scrapes in seconds, or the expected duration if that is too long."""
    expected = (endpoints + 1) * (delay / 1000 + OVERHEAD)
    if expected > LONGEST:
        return {"not_run": expected}
    port = free_port()
    with Process([sys.executable, str(NAIVE), str(port), upstream.urls["HTTP/1.1"]], port) as process:
        client = Client(process.port)
        client.scrape()
        count = min(repeat, 3) if expected > LONG else repeat
        scrapes = [client.scrape() for _ in range(count)]
        client.close()
    return {"warm": [took for took, _ in scrapes]}
