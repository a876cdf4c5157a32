"""What the processor says of itself."""

import os
from pathlib import Path

import pytest

from inspector.machine.processor import has_vnni, processor_name, usable_cores

CORE = "processor\t: 0\nmodel name\t: Acme  Fast 9000 \nflags\t\t: fpu sse avx2 {}\n\n"


def cpu_info(tmp_path: Path, *flags: str) -> Path:
    path = tmp_path / "cpuinfo"
    path.write_text("".join(CORE.format(flag) for flag in flags))
    return path


def test_name_is_that_of_the_first_core(tmp_path: Path) -> None:
    assert processor_name(cpu_info(tmp_path, "", "")) == "Acme Fast 9000"


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("avx512_vnni", True), ("avx_vnni", True), ("avx512_vnni_not", False), ("", False)],
)
def test_vnni_is_told_by_whole_flags(tmp_path: Path, flag: str, *, expected: bool) -> None:
    assert has_vnni(cpu_info(tmp_path, flag)) is expected


def test_machine_that_says_nothing_has_a_name_and_no_vnni(tmp_path: Path) -> None:
    assert processor_name(tmp_path / "none") != ""
    assert has_vnni(tmp_path / "none") is False


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs Linux")
def test_usable_cores_are_those_that_this_process_may_use() -> None:
    allowed = os.sched_getaffinity(0)
    assert usable_cores() == len(allowed)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
