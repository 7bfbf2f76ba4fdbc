"""Says what nbclient makes of iopub messages, as nbformat writes it.

Reads {name: [[cell index, message type, content], ...]} from stdin and prints {name: text of a
notebook with as many cells as there are}, with consecutive chunks of one stream joined, as front ends do.
"""

import json
import sys

import nbformat
from nbclient import NotebookClient


def notebook(messages):
    cells = 1 + max(index for index, _, _ in messages)
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(id=f"cell-{i}") for i in range(cells)])
    client = NotebookClient(nb, record_timing=False)
    client.reset_execution_trackers()
    last = -1
    for index, kind, content in messages:
        if index != last:
            client.clear_before_next_output = False
        last = index
        header = {"msg_type": kind}
        message = {"msg_type": kind, "header": header, "parent_header": {"msg_id": "x"}, "content": content}
        client.process_message(message, nb.cells[index], index)
    for cell in nb.cells:
        cell.outputs = joined(cell.outputs)
    return nbformat.writes(nb) + "\n"


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
