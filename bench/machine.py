"""What the figures were measured on: no name, no place, nothing of who measures."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def description() -> dict[str, object]:
    """Processor, cores, memory (MiB), system, Python, and how busy the machine already was."""
    return {
        "processor": _after("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_mib": _memory(),
        "system": _release(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def _after(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _memory() -> int | None:
    words = _after("/proc/meminfo", "MemTotal").split()
    return int(words[0]) // 1024 if words else None


def _release() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()
