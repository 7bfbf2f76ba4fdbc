"""Starts a real kernel and executes cells in it: one line of JSON in, one out."""

from __future__ import annotations

import json
import sys

from jupyter_client.manager import start_new_kernel


def main() -> None:
    manager, client = start_new_kernel(kernel_name="python3", cwd=sys.argv[1])
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            outputs: list = []
            try:
                reply = client.execute_interactive(output_hook=outputs.append, timeout=120, allow_stdin=False, **asked)
            except Exception as error:  # the kernel is gone, or says nothing
                print(json.dumps({"dead": str(error)}), flush=True)
                continue
            texts = [o["content"].get("text") or o["content"].get("data", {}).get("text/plain") or "\n".join(o["content"].get("traceback", []))
                     for o in outputs if o["msg_type"] in ("stream", "execute_result", "error", "display_data")]
            print(json.dumps({"id": reply["parent_header"]["msg_id"], "status": reply["content"]["status"], "text": "".join(texts)}), flush=True)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


main()
