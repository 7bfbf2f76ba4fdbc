"""Makes notebooks of what ledgers have of them, as nbclient would of the same messages: recorded.py GEMBA FOLDER...

Each folder has a notebook.ipynb and the ledger of one execution of it, and gets the recorded.ipynb.
"""
import json
import os
import subprocess
import sys

import nbclient
import nbformat


def ask(folder, *words):
    ledger = os.path.join(folder, ".gemba")
    return json.loads(subprocess.run([gemba, "--ledger", ledger, *words, "--json"], check=True, stdout=subprocess.PIPE).stdout)


def recorded(folder):
    notebook = nbformat.read(os.path.join(folder, "notebook.ipynb"), as_version=4)
    client = nbclient.NotebookClient(notebook, record_timing=False)
    client.reset_execution_trackers()
    executions = [entry for entry in reversed(ask(folder, "log")) if entry["kind"] == "cell"]
    for index, (cell, execution) in enumerate(zip(notebook.cells, executions, strict=True)):
        shown = ask(folder, "show", execution["id"])
        cell.source, cell.execution_count = shown["source"], shown["count"]
        client.clear_before_next_output = False
        for output in shown["outputs"]:
            header = {"msg_type": output["type"]}
            client.process_message({"header": header, "parent_header": {"msg_id": "x"}, **header, "content": output["content"]}, cell, index)
        cell.execution_count = shown["count"]
    return notebook


if __name__ == "__main__":
    gemba, *folders = sys.argv[1:]
    for folder in folders:
        nbformat.write(recorded(folder), os.path.join(folder, "recorded.ipynb"))
