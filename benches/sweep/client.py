"""HTTP clients: one scraper, and many that scrape at the same moment."""

import gzip
import http.client
import json
import threading
import time

# Prometheus's scrape timeout, as the exporter sees it.
TIMEOUT = 60
SCRAPE = {"Accept": "text/plain;version=0.0.4", "X-Prometheus-Scrape-Timeout-Seconds": str(TIMEOUT)}


class Client:
    """One connection, which stays open."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)

    def close(self):
        self.connection.close()

    def request(self, method, path, headers=None):
        self.connection.request(method, path, headers=headers or {})
        response = self.connection.getresponse()
        return response.status, response.read()

    def json(self, method, path):
        status, body = self.request(method, path)
        assert status == 200, (path, status)
        return json.loads(body)

    def scrape(self, encoding="gzip"):
        """The duration of a scrape in seconds, and its body."""
        started = time.perf_counter()
        status, body = self.request("GET", "/metrics", SCRAPE | {"Accept-Encoding": encoding})
        took = time.perf_counter() - started
        assert status == 200, f"a scrape was answered with {status}"
        return took, body


def text(body):
    return gzip.decompress(body).decode()


def endpoints_in(body):
    """The number of endpoints whose queue is in a response."""
    return sum(line.startswith("runpod_queue_depth{") for line in text(body).splitlines())


class Crowd:
    """Scrapers that start together, each with its own connection."""

    def __init__(self, port, size):
        self.clients = [Client(port) for _ in range(size)]
        for client in self.clients:
            client.request("GET", "/-/healthy")

    def close(self):
        for client in self.clients:
            client.close()

    def scrape(self):
        """The duration of each scrape in seconds."""
        together, durations = threading.Barrier(len(self.clients)), []

        def one(client):
            together.wait()
            durations.append(client.scrape()[0])

        threads = [threading.Thread(target=one, args=(client,)) for client in self.clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(durations) == len(self.clients), "a scraper failed; see above"
        return durations
