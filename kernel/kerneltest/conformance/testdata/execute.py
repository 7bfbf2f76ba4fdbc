"""Executes notebooks with one kernel: execute.py KERNEL DIR NOTEBOOK… writes DIR/NOTEBOOK with outputs.

Every cell is executed, also behind one that failed.
"""
import pathlib
import sys

import nbformat
from nbclient import NotebookClient

kernel, out, *paths = sys.argv[1:]
for path in map(pathlib.Path, paths):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, kernel_name=kernel, timeout=600, startup_timeout=300, iopub_timeout=60, allow_errors=True, resources={"metadata": {"path": out}})
    client.execute()
    nbformat.write(notebook, pathlib.Path(out) / path.name)
