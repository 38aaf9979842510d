"""The limits of the reading process: of the operating system here, of a Job object on Windows."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

from thal_core.reader import process_limits
from thal_core.sheets.limits import limit


class Win32Job(types.ModuleType):
    """What pywin32 offers of Job objects, remembering what is asked of it."""

    JobObjectExtendedLimitInformation = 9
    JOB_OBJECT_LIMIT_PROCESS_TIME, JOB_OBJECT_LIMIT_PROCESS_MEMORY = 0x2, 0x100

    def __init__(self) -> None:
        super().__init__("win32job")
        self.set: dict = {}
        self.steps: list[str] = []

    def CreateJobObject(self, attributes: object, name: str) -> str:
        self.steps.append("created")
        return "job"

    def QueryInformationJobObject(self, job: str, kind: int) -> dict:
        return {
            "ProcessMemoryLimit": 0,
            "BasicLimitInformation": {"PerProcessUserTimeLimit": 0, "LimitFlags": 0},
        }

    def SetInformationJobObject(self, job: str, kind: int, information: dict) -> None:
        self.steps.append("limited")
        self.set = information

    def AssignProcessToJobObject(self, job: str, process: str) -> None:
        self.steps.append(f"assigned {process}")


def test_on_windows_the_process_puts_itself_into_a_job_that_is_limited_first(monkeypatch):
    job, api = Win32Job(), types.ModuleType("win32api")
    api.GetCurrentProcess = lambda: "this process"
    monkeypatch.setitem(sys.modules, "win32job", job)
    monkeypatch.setitem(sys.modules, "win32api", api)
    monkeypatch.setattr(process_limits.sys, "platform", "win32")
    monkeypatch.setattr(process_limits.time, "process_time", lambda: 2.0)
    process_limits.limit_this_process()
    assert job.steps == ["created", "limited", "assigned this process"]
    assert job.set["ProcessMemoryLimit"] == limit("memory_bytes")
    basic = job.set["BasicLimitInformation"]
    assert basic["PerProcessUserTimeLimit"] == (2 + limit("cpu_seconds")) * 10_000_000
    assert basic["LimitFlags"] == 0x2 | 0x100


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("resource.getrlimit(resource.RLIMIT_AS)[0] == limit('memory_bytes')", "True"),
        (
            "limit('cpu_seconds') <= resource.getrlimit(resource.RLIMIT_CPU)[0] "
            "<= limit('cpu_seconds') + 60",
            "True",
        ),
        ("resource.getrlimit(resource.RLIMIT_CORE)[0]", "0"),
    ],
    ids=["memory", "seconds", "no core file"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="limits of Unix")
def test_limits_of_the_operating_system(code, says):
    program = (
        "import resource; from thal_core.sheets.limits import limit; "
        "from thal_core.reader.process_limits import "
        f"limit_this_process; limit_this_process(); print({code})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == says
