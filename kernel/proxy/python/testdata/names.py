"""Tells what sources bind and use: cells, a JSON array of texts, on standard input; the folder of the hook's files as argument."""

from __future__ import annotations

import json
import sys

namespace: dict = {}
with open(sys.argv[1] + "/names.py") as f:
    exec(compile(f.read(), "names.py", "exec"), namespace)

found = []
for source in json.load(sys.stdin):
    names = namespace["Names"]()
    tree = compile(source, "cell", "exec", 0x400 | 0x2000, True)
    for statement in tree.body:
        names.statement(statement)
    seeds = [f"{call}={value}" for call, value in names.seeds]
    found.append("bound %s; used %s; modules %s; seeds %s" % tuple(
        ",".join(part) for part in (sorted(names.bound), names.external(), sorted(names.modules), seeds)))
json.dump(found, sys.stdout)
