"""The desk as `python -m desk` serves it, in a process that has the desk loaded already.

To load it takes longer than most of what a browser does with it. One process of the run loads it and is forked for each
test, so that every desk still has memory, connections and signals of its own.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.context import ForkServerProcess

from desk.__main__ import main

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def start(environ: dict[str, str]) -> ForkServerProcess:
    process = _processes.Process(target=_serve, args=(environ,))
    process.start()
    return process


def _serve(environ: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    main()
