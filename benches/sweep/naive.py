"""A Prometheus exporter for Runpod as it is usually written: it requests the list of endpoints, then the health of one endpoint
after another, with `requests` and `prometheus_client`. The yardstick of the sweep. Arguments: port, URL of Runpod."""

import sys
import threading

import requests
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily

LIST = "query { myself { endpoints { id name workersMin workersMax } } }"
HEADERS = {"Authorization": "Bearer rpa_benchmark", "User-Agent": "naive/1.0"}


class Runpod:
    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.session.headers.update(HEADERS)

    def collect(self):
        answer = self.session.post(f"{self.url}/graphql", json={"query": LIST}, timeout=60).json()
        families = {}
        for endpoint in answer["data"]["myself"]["endpoints"]:
            labels = [endpoint["id"], endpoint["name"]]
            health = self.session.get(f"{self.url}/v2/{endpoint['id']}/health", timeout=60).json()
            values = {f"jobs_{name}": value for name, value in health["jobs"].items()}
            values |= {f"workers_{name}": value for name, value in health["workers"].items()}
            values |= {"workers_min": endpoint["workersMin"], "workers_max": endpoint["workersMax"]}
            for name, value in values.items():
                if name not in families:
                    families[name] = GaugeMetricFamily(f"naive_{name}", name, labels=["endpoint_id", "endpoint_name"])
                families[name].add_metric(labels, value)
        yield from families.values()


if __name__ == "__main__":
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Runpod(sys.argv[2]))
    start_http_server(int(sys.argv[1]), addr="127.0.0.1", registry=registry)
    threading.Event().wait()
