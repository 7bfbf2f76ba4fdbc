"""Does with the stock MLflow client what its users do, and checks what comes back. The server is in MLFLOW_TRACKING_URI."""

import math
import os
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

client = MlflowClient()


def refused(code, do, *args, **kwargs):
    try:
        do(*args, **kwargs)
    except MlflowException as e:
        assert e.error_code == code, e
        return str(e)
    raise AssertionError(f"{do} was not refused")


def experiments():
    assert client.get_experiment("0").name == "Default"
    first = client.create_experiment("first", tags={"team": "a"})
    assert first.isdecimal() and client.get_experiment_by_name("first").experiment_id == first
    refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, "first")
    assert client.get_experiment_by_name("nobody") is None
    client.set_experiment_tag(first, "team", "b")
    assert client.get_experiment(first).tags == {"team": "b"}
    client.delete_experiment_tag(first, "team")
    client.rename_experiment(first, "renamed")
    found = client.search_experiments(filter_string="name LIKE 'ren%'")
    assert [e.experiment_id for e in found] == [first], found
    run = client.create_run(first).info.run_id
    client.delete_experiment(first)
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    assert [e.name for e in client.search_experiments(view_type=ViewType.DELETED_ONLY)] == ["renamed"]
    client.restore_experiment(first)
    assert client.get_run(run).info.lifecycle_stage == "active"
    for i in range(7):
        client.create_experiment(f"page {i}")
    names, token = [], None
    while True:
        page = client.search_experiments(filter_string="name LIKE 'page%'", order_by=["name ASC"], max_results=3, page_token=token)
        names += [e.name for e in page]
        token = page.token
        if not token:
            break
    assert names == [f"page {i}" for i in range(7)], names


def runs():
    mlflow.set_experiment("runs")
    with mlflow.start_run(run_name="outer", tags={"kind": "x"}, description="what for") as outer:
        mlflow.log_params({"lr": 0.1, "name": "ü", "long": "x" * 6000})
        mlflow.log_param("lr", 0.1)
        refused("INVALID_PARAMETER_VALUE", client.log_param, outer.info.run_id, "lr", 0.2)
        for step in range(10):
            mlflow.log_metrics({"loss": 1 / (step + 1), "acc": step / 10}, step=step)
        mlflow.log_metric("odd", float("nan"), step=0)
        mlflow.log_metric("odd", float("inf"), step=1)
        mlflow.log_metric("odd", float("-inf"), step=-5)
        mlflow.log_metric("third", 1 / 3)
        with mlflow.start_run(nested=True) as inner:
            mlflow.log_metric("loss", 5)
    got = client.get_run(outer.info.run_id)
    assert got.info.status == "FINISHED" and got.info.run_name == "outer" and got.info.end_time >= got.info.start_time
    assert got.data.params == {"lr": "0.1", "name": "ü", "long": "x" * 6000}, got.data.params
    assert got.data.metrics["loss"] == 0.1 and got.data.metrics["third"] == 1 / 3 and math.isinf(got.data.metrics["odd"])
    assert got.data.tags["kind"] == "x" and got.data.tags["mlflow.note.content"] == "what for"
    assert client.get_run(inner.info.run_id).data.tags["mlflow.parentRunId"] == outer.info.run_id
    values = sorted((m.step, m.value) for m in client.get_metric_history(outer.info.run_id, "odd"))
    assert values[0] == (-5, -math.inf) and math.isnan(values[1][1]) and values[2] == (1, math.inf), values
    assert [m.value for m in client.get_metric_history(outer.info.run_id, "loss")] == [1 / (i + 1) for i in range(10)]
    assert client.get_metric_history(outer.info.run_id, "none") == []
    client.set_tag(outer.info.run_id, "mlflow.runName", "again")
    client.set_tag(outer.info.run_id, "gone", "1")
    client.delete_tag(outer.info.run_id, "gone")
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_tag, outer.info.run_id, "gone")
    got = client.get_run(outer.info.run_id)
    assert got.info.run_name == "again" and "gone" not in got.data.tags
    client.delete_run(inner.info.run_id)
    refused("INVALID_PARAMETER_VALUE", client.log_metric, inner.info.run_id, "loss", 1)
    client.restore_run(inner.info.run_id)
    client.log_metric(inner.info.run_id, "loss", 1)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_run, "0" * 31 + "1")
    with mlflow.start_run(run_id=outer.info.run_id):  # a run can be resumed
        mlflow.log_metric("loss", 0.01, step=10)
    assert client.get_run(outer.info.run_id).data.metrics["loss"] == 0.01
    client.log_batch(outer.info.run_id, [Metric("many", i, 1_700_000_000_000 + i, i) for i in range(1000)], [Param("p", "1")], [RunTag("t", "2")])
    assert len(client.get_metric_history(outer.info.run_id, "many")) == 1000
    client.update_run(inner.info.run_id, status="KILLED", name="inner")
    assert client.get_run(inner.info.run_id).info.status == "KILLED"


def search():
    where = client.create_experiment("search")
    ids = []
    for i in range(12):
        run = client.create_run(where, run_name=f"r{i}", start_time=1_700_000_000_000 + i, tags={"parity": "even" if i % 2 == 0 else "odd"})
        client.log_batch(run.info.run_id, [Metric("acc", i / 12, 1, 0)], [Param("depth", str(i)), Param("kind", "Tree" if i < 6 else "forest")])
        client.set_terminated(run.info.run_id, "FAILED" if i == 3 else "FINISHED")
        ids.append(run.info.run_id)

    def names(filter_string="", order_by=("attributes.start_time ASC",), **kwargs):
        return [r.info.run_name for r in client.search_runs([where], filter_string, order_by=list(order_by), **kwargs)]

    assert names() == [f"r{i}" for i in range(12)]
    assert names(order_by=()) == [f"r{i}" for i in reversed(range(12))]
    assert names("metrics.acc > 0.7") == ["r9", "r10", "r11"]
    assert names("metrics.acc > 0.5 and tags.parity = 'even' and params.kind ILIKE 'FOREST'") == ["r8", "r10"]
    assert names("params.kind LIKE 'T%' and attributes.status != 'FAILED'") == ["r0", "r1", "r2", "r4", "r5"]
    assert names("status = 'FAILED'") == ["r3"]
    assert names("run_name IN ('r1', 'r7')") == ["r1", "r7"]
    assert names(f"attributes.run_id = '{ids[4]}'") == ["r4"]
    assert names("attributes.start_time >= 1700000000010") == ["r10", "r11"]
    assert names(order_by=["metrics.acc DESC"], max_results=2) == ["r11", "r10"]
    assert names("tags.parity = 'odd'", order_by=["params.depth ASC"]) == ["r1", "r11", "r3", "r5", "r7", "r9"] or names("tags.parity = 'odd'", order_by=["params.depth ASC"]) == ["r1", "r3", "r5", "r7", "r9", "r11"]
    wrong = refused("INVALID_PARAMETER_VALUE", names, "metrics.acc >> 1")
    assert "position 14" in wrong, wrong
    client.delete_run(ids[0])
    assert names(run_view_type=ViewType.DELETED_ONLY) == ["r0"]
    seen, token = [], None
    while True:
        page = client.search_runs([where], max_results=5, page_token=token, order_by=["attributes.start_time ASC"])
        seen += [r.info.run_name for r in page]
        token = page.token
        if not token:
            break
    assert seen == [f"r{i}" for i in range(1, 12)], seen
    frame = mlflow.search_runs([where], "metrics.acc > 0.8")
    assert sorted(frame["params.depth"]) == ["10", "11"], frame


def artifacts():
    mlflow.set_experiment("artifacts")
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
        big = os.urandom(3 << 20)
        os.makedirs(f"{folder}/tree/deep")
        for name, content in {"big.bin": big, "tree/a.txt": b"a", "tree/deep/ü b.txt": b"b", "empty": b""}.items():
            with open(f"{folder}/{name}", "wb") as f:
                f.write(content)
        mlflow.log_artifact(f"{folder}/big.bin")
        mlflow.log_artifact(f"{folder}/empty")
        mlflow.log_artifacts(f"{folder}/tree", "tree")
        mlflow.log_dict({"x": 1}, "conf/x.json")
        mlflow.log_text("first", "note.txt")
        mlflow.log_text("second", "note.txt")
        mlflow.log_table(pd.DataFrame({"a": [1, 2]}), "table.json")

        def listed(path=None):
            return [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run.info.run_id, path)]

        assert [p for p, _, _ in listed()] == ["big.bin", "conf", "empty", "note.txt", "table.json", "tree"], listed()
        assert listed()[0] == ("big.bin", False, len(big)) and listed()[1][1]
        assert [p for p, _, _ in listed("tree")] == ["tree/a.txt", "tree/deep"], listed("tree")
        assert listed("tree/a.txt") == []
        got = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, dst_path=f"{folder}/got")
        assert open(f"{got}/big.bin", "rb").read() == big and open(f"{got}/empty", "rb").read() == b""
        assert open(f"{got}/tree/deep/ü b.txt", "rb").read() == b"b"
        assert mlflow.artifacts.load_text(run.info.artifact_uri + "/note.txt") == "second"
        assert mlflow.artifacts.load_dict(run.info.artifact_uri + "/conf/x.json") == {"x": 1}
        assert list(mlflow.load_table("table.json", run_ids=[run.info.run_id])["a"]) == [1, 2]


def autolog():
    mlflow.set_experiment("autolog")
    mlflow.sklearn.autolog(silent=True)
    x, y = load_iris(return_X_y=True, as_frame=True)
    with mlflow.start_run() as run:
        model = LogisticRegression(max_iter=200).fit(x, y)
        model.score(x, y)
    mlflow.sklearn.autolog(disable=True)
    got = client.get_run(run.info.run_id)
    assert got.data.params["max_iter"] == "200" and got.data.metrics["training_accuracy_score"] > 0.9
    assert got.inputs.dataset_inputs and got.outputs.model_outputs, (got.inputs, got.outputs)
    context = got.inputs.dataset_inputs[0].tags[0]
    assert (context.key, context.value) == ("mlflow.data.context", "train"), context
    again = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/model")
    assert (again.predict(x) == model.predict(x)).all()
    logged = client.get_logged_model(got.outputs.model_outputs[0].model_id)
    assert logged.source_run_id == run.info.run_id and logged.status == "READY" and logged.params["max_iter"] == "200"
    assert any(m.key == "training_accuracy_score" for m in logged.metrics or []), logged.metrics
    found = mlflow.search_logged_models([got.info.experiment_id], filter_string="params.max_iter = '200'", output_format="list")
    assert [m.model_id for m in found] == [logged.model_id]
    assert mlflow.search_logged_models([got.info.experiment_id], filter_string="metrics.training_accuracy_score > 2", output_format="list") == []
    assert (mlflow.pyfunc.load_model(f"models:/{logged.model_id}").predict(x) == model.predict(x)).all()


def registry():
    mlflow.set_experiment("registry")
    x, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=200).fit(x, y)
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(model, name="model", registered_model_name="iris", input_example=x[:2], serialization_format="cloudpickle")
    second = mlflow.register_model(info.model_uri, "iris", tags={"a": "b"})
    assert second.version == "2" and second.run_id == run.info.run_id, second
    client.update_registered_model("iris", "flowers")
    client.set_registered_model_tag("iris", "task", "class")
    client.update_model_version("iris", "2", "better")
    client.set_model_version_tag("iris", "2", "gone", "x")
    client.delete_model_version_tag("iris", "2", "gone")
    client.set_registered_model_alias("iris", "champion", "2")
    got = client.get_registered_model("iris")
    assert got.description == "flowers" and got.tags == {"task": "class"} and got.aliases == {"champion": "2"}, got
    best = client.get_model_version_by_alias("iris", "champion")
    assert best.version == "2" and best.description == "better" and best.tags == {"a": "b"} and best.aliases == ["champion"], best
    client.transition_model_version_stage("iris", "1", "Production")
    client.transition_model_version_stage("iris", "2", "Production", archive_existing_versions=True)
    assert client.get_model_version("iris", "1").current_stage == "Archived"
    assert [v.version for v in client.get_latest_versions("iris", ["Production"])] == ["2"]
    for uri in ("models:/iris/1", "models:/iris@champion", "models:/iris/Production", "models:/iris/latest"):
        assert (mlflow.sklearn.load_model(uri).predict(x) == model.predict(x)).all(), uri
    assert {v.version for v in client.search_model_versions(f"name = 'iris' and run_id = '{run.info.run_id}'")} == {"1", "2"}
    assert [m.name for m in client.search_registered_models("name LIKE 'ir%'")] == ["iris"]
    copied = client.copy_model_version("models:/iris@champion", "copy")
    assert (mlflow.pyfunc.load_model(f"models:/copy/{copied.version}").predict(x) == model.predict(x)).all()
    client.delete_registered_model_alias("iris", "champion")
    refused("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, "iris", "champion")
    client.delete_model_version("iris", "1")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, "iris", "1")
    client.rename_registered_model("iris", "flower")
    assert client.get_model_version("flower", "2").description == "better"
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "iris")
    client.delete_registered_model("flower")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "flower")
    again = client.create_registered_model("flower")
    assert not again.tags and not again.latest_versions and not again.description, again


def datasets():
    mlflow.set_experiment("datasets")
    data = mlflow.data.from_numpy(np.arange(6).reshape(3, 2), name="six")
    with mlflow.start_run() as run:
        mlflow.log_input(data, context="training", tags={"k": "v"})
        mlflow.log_input(data, context="training")
    got = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert len(got) == 1 and got[0].dataset.name == "six" and {t.key: t.value for t in got[0].tags}["k"] == "v", got
    assert len(mlflow.search_runs(experiment_names=["datasets"], filter_string="dataset.name = 'six'")) == 1


for topic in sys.argv[1:]:
    globals()[topic]()
