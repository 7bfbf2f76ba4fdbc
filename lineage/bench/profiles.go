//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// profiles measures `gemba profile` beside DuckDB's SUMMARIZE.
func profiles() []measurement {
	return []measurement{
		{name: "profile of a 1 GB CSV file", setup: profileTime},
		{name: "profile of a 1 GB CSV file, memory", unit: "MB", setup: profileMemory},
	}
}

// summarize lets DuckDB tell of a CSV file what `gemba profile` tells.
const summarize = `import duckdb, sys
print(duckdb.sql(f"summarize select * from read_csv('{sys.argv[1]}')").fetchall())`

// makeTable writes a CSV file of ten columns: numbers, times, words, texts with quotes, few and many values.
const makeTable = `import duckdb, sys
db = duckdb.connect()
db.execute("select setseed(0.42)")
db.execute(f"""copy (select i as id, timestamp '2024-01-01' + interval (i) second as at,
    ['north', 'south', 'east', 'west', 'centre'][1 + (hash(i) % 5)::int] as region, round(random() * 1000, 2) as price,
    (random() * 100)::int as quantity, 'customer ' || (hash(i * 7) % 100000) as customer,
    case when random() < 0.02 then null else random() end as score, hash(i * 3) % 2 = 0 as paid,
    date '2020-01-01' + (hash(i * 13) % 1500)::int as due,
    case when i % 1000 = 0 then 'said "hello", and left' else 'note ' || (hash(i) % 1000000) end as note
    from range({sys.argv[2]}) t(i)) to '{sys.argv[1]}' (header)""")`

// rowsOfGigabyte are as many rows of makeTable as 1 GB takes.
const rowsOfGigabyte = 9_470_000

// profilers are gemba and DuckDB, before the same table.
func profilers(ctx context.Context, b *bench, dir string) (gemba, duckdb command, err error) {
	python, err := b.python(ctx, "python")
	if err != nil {
		return gemba, duckdb, err
	}
	path := filepath.Join(dir, "table.csv")
	made := command{arg: []string{python, "-c", makeTable, path, fmt.Sprint(b.scaled(rowsOfGigabyte))}}
	_, err = made.run(ctx)
	return command{arg: []string{b.gemba, "profile", path}}, command{arg: []string{python, "-c", summarize, path}}, err
}

func profileTime(ctx context.Context, b *bench, dir string) ([]contender, error) {
	gemba, duckdb, err := profilers(ctx, b, dir)
	return []contender{{name: "gemba", round: gemba.run}, {"DuckDB's SUMMARIZE", duckdb.run, within(2)}}, err
}

func profileMemory(ctx context.Context, b *bench, dir string) ([]contender, error) {
	gemba, duckdb, err := profilers(ctx, b, dir)
	return []contender{{"gemba", gemba.memory, below(300, "MB")}, {name: "DuckDB's SUMMARIZE", round: duckdb.memory}}, err
}

// memory runs the command and returns how much memory it took at most, in MB.
func (c command) memory(ctx context.Context) (float64, error) {
	cmd := exec.CommandContext(ctx, c.arg[0], c.arg[1:]...)
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("run %s: %w\n%s", cmd, err, out)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, errors.New("the system does not tell a process's memory")
	}
	size := float64(usage.Maxrss)
	if runtime.GOOS == "linux" {
		size *= 1024 // there it is in kilobytes
	}
	return size / 1e6, nil
}
