"""Fills a new store of MLflow's, an SQLite file with its tables made, with the runs that come as lines of JSON. Its own way in takes hours."""

import json
import sqlite3
import sys
from typing import Any, Dict, Iterable, Iterator, List, Tuple

Row = Tuple[Any, ...]

TABLES = {
    "runs": "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,"
            " source_version, lifecycle_stage, artifact_uri, experiment_id)"
            " VALUES (?, ?, 'UNKNOWN', '', '', ?, 'FINISHED', ?, ?, '', 'active', ?, 1)",
    "tags": "INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)",
    "params": "INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)",
    "metrics": "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, 1, 0)",
    "latest_metrics": "INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, 1, 0)",
}


def rows(run: Dict[str, Any]) -> Iterator[Tuple[str, List[Row]]]:
    """A run's rows, by table."""
    id, end = run["id"], run["ended"]
    yield "runs", [(id, run["name"], run["user"], run["started"], end, "mlflow-artifacts:/1/" + id + "/artifacts")]
    yield "tags", [("mlflow.runName", run["name"], id), ("mlflow.user", run["user"], id)]
    yield "params", [(key, value, id) for key, value in run["params"].items()]
    metrics: List[Row] = [(key, value, end, id) for key, value in run["metrics"].items()]
    yield "metrics", metrics
    yield "latest_metrics", metrics


def fill(db: sqlite3.Connection, lines: Iterable[str]) -> None:
    """Indexes are made when all is there, which is faster than to keep them as they grow."""
    indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _ in indexes:
        db.execute(f'DROP INDEX "{name}"')
    db.execute("INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)"
               " VALUES (1, 'many', 'mlflow-artifacts:/1', 'active', 0, 0)")
    gathered: Dict[str, List[Row]] = {table: [] for table in TABLES}
    for line in lines:
        for table, some in rows(json.loads(line)):
            gathered[table] += some
    for table, insert in TABLES.items():
        db.executemany(insert, sorted(gathered.pop(table)))
    for _, sql in indexes:
        db.execute(sql)
    db.commit()


def main() -> None:
    db = sqlite3.connect(sys.argv[1])
    for pragma in "journal_mode = OFF", "synchronous = OFF", "cache_size = -400000":
        db.execute("PRAGMA " + pragma)
    fill(db, sys.stdin)
    db.execute("PRAGMA journal_mode = DELETE")
    db.close()


if __name__ == "__main__":
    main()
