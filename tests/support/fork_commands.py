"""`tessera` imported once: each command is a fork of this process.

A line of JSON asks for one: its arguments, its environment, and the files that are its
three streams. The answer is a line with the exit status. The fork has a session of its
own, as a command of a service has: no terminal is there to ask at.
"""

import gc
import json
import os
import sys
from collections.abc import Sequence
from io import FileIO, TextIOWrapper

from sync_server.commands import main


def become(arguments: Sequence[str], environ: dict[str, str], streams: str) -> None:
    """Be the command, in a fork, until it ends."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    sys.stdin = _stream(0, FileIO(f"{streams}.in"))
    sys.stdout = _stream(1, FileIO(f"{streams}.out", "w"))
    sys.stderr = _stream(2, FileIO(f"{streams}.err", "w"))
    try:
        status = main(arguments)
    except SystemExit as ended:  # As argparse ends where it printed help, or misuse.
        status = int(ended.code or 0)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # To take what was imported down would cost more than the command.


def _stream(number: int, file: FileIO) -> TextIOWrapper:
    os.dup2(file.fileno(), number)
    return TextIOWrapper(os.fdopen(number, file.mode, closefd=False), "utf-8")


def serve() -> None:
    """Fork for each line, until standard input ends."""
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            become(**json.loads(line))
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
