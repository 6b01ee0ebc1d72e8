"""Reads a Runpod account with the official SDK, and prints it as one JSON object.

The environment contains RUNPOD_API_KEY, and for the SDK RUNPOD_API_BASE_URL and RUNPOD_ENDPOINT_BASE_URL. With
RUNPOD_SEND_JOBS_TO, the SDK also sends jobs to this endpoint. Values that the SDK cannot read, or that no account can
have, are errors. The caller compares the output with the expected account.
"""

import json
import os
import sys

import runpod
from runpod.error import AuthenticationError

WORKER_STATES = {"idle", "initializing", "ready", "running", "throttled", "unhealthy"}
JOB_STATES = {"completed", "failed", "inProgress", "inQueue", "retried"}


def check(condition, what):
    # Not an assert statement, which python -O skips.
    if not condition:
        sys.exit(f"{what}")


def count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def read_endpoints():
    endpoints = runpod.get_endpoints()
    check(endpoints, "the SDK saw no endpoints")
    for endpoint in endpoints:
        check(endpoint["id"] and endpoint["name"], f"an endpoint without id or name: {endpoint}")
        check(endpoint["type"] in {"QB", "LB"}, f"{endpoint['id']}: type {endpoint['type']!r}")
        check(0 <= endpoint["workersMin"] <= endpoint["workersMax"], f"{endpoint['id']}: its worker limits")
    return [endpoint["id"] for endpoint in endpoints]


def read_health(endpoint_id):
    health = runpod.Endpoint(endpoint_id).health()
    for part, states in (("jobs", JOB_STATES), ("workers", WORKER_STATES)):
        missing = states - health[part].keys()
        check(not missing, f"{endpoint_id}: health has no {part} {sorted(missing)}")
        check(all(map(count, health[part].values())), f"{endpoint_id}: {part} are not counts: {health}")
    return health


def send_jobs(endpoint_id):
    endpoint = runpod.Endpoint(endpoint_id)
    job = endpoint.run({"prompt": "hi"})
    check(job.status() in {"IN_QUEUE", "IN_PROGRESS", "COMPLETED"}, f"a new job is {job.status()}")
    output = job.output(timeout=60)
    check(output and job.status() == "COMPLETED", f"{job.job_id}: {job.status()} without an output")
    chunks = list(job.stream())
    check(chunks == output, f"{job.job_id}: {len(chunks)} chunks differ from the output")
    check(job.cancel()["status"] == "COMPLETED", "a finished job was canceled")
    check(endpoint.run_sync({"prompt": "hi"}, timeout=60), "a synchronous job has no output")
    canceled = endpoint.run({"input": {"prompt": "hi"}})
    check(canceled.cancel()["status"] == "CANCELLED", "a queued job was not canceled")
    check(canceled.status() == "CANCELLED", "a canceled job has another status")
    purged = endpoint.purge_queue()
    check(count(purged["removed"]) and purged["status"] == "completed", f"the queue was not purged: {purged}")
    return job.job_id


def read_pods():
    pods = runpod.get_pods()
    check(pods, "the SDK saw no pods")
    for pod in pods:
        check(pod["imageName"] and pod["desiredStatus"].isupper(), f"a pod without image or status: {pod}")
        check(pod["costPerHr"] >= 0 and pod["memoryInGb"] > 0, f"{pod['id']}: its price or memory")
    first = runpod.get_pod(pods[0]["id"])
    check(first["name"] == pods[0]["name"], "a pod by id differs from the list")
    return [pod["id"] for pod in pods]


def read_gpus():
    gpus = runpod.get_gpus()
    check(gpus, "the SDK saw no GPU types")
    for gpu in gpus:
        check(gpu["displayName"] and gpu["memoryInGb"] > 0, f"a GPU type without name or memory: {gpu}")
    first = runpod.get_gpu(gpus[0]["id"])
    check(first["securePrice"] > 0 and first["lowestPrice"].keys(), f"a GPU type without a price: {first}")
    return [gpu["id"] for gpu in gpus]


def rejects_another_key():
    try:
        runpod.get_pods(api_key="rpa_another")
    except AuthenticationError:
        return True
    return False


def main():
    runpod.api_key = os.environ["RUNPOD_API_KEY"]
    endpoints = read_endpoints()
    account = {
        "version": runpod.__version__,
        "account": runpod.get_user()["id"],
        "endpoints": endpoints,
        "healths": {endpoint_id: read_health(endpoint_id) for endpoint_id in endpoints},
        "pods": read_pods(),
        "gpus": read_gpus(),
        "rejects_another_key": rejects_another_key(),
    }
    if "RUNPOD_SEND_JOBS_TO" in os.environ:
        account["job"] = send_jobs(os.environ["RUNPOD_SEND_JOBS_TO"])
    json.dump(account, sys.stdout)


if __name__ == "__main__":
    main()
