"""Executes notebooks as nbclient does: execute.py KERNEL FOLDER... Each folder has a notebook.ipynb and gets the executed.ipynb."""
import os
import sys

import nbclient
import nbformat

kernel, *folders = sys.argv[1:]
for folder in folders:
    os.environ["GEMBA_LEDGER"] = os.path.join(folder, ".gemba")
    notebook = nbformat.read(os.path.join(folder, "notebook.ipynb"), as_version=4)
    client = nbclient.NotebookClient(notebook, kernel_name=kernel, timeout=600, startup_timeout=300, iopub_timeout=60, resources={"metadata": {"path": folder}}, allow_errors=True)
    nbformat.write(client.execute(), os.path.join(folder, "executed.ipynb"))
