"""Writes the runs of a repository of Aim as JSON lines, for gemba import: python aim_export.py REPOSITORY > runs.jsonl

Aim keeps its runs in a format of its own inside RocksDB; only the package aim reads it, so it must be installed. The repository is
copied to a temporary folder first, because Aim changes what it opens.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile

BLOCK = 10_000  # points in a line


def write(kind, run, **members):
    print(json.dumps({"aim": kind, "run": run, **members}, default=repr))


def columns(sequence):
    """The steps of a sequence, and its columns: values, epochs, times."""
    steps, (values, epochs, times) = sequence.data.items_list()
    return [list(column) for column in (steps, values, epochs, times)]


def whole(numbers):
    """Numbers as JSON has them: what it does not have as a text."""
    return [n if n is None or n - n == 0 else str(n) for n in numbers]


def points(run, metric):
    steps, values, epochs, times = columns(metric)
    for at in range(0, len(steps), BLOCK):
        part = slice(at, at + BLOCK)
        write("points", run, name=metric.name, context=metric.context.to_dict(), steps=[int(s) for s in steps[part]], values=whole(map(float, values[part])),
              epochs=[None if e is None or e != e else e for e in epochs[part]], times=whole(times[part]))


def export(run, ended):
    hash = run.hash
    try:
        params = run[...]
    except KeyError:
        params = {}
    write("run", hash, name=run.name, experiment=run.experiment, description=run.description, tags=list(run.tags or []), created=run.creation_time, ended=ended,
          archived=bool(run.archived), params=params)
    for metric in run.metrics():
        points(hash, metric)
    for kind in ("texts", "images", "audios", "figures", "distributions"):
        if run.collect_sequence_info(kind).get(kind):
            write("left", hash, what=kind)
    write("end", hash)


def main(repository):
    from aim import Run
    here = pathlib.Path(repository)
    here = here / ".aim" if (here / ".aim").is_dir() else here
    room = tempfile.mkdtemp()
    shutil.copytree(here, pathlib.Path(room) / ".aim", ignore=shutil.ignore_patterns("LOCK", "locks", "progress", "check_ins"))
    for hash in sorted(p.name for p in (here / "meta" / "chunks").iterdir()):
        ended = Run(hash, repo=room, read_only=True).end_time  # opening it to write makes it run again
        export(Run(hash, repo=room, system_tracking_interval=None, log_system_params=False, capture_terminal_logs=False), ended)
    sys.stdout.flush()
    shutil.rmtree(room, ignore_errors=True)
    os._exit(0)  # Aim's threads would go on writing to what is gone


if __name__ == "__main__":
    main(sys.argv[1])
