"""One round with the MLflow client: prints a JSON object of lists of seconds. Arguments: the server's name, and how many runs there are to be
searched; a negative number when an earlier round made them."""

import json
import os
import sys
import time

import requests
from mlflow import MlflowClient
from mlflow.entities import Metric, Param

name, runs = sys.argv[1], int(sys.argv[2])
client, address = MlflowClient(), os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/"
alone = name == "the client alone"
took = {}


def timed(what, times, do):
    for i in range(times):
        start = time.perf_counter()
        do(i)
        took.setdefault(what, []).append(time.perf_counter() - start)


def metrics(key, i):
    return [Metric(f"{key}_{j % 10}", (i * 1000 + j) * 0.1, 1_700_000_000_000 + j, i * 1000 + j) for j in range(1000)]


experiment = client.create_experiment(f"round {time.time_ns()}")
run = client.create_run(experiment).info.run_id
timed("log_metric", 300, lambda i: client.log_metric(run, "loss", 0.1 * i, step=i))
timed("log_batch of 1,000 metrics", 20, lambda i: client.log_batch(run, metrics("batch", i)))

# The same without MLflow's client, whose own time is much of the above: a kept connection, and bytes that are ready.
session = requests.Session()
session.headers["Content-Type"] = "application/json"
bodies = [
    json.dumps({"run_id": run, "metrics": [{"key": m.key, "value": m.value, "timestamp": m.timestamp, "step": m.step} for m in metrics("raw", i)]}).encode()
    for i in range(20)
]


def post(path, body):
    answer = session.post(address + path, data=body)
    answer.raise_for_status()
    return answer.content


timed("log_batch of 1,000 metrics, bare HTTP", 20, lambda i: post("runs/log-batch", bodies[i]))
one = json.dumps({"run_id": run, "run_uuid": run, "key": "raw", "value": 0.25, "timestamp": 1_700_000_000_000, "step": 1}).encode()
timed("log_metric, bare HTTP", 300, lambda i: post("runs/log-metric", one))

for i in range(20):  # with the server that only answers too: what the client did before tells in its own time
    client.log_batch(run, [Metric("history", (i * 1000 + j) * 0.1, 1_700_000_000_000 + i * 1000 + j, i * 1000 + j) for j in range(1000)])
assert len(client.get_metric_history(run, "history")) == 20_000
timed("history of 20,000 points", 3, lambda i: client.get_metric_history(run, "history"))
timed("history of 20,000 points, bare HTTP", 5, lambda i: session.get(address + "metrics/get-history", params={"run_id": run, "metric_key": "history"}).content)


def whole_run(i):
    r = client.create_run(experiment).info.run_id
    client.log_batch(r, [Metric(f"m{j}", j, 1, 0) for j in range(5)], [Param(f"p{j}", str(j)) for j in range(5)])
    client.set_terminated(r)


timed("run with 5 params and 5 metrics", 50, whole_run)

if runs != 0 and not alone and name != "MLflow":
    if runs > 0:
        searched = client.create_experiment("searched")
        for i in range(runs):
            r = json.loads(post("runs/create", json.dumps({"experiment_id": searched, "start_time": 1_700_000_000_000 + i}).encode()))["run"]["info"]["run_id"]
            body = {"run_id": r, "params": [{"key": "lr", "value": str(i % 100)}, {"key": "depth", "value": str(i % 7)}],
                    "metrics": [{"key": "acc", "value": i % 1000 / 1000, "timestamp": 1, "step": 0}, {"key": "loss", "value": 1 / (i + 1), "timestamp": 1, "step": 0}]}
            post("runs/log-batch", json.dumps(body).encode())
    searched = client.get_experiment_by_name("searched").experiment_id
    query = json.dumps({"experiment_ids": [searched], "filter": "metrics.acc > 0.5 AND params.depth = '3'", "order_by": ["metrics.loss ASC"], "max_results": 20}).encode()
    assert len(json.loads(post("runs/search", query))["runs"]) == min(20, max(1, abs(runs) // 14))
    timed(f"search of {abs(runs):,} runs, bare HTTP", 30, lambda i: post("runs/search", query))
json.dump(took, sys.stdout)
