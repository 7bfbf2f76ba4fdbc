"""Logs five scalars a step with a Python library, and prints what each step took: PEER FOLDER STEPS."""

import json
import os
import sys
import time


def wandb_logger(folder):
    import wandb

    run = wandb.init(mode="offline", dir=folder, project="bench", settings=wandb.Settings(silent=True))
    return lambda values, step: run.log(values, step=step), run.finish


def aim_logger(folder):
    from aim import Run

    run = Run(repo=folder, system_tracking_interval=None, log_system_params=False, capture_terminal_logs=False)

    def log(values, step):
        for name, value in values.items():
            run.track(value, name=name, step=step)

    return log, run.close


def mlflow_logger(folder):
    import mlflow

    mlflow.set_tracking_uri("sqlite:///" + os.path.join(folder, "m.db"))
    mlflow.set_experiment("bench")
    mlflow.start_run()
    return lambda values, step: mlflow.log_metrics(values, step=step), mlflow.end_run


def gemba_logger(folder):
    os.environ["GEMBA_LEDGER"] = folder
    import gemba

    run = gemba.start()
    return run.metrics, run.end


LOGGERS = {
    "gemba from Python": gemba_logger, "W&B offline": wandb_logger, "Aim": aim_logger, "MLflow on SQLite": mlflow_logger,
}


def main():
    peer, folder, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.chdir(folder)
    log, finish = LOGGERS[peer](folder)
    took = []
    start = time.perf_counter_ns()
    for step in range(steps):
        begin = time.perf_counter_ns()
        x = 0.5 * step
        log({"loss": x, "accuracy": x + 1, "learning_rate": x + 2, "grad_norm": x + 3, "throughput": x + 4}, step)
        took.append(time.perf_counter_ns() - begin)
    finish()
    total = time.perf_counter_ns() - start
    took.sort()
    print(json.dumps({"p50": took[len(took) // 2], "p99": took[len(took) * 99 // 100], "total": total, "steps": steps}))


main()
