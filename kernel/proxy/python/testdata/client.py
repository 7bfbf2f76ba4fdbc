"""Starts a real kernel and executes cells in it: one line of JSON in, one out."""

from __future__ import annotations

import json
import sys
import time

from jupyter_client.manager import start_new_kernel


def main() -> None:
    manager, client = start_new_kernel(startup_timeout=300, kernel_name="python3", cwd=sys.argv[1])
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            outputs: list = []
            if asked.pop("kills", False):
                client.execute(**asked)
                while manager.is_alive():
                    time.sleep(0.02)
                print(json.dumps({"dead": "the cell ended the kernel"}), flush=True)
                break
            reply = client.execute_interactive(output_hook=outputs.append, timeout=180, allow_stdin=False, **asked)
            texts = [o["content"].get("text") or o["content"].get("data", {}).get("text/plain") or "\n".join(o["content"].get("traceback", []))
                     for o in outputs if o["msg_type"] in ("stream", "execute_result", "error", "display_data")]
            print(json.dumps({"id": reply["parent_header"]["msg_id"], "status": reply["content"]["status"], "text": "".join(texts)}), flush=True)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


main()
