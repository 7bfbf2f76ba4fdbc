"""Executes notebooks as a Jupyter client does: execute.py nbclient|papermill KERNEL FOLDER...

Each folder has a notebook.ipynb, is where its kernel starts, and gets the executed.ipynb.
"""
import json
import os
import sys

import nbclient
import nbformat
import papermill
import zmq
from jupyter_client.asynchronous.client import AsyncZMQSocketChannel

PARAMETERS = {"rate": 0.5, "name": "Grace é", "sizes": [3, None, {"deep": True}]}


def wake_after_sending():
    """Lets a channel see what arrived while it sent.

    Session.send goes past the event loop, and may take from it the one sign that a reply is there. nbclient sends
    the states of Output widgets while it waits for a cell's reply, and waited for ever in one of five executions.
    """
    send = AsyncZMQSocketChannel.send

    def sends(channel, message):
        send(channel, message)
        channel.socket.get(zmq.EVENTS)

    AsyncZMQSocketChannel.send = sends


def with_nbclient(kernel, folder):
    notebook = nbformat.read(os.path.join(folder, "notebook.ipynb"), as_version=4)
    client = nbclient.NotebookClient(notebook, kernel_name=kernel, record_timing=False, startup_timeout=300, iopub_timeout=60, resources={"metadata": {"path": folder}})
    return client.execute()


def with_papermill(kernel, folder):
    path = os.path.join(folder, "notebook.ipynb")
    return papermill.execute_notebook(path, None, PARAMETERS, kernel_name=kernel, cwd=folder, progress_bar=False,
                                      start_timeout=300)


def written(notebook):
    """The text of a notebook, the states of its widgets in the order in which they were made."""
    text = nbformat.writes(notebook)
    for kind in notebook.metadata.get("widgets", {}).values():
        for number, model in enumerate(kind["state"]):
            text = text.replace(model, f"{number:032x}")
    return json.dumps(json.loads(text), sort_keys=True)


if __name__ == "__main__":
    wake_after_sending()
    client, kernel, *folders = sys.argv[1:]
    for folder in folders:
        os.environ["GEMBA_LEDGER"] = os.path.join(folder, ".gemba")
        notebook = {"nbclient": with_nbclient, "papermill": with_papermill}[client](kernel, folder)
        with open(os.path.join(folder, "executed.ipynb"), "w", encoding="utf-8") as file:
            file.write(written(notebook))
