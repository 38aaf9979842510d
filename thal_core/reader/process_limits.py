"""What the reading process may use: memory and seconds of processor time, set by the operating
system.
"""

from __future__ import annotations

import contextlib
import sys
import time

from thal_core.sheets.limits import limit

_GRACE = 5  # seconds between the signal that ends the process and the one that nothing survives


def limit_this_process() -> None:
    """From here on: memory and CPU seconds of rules/limits.csv. What was used before does not
    count.
    """
    if sys.platform == "win32":
        _limit_by_job()
        return
    import resource

    memory, seconds = int(limit("memory_bytes")), int(time.process_time() + limit("cpu_seconds"))
    for what, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, seconds, seconds + _GRACE),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # an outer, lower limit stays
            resource.setrlimit(what, (soft, hard))


def _limit_by_job() -> None:
    """Windows: the process puts itself into a Job object of its own, which holds the same two
    limits.
    """
    import win32api
    import win32job

    job = win32job.CreateJobObject(None, "")
    limits = win32job.QueryInformationJobObject(job, win32job.JobObjectExtendedLimitInformation)
    seconds = time.process_time() + limit("cpu_seconds")
    limits["ProcessMemoryLimit"] = int(limit("memory_bytes"))
    limits["BasicLimitInformation"]["PerProcessUserTimeLimit"] = int(
        seconds * 10_000_000
    )  # of 100 ns
    limits["BasicLimitInformation"]["LimitFlags"] |= (
        win32job.JOB_OBJECT_LIMIT_PROCESS_MEMORY | win32job.JOB_OBJECT_LIMIT_PROCESS_TIME
    )
    win32job.SetInformationJobObject(job, win32job.JobObjectExtendedLimitInformation, limits)
    win32job.AssignProcessToJobObject(job, win32api.GetCurrentProcess())
    _JOBS.append(job)  # the limits hold as long as the handle is open


_JOBS: list[object] = []
