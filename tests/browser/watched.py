"""``python -m tests.browser.watched SCRIPT LOG …``: ``streamlit run SCRIPT …``, with every address
that the process turns to written into LOG, and, for a line on standard input, how many things that
hold the sheet of that name are in its memory.
"""

from __future__ import annotations

import gc
import sys
import threading


def main() -> None:
    script, log, *settings = sys.argv[1:]
    written = open(log, "a", buffering=1)  # noqa: SIM115 - as long as the process

    def watch(event: str, given: tuple[object, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            written.write(f"{event} {given[1] if event != 'socket.getaddrinfo' else given[0]}\n")

    sys.addaudithook(watch)
    threading.Thread(target=_answer, daemon=True).start()
    from streamlit.web import cli

    sys.argv = ["streamlit", "run", script, *settings]
    cli.main()


def _answer() -> None:
    for line in sys.stdin:
        print(f"held {sum(_name_of(o) == line.strip() for o in gc.get_objects())}", flush=True)


def _name_of(thing: object) -> str:
    """The file name of what holds a person's sheet: the upload, what is open, the cohort and its
    frames; else empty.
    """
    kind = type(thing).__name__
    holder = thing.provenance if kind == "Cohort" else thing  # type: ignore[attr-defined]
    names = {"Loaded": "filename", "Cohort": "filename", "UploadedFileRec": "name"}
    return str(getattr(holder, names[kind])) if kind in names else ""


if __name__ == "__main__":
    main()
