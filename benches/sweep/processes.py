"""The processes of a measurement: the exporter, the simulated Runpod, and the TLS server in front of it. Linux only."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from client import Client

HOST = "127.0.0.1"
START_TIMEOUT = 120


def allow_many_files():
    """A connection needs a file, and HTTP/1.1 a connection for each request in flight. Children inherit the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port():
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


def until(condition, what, pause=0.001):
    """Waits for a condition, and returns what it is."""
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(pause)
    raise TimeoutError(f"{what}: nothing after {START_TIMEOUT} s")


class Process:
    """A process that listens on a port. It ends with the `with` block."""

    def __init__(self, command, port, environment=None):
        self.port = port
        self.errors = tempfile.TemporaryFile()
        started = time.perf_counter()
        # In a session of its own, because hitch has a child.
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=self.errors, start_new_session=True)
        until(self.is_listening, command[0], pause=0.0002)
        self.listening_after = time.perf_counter() - started

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.errors.close()

    def is_listening(self):
        if self.process.poll() is not None:
            self.errors.seek(0)
            errors = self.errors.read().decode()
            raise RuntimeError(f"{self.process.args}: exit code {self.process.returncode}: {errors}")
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    def processes(self):
        """This process and its children."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def cpu(self):
        """Processor time since the start in seconds, of all threads, also of those that ended."""
        # The clock of another process: clock_getcpuclockid(3) in Linux.
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self.processes())

    def memory(self):
        """Resident memory in bytes: now, and the maximum since `forget_peak`."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        fields = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
        return int(fields["VmRSS"]) * 1024, int(fields["VmHWM"]) * 1024

    def forget_peak(self):
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")


class Upstream:
    """A simulated Runpod, and a TLS server in front of it that leaves HTTP/2 to it."""

    def __init__(self, binary, endpoints, delay, folder):
        port = free_port()
        command = [binary, "simulate", f"--listen-address={HOST}:{port}", f"--endpoints={endpoints}"]
        command += [f"--pods={endpoints // 5}", f"--delay={delay}ms", "--rest-quota=off", "--log.level=error"]
        self.simulator = Process(command, port)
        self.control = Client(port)
        self.folder, self.front = folder, None
        self.urls = {"HTTP/1.1": f"http://{HOST}:{port}"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.control.close()
        self.simulator.__exit__()
        if self.front:
            self.front.__exit__()

    def serve_tls(self):
        port = free_port()
        # Debian installs it where users other than root do not look.
        hitch = shutil.which("hitch") or "/usr/sbin/hitch"
        command = [hitch, f"--frontend=[{HOST}]:{port}", f"--backend=[{HOST}]:{self.simulator.port}"]
        command += ["--alpn-protos=h2,http/1.1", "--backlog=1024", "--workers=1", "--quiet"]
        command += ["--user=nobody"] if os.geteuid() == 0 else []
        self.front = Process([*command, str(certificate(self.folder))], port)
        self.urls["HTTP/2, TLS"] = f"https://localhost:{port}"

    def cpu(self):
        return self.simulator.cpu() + (self.front.cpu() if self.front else 0)

    def requests(self):
        """The number of requests since the last call."""
        report = self.control.json("GET", "/simulator/traffic")
        self.control.request("DELETE", "/simulator/traffic")
        return sum(report[api]["requests"] for api in ("graphql", "jobs", "rest"))

    def environment(self, protocol):
        """Variables of an exporter that reads this upstream."""
        base = self.urls[protocol]
        return {
            "RUNPOD_API_KEY": "rpa_benchmark",
            "RUNPOD_GRAPHQL_URL": f"{base}/graphql",
            "RUNPOD_JOBS_URL": f"{base}/v2",
            "RUNPOD_REST_URL": f"{base}/rest/v2",
            "SSL_CERT_FILE": str(self.folder / "authority.pem"),
        }


def exporter(binary, upstream, protocol):
    port = free_port()
    command = [binary, f"--web.listen-address={HOST}:{port}", "--log.level=error"]
    return Process(command, port, upstream.environment(protocol))


def certificate(folder):
    """The file with key and certificate for `localhost`, signed by an authority that is made for it."""
    file = folder / "server.pem"
    if not file.exists():
        new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        authority, key, leaf = folder / "authority.pem", folder / "key.pem", folder / "leaf.pem"
        signer = folder / "authority-key.pem"
        run([*new, "-subj", "/CN=bench authority", "-keyout", signer, "-out", authority])
        run([*new, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
             "-CA", authority, "-CAkey", signer, "-keyout", key, "-out", leaf])
        file.write_text(key.read_text() + leaf.read_text())
        file.chmod(0o600)
    return file


def run(command):
    subprocess.run(command, check=True, capture_output=True)
