"""Profiles tables with DuckDB: judge.py FOLDER. Copies every table into FOLDER as CSV, JSON lines and Parquet and prints
for each file and column a line of JSON."""
import duckdb, importlib.util, json, os, sys

folder, penguins = sys.argv[1:3]
data = os.path.join(importlib.util.find_spec("vega_datasets").submodule_search_locations[0], "_data")
tables = {name: f"'{path}'" for name, path in [
    ("penguins", penguins), ("weather", f"{data}/seattle-weather.csv"), ("airports", f"{data}/airports.csv"),
    ("employment", f"{data}/us-employment.csv")]}
tables["made"] = """(select i as id, hash(i) % 100000 / 8.0 as price, (hash(i * 3) % 1000)::int as n, hash(i * 5) % 7 = 0 as ok,
    timestamp '2024-01-01' + interval (i) minute as at, case when i % 10 > 0 then 'name ' || hash(i * 7) % 20000 end as name
    from range(200000) t(i))"""
db = duckdb.connect()
for table, source in tables.items():
    for form, options in [("csv", "format csv, header"), ("jsonl", "format json"), ("parquet", "format parquet")]:
        file = f"{table}.{form}"
        db.execute(f"copy (select * from {source}) to '{folder}/{file}' ({options})")
        read = "read_json" if form == "jsonl" else "read_" + form
        rows = f"{read}('{folder}/{file}')"
        for name, kind, least, most, _, mean, std, _, _, _, count, _ in db.execute(f"summarize select * from {rows}").fetchall():
            column = '"' + name.replace('"', '""') + '"'
            values, distinct = db.execute(f"select count({column}), count(distinct {column}) from {rows}").fetchone()
            quantiles = None
            if kind in ("BIGINT", "DOUBLE", "INTEGER", "HUGEINT", "UBIGINT"):
                quantiles = db.execute(f"select quantile_cont({column}::double, [0.05, 0.25, 0.5, 0.75, 0.95]) from {rows}").fetchone()[0]
                if kind == "DOUBLE":
                    least, most = db.execute(f"select min({column}), max({column}) from {rows}").fetchone()
            print(json.dumps({"file": file, "column": name, "type": kind, "rows": count, "values": values, "distinct": distinct,
                              "min": str(least), "max": str(most), "mean": mean and str(mean), "std": std and str(std), "quantiles": quantiles}))
