"""The machine, the revision and the binary that a run measures."""

import datetime
import os
import platform
import shutil
import subprocess
from pathlib import Path


def describe(binary, folder):
    return {
        "date": datetime.date.today().isoformat(),
        "revision": revision(),
        "rustc": output("rustc", "--version").split()[1],
        "processor": processor(),
        "processors": os.cpu_count(),
        "memory": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "load": os.getloadavg()[0],
        "binary": stripped_size(binary, folder),
    }


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def revision():
    try:
        return output("git", "describe", "--always", "--dirty", "--exclude=*")
    except (subprocess.CalledProcessError, FileNotFoundError):
        return "unknown"  # not a checkout


def processor():
    fields = [line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines()]
    names = [value.strip() for name, _, value in fields if name.strip() == "model name"]
    return names[0] if names else platform.machine()


def stripped_size(binary, folder):
    copy = folder / "stripped"
    shutil.copy(binary, copy)
    subprocess.run(["strip", copy], check=True)
    size = copy.stat().st_size
    copy.unlink()
    return size
