"""Makes what the tests of package imports read, by the real tools: python make.py TOOL FOLDER.

TOOL is one of mlflow (3), wandb, tensorboard, dvclive, aim; each needs its package, tensorboard tensorboardX too.
What is random or tells of the machine is left as the tools make it, but for W&B's telemetry of the host.
"""

import math
import os
import pathlib
import struct
import sys
import zlib


def png():
    """A picture of two by two."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + bytes([255, 0, 0, 0, 255, 0]) for _ in range(2))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def log_to_mlflow(uri, where):
    import mlflow
    from mlflow import MlflowClient
    from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelInput, LoggedModelOutput, Metric, Param, RunTag
    mlflow.set_tracking_uri(uri)
    client = MlflowClient()
    experiment = client.create_experiment("iris", artifact_location=where, tags={"team": "plants", "mlflow.note.content": "# Iris\nTwo lines."})
    gone = client.create_experiment("gone", artifact_location=where and where + "-gone")
    parent = client.create_run(experiment, start_time=1700000000123, run_name="forest", tags={"mlflow.user": "ada", "mlflow.source.name": "fit.py", "mlflow.source.type": "LOCAL"})
    id = parent.info.run_id
    client.log_batch(id,
                     metrics=[Metric("loss", 1 / (1 + i), 1700000000200 + i, i) for i in range(100)]
                     + [Metric("val/acc", v, 1700000001000 + i, i - 1) for i, v in enumerate([0.1, float("nan"), float("inf"), float("-inf"), 1e-308, -0.0, 0.30000000000000004])]
                     + [Metric("again", 1.0, 1700000002000, 5), Metric("again", 1.0, 1700000002000, 5), Metric("again", 2.0, 1700000001999, 4)],
                     params=[Param("lr", "0.010"), Param("depth", "7"), Param("text", "two\nlines, 'quotes': \"and\" ünïcode"), Param("empty", ""), Param("a/b.c d", "x")],
                     tags=[RunTag("note", "good\n"), RunTag("data/kind", "flowers")])
    client.log_inputs(id, datasets=[DatasetInput(Dataset("iris", "d1ge57", "local", '{"uri": "iris.csv"}', '{"columns": []}', '{"num_rows": 150}'), [InputTag("mlflow.data.context", "training")])])
    client.log_text(id, "hello\n", "notes/hello.txt")
    client.log_text(id, "", "empty.txt")
    child = client.create_run(experiment, start_time=1700000005000, tags={"mlflow.parentRunId": id})
    client.set_terminated(child.info.run_id, "FAILED", 1700000006000)
    client.set_terminated(id, "FINISHED", 1700000009456)
    running = client.create_run(experiment, start_time=1700000007000, run_name="still going")
    client.log_metric(running.info.run_id, "loss", 0.5, 1700000007001, 1)
    deleted = client.create_run(experiment, start_time=1700000008000, run_name="put away")
    client.delete_run(deleted.info.run_id)
    client.delete_experiment(gone)
    client.create_run("0", start_time=1700000000000, run_name="of Default")

    client.create_registered_model("flowers", tags={"kind": "forest"}, description="Names flowers.")
    version = client.create_model_version("flowers", where + "/model", id, tags={"checked": "yes"}, description="The first.")
    client.set_registered_model_alias("flowers", "champion", version.version)
    client.transition_model_version_stage("flowers", version.version, "Staging")
    client.create_model_version("flowers", where + "/other", None)
    model = client.create_logged_model(experiment, name="net", source_run_id=id, tags={"size": "small"}, params={"layers": "3"}, model_type="tabular")
    client.finalize_logged_model(model.model_id, "READY")
    client.log_batch(id, metrics=[Metric("acc", 0.75, 1700000003000, 3, model_id=model.model_id, dataset_name="iris", dataset_digest="d1ge57", run_id=id)])
    client.log_outputs(id, [LoggedModelOutput(model.model_id, 3)])
    client.log_inputs(child.info.run_id, models=[LoggedModelInput(model.model_id)])


def mlflow(folder):
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    os.chdir(folder)
    log_to_mlflow("file:" + str(folder / "mlruns"), str(folder / "mlruns" / "iris"))  # an artifact location of its own, inside of the store
    log_to_mlflow("sqlite:///" + str(folder / "mlflow.db"), str(folder / "artifacts"))


def wandb(folder):
    os.environ.update(WANDB_MODE="offline", WANDB_DIR=str(folder), WANDB_SILENT="true", WANDB_CONSOLE="off", WANDB_DISABLE_GIT="true", WANDB_DISABLE_CODE="true")
    import wandb
    run = wandb.init(project="flowers", name="brave-iris-1", group="g1", job_type="train", tags=["a", "b"], notes="A note.\nTwo lines.", id="w4ndb1d0",
                     config={"lr": 0.01, "layers": [3, 4], "net": {"kind": "mlp", "act": "relu"}, "text": "0.10", "flag": True},
                     settings=wandb.Settings(x_disable_stats=True, x_disable_meta=True, username="ada", host="bench", program="fit.py"))
    for i in range(50):
        run.log({"loss": 1 / (1 + i), "eval": {"acc": i / 50}})
    run.log({"odd": float("nan"), "big": float("inf"), "low": float("-inf"), "word": "text", "n": 12345678901234567890}, step=60)
    run.log({"picture": wandb.Image(str(folder / "in.png"), caption="flower"), "table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]]), "hist": wandb.Histogram([1, 2, 3, 3])}, step=61)
    run.summary["best"] = 0.98
    run.config.update({"late": 1})
    (pathlib.Path(run.dir) / "model.txt").write_text("weights " * 100)
    run.save(str(pathlib.Path(run.dir) / "model.txt"), base_path=run.dir)
    run.finish(exit_code=0)


def tensorboard(folder):
    from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
    from tensorboard.plugins.hparams import summary_v2 as hparams
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.util import tensor_util
    import numpy

    def write(name, events):
        writer = EventFileWriter(str(folder / name))
        for e in events:
            writer.add_event(e)
        writer.close()

    def scalar(step, tag, value):
        return event_pb2.Event(wall_time=1700000000.25 + step, step=step, summary=summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, simple_value=value)]))

    def tensor(step, tag, value, plugin, dtype=None):
        v = summary_pb2.Summary.Value(tag=tag, tensor=tensor_util.make_tensor_proto(value, dtype=dtype))
        v.metadata.plugin_data.plugin_name = plugin
        return event_pb2.Event(wall_time=1700000000.5 + step, step=step, summary=summary_pb2.Summary(value=[v]))

    hp = hparams.hparams_pb({"lr": 0.01, "net": "mlp", "deep": True})
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2
    end = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=metadata.SESSION_END_INFO_TAG, metadata=metadata.create_summary_metadata(
        plugin_data_pb2.HParamsPluginData(session_end_info=plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=1700000100))))])
    picture = png()
    write("logs/train", [scalar(i, "loss", 1 / (1 + i)) for i in range(50)]
          + [scalar(50, "odd", float("nan")), scalar(51, "odd", float("inf")), scalar(52, "odd", float("-inf"))]
          + [tensor(i, "acc", numpy.float32(i / 10), "scalars") for i in range(10)]
          + [tensor(i, "double", numpy.float64(i / 3), "scalars") for i in range(3)]
          + [event_pb2.Event(wall_time=1700000000, summary=hp), event_pb2.Event(wall_time=1700000100, summary=end)]
          + [tensor(3, "words", [b"# Title", b"more"], "text")]
          + [tensor(4, "shown", [b"2", b"2", picture], "images")]
          + [event_pb2.Event(wall_time=1700000004, step=4, summary=summary_pb2.Summary(value=[summary_pb2.Summary.Value(
              tag="old/shown", image=summary_pb2.Summary.Image(height=2, width=2, colorspace=3, encoded_image_string=picture))]))]
          + [event_pb2.Event(wall_time=1700000005, step=5, summary=summary_pb2.Summary(value=[summary_pb2.Summary.Value(
              tag="weights", histo=summary_pb2.HistogramProto(min=0, max=1, num=2, sum=1, sum_squares=1, bucket_limit=[0.5, 1], bucket=[1, 1]))]))])
    write("logs/validation", [scalar(i, "loss", 2 / (1 + i)) for i in range(5)])
    from tensorboardX import SummaryWriter
    w = SummaryWriter(str(folder / "logs" / "x"))
    for i in range(20):
        w.add_scalar("loss", math.exp(-i), i, walltime=1700000000 + i)
    w.add_text("note", "from tensorboardX", 0, walltime=1700000000)
    w.close()


def dvclive(folder):
    os.chdir(folder)
    from dvclive import Live
    with Live(str(folder / "dvclive"), save_dvc_exp=False, report=None, dvcyaml=None) as live:
        live.log_params({"lr": 0.01, "net": {"layers": [3, 4], "act": "relu"}, "flag": True, "text": "0.10"})
        for i in range(20):
            live.log_metric("train/loss", 1 / (1 + i), timestamp=True)
            live.log_metric("acc", i / 20)
            live.next_step()
        live.log_metric("nan", float("nan"))
        live.log_image("shown.png", str(folder / "in.png"))
        live.summary["best"] = 0.95
        live.make_summary()


def aim(folder):
    from aim import Run, Text
    run = Run(repo=str(folder), experiment="flowers", system_tracking_interval=None, log_system_params=False)
    run.name, run.description = "brave", "A note."
    run.add_tag("first")
    run["hparams"] = {"lr": 0.01, "layers": [3, 4], "net": {"kind": "mlp"}}
    for i in range(30):
        run.track(1 / (1 + i), name="loss", step=i, epoch=i // 10, context={"subset": "train"})
        run.track(2 / (1 + i), name="loss", step=i, context={"subset": "val"})
    run.track(float("nan"), name="odd", step=1)
    run.track(Text("words"), name="said", step=1)
    run.close()


if __name__ == "__main__":
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2]).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "in.png").write_bytes(png())
    globals()[tool](folder)
    (folder / "in.png").unlink()
