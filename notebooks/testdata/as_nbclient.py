"""Says what nbclient makes of iopub messages, as nbformat writes it, and of widgets what it tells the kernel.

Reads {name: [[cell index, message type, content, buffers], ...]} from stdin and prints {name: {"Notebook": text of a
notebook with as many cells as there are, "Told": the last content of each
comm in each cell}}, with consecutive chunks of one stream joined, as front ends do.
"""

import copy
import json
import sys
from types import SimpleNamespace

import nbformat
from nbclient import NotebookClient


def notebook(messages):
    cells = 1 + max(index for index, *_ in messages)
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(id=f"cell-{i}") for i in range(cells)])
    client = NotebookClient(nb, record_timing=False)
    client.reset_execution_trackers()
    told = {}  # the last of each comm in each cell
    session = SimpleNamespace(msg=lambda kind, content, parent, metadata: told.update({(last, content["comm_id"]): copy.deepcopy(content)}))
    client.kc = SimpleNamespace(session=session, shell_channel=SimpleNamespace(send=lambda _: None))
    last = -1
    for index, kind, content, buffers in messages:
        if index != last:
            client.clear_before_next_output = False
        last = index
        header = {"msg_type": kind}
        message = {"msg_type": kind, "header": header, "parent_header": {"msg_id": str(index)}, "content": content,
                   "buffers": [b.encode() for b in buffers]}
        client.process_message(message, nb.cells[index], index)
    for cell in nb.cells:
        cell.outputs = joined(cell.outputs)
    client.set_widgets_metadata()
    return {"Notebook": nbformat.writes(nb) + "\n", "Told": list(told.values()) or None}


def joined(outputs):
    kept = []
    for output in outputs:
        both_streams = kept and kept[-1].output_type == output.output_type == "stream"
        if both_streams and kept[-1].name == output.name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


json.dump({name: notebook(messages) for name, messages in json.load(sys.stdin).items()}, sys.stdout)
