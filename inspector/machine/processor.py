"""What this machine computes with: its name, its cores, what they can do."""

import os
import platform
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")  # Linux; elsewhere there is none
_VNNI_FLAGS = frozenset({"avx512_vnni", "avx_vnni"})


def processor_name(cpu_info: Path = _CPU_INFO) -> str:
    """What the processor calls itself; the same on every start."""
    names = _values(cpu_info, "model name")
    return names[0] if names else platform.processor() or platform.machine() or "unknown"


def has_vnni(cpu_info: Path = _CPU_INFO) -> bool:
    """Whether sums of products of bytes are exact here.

    Processors without VNNI add two products of bytes into 16 bits, which is too few for weights of
    8 bits. False where it cannot be told.
    """
    return any(_VNNI_FLAGS & set(flags.split()) for flags in _values(cpu_info, "flags"))


def usable_cores() -> int:
    """Cores that this process may use, which a container can make fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _values(cpu_info: Path, key: str) -> list[str]:
    try:
        lines = cpu_info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    pairs = (line.partition(":") for line in lines)
    return [" ".join(value.split()) for name, _, value in pairs if name.strip() == key]
