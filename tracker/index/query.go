package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// newest and oldest are the two orders of answers: by time, then journal, then entry, so that equal
// ledgers answer in equal order however their index came about.
const (
	newest = " ORDER BY started DESC, journal DESC, entry DESC"
	oldest = " ORDER BY time, journal, entry"
)

const cellColumns = `id, session, journal, entry, status, started, finished, count, cell_id, notebook, silent, source, source_size,
	wall_ns, build_ns, run_ns, user_cpu_ns, system_cpu_ns, max_rss, reused, backend, error_name, error_value, declarations, names, program, go_mod, go_sum, redactions, redacted,
	messages, output_bytes, output_sha256, truncated, dropped_bytes`

func scanCell(rows *sql.Rows) (c Cell, err error) {
	err = rows.Scan(into(&c.ID), into(&c.Session), into(&c.Journal), &c.Entry, &c.Status, at(&c.Started), at(&c.Finished),
		&c.Count, &c.CellID, &c.Notebook, &c.Silent, into(&c.Source), &c.SourceSize,
		&c.Wall, &c.Build, &c.Run, &c.UserCPU, &c.SystemCPU, &c.MaxRSS, &c.Reused, &c.Backend, &c.ErrorName,
		into(&c.ErrorValue), into(&c.Declarations), into(&c.Names), into(&c.Program), into(&c.GoMod), into(&c.GoSum), &c.Redactions, &c.Redacted,
		&c.Messages, &c.OutputBytes, &c.OutputSHA256, &c.Truncated, &c.DroppedBytes)
	return c, err
}

// Cells returns the cell executions that f chooses, newest first.
func (x *Index) Cells(ctx context.Context, f Filter) ([]Cell, error) {
	where, args := f.where()
	query := "SELECT " + cellColumns + " FROM cells" + where + newest
	if f.Limit > 0 {
		query, args = query+" LIMIT ?", append(args, f.Limit)
	}
	return collect(ctx, x, scanCell, query, args...)
}

// Count returns how many cell executions f chooses; its limit does not count.
func (x *Index) Count(ctx context.Context, f Filter) (int, error) {
	where, args := f.where()
	n, err := collect(ctx, x, scanInt, "SELECT count(*) FROM cells"+where, args...)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

func (f Filter) where() (string, []any) {
	var conditions []string
	var args []any
	add := func(condition string, values ...any) {
		conditions, args = append(conditions, condition), append(args, values...)
	}
	switch {
	case len(f.Session) == idDigits:
		add("session = ?", f.Session)
	case f.Session != "":
		add("session >= ? AND session < ?", f.Session, after(f.Session))
	}
	if f.Notebook != "" {
		add("instr(notebook, ?) > 0", f.Notebook)
	}
	if f.Status != "" {
		add("status = ?", string(f.Status))
	}
	if !f.Since.IsZero() {
		add("started >= ?", timeText(f.Since))
	}
	if conditions == nil {
		return "", nil
	}
	return " WHERE " + strings.Join(conditions, " AND "), args
}

// idDigits is how long a whole id is.
const idDigits = 2 * len(tracker.ID{})

// after returns a text behind all ids that begin with prefix: "g" comes after the digits.
func after(prefix string) string { return prefix + "g" }

// Cell returns the cell execution with an id.
func (x *Index) Cell(ctx context.Context, id tracker.ID) (Cell, error) {
	return one(ctx, x, scanCell, id, "SELECT "+cellColumns+" FROM cells WHERE id = ?"+newest+" LIMIT 1", id.String())
}

const sessionColumns = `id, journal, status, started, ended, end_reason, engine, engine_version, gemba, notebook, dir, host, user, pid, command`

func scanSession(rows *sql.Rows) (s Session, err error) {
	err = rows.Scan(into(&s.ID), into(&s.Journal), &s.Status, at(&s.Started), at(&s.Ended), &s.EndReason,
		&s.Engine, &s.EngineVersion, &s.Gemba, &s.Notebook, &s.Dir, &s.Host, &s.User, &s.PID, &s.Command)
	return s, err
}

// Sessions returns all sessions, newest first.
func (x *Index) Sessions(ctx context.Context) ([]Session, error) {
	return collect(ctx, x, scanSession, "SELECT "+sessionColumns+" FROM sessions"+newest)
}

// Session returns the session with an id.
func (x *Index) Session(ctx context.Context, id tracker.ID) (Session, error) {
	return one(ctx, x, scanSession, id, "SELECT "+sessionColumns+" FROM sessions WHERE id = ?"+newest+" LIMIT 1", id.String())
}

// Outputs returns the batches of a cell execution's outputs, in the order in which they were shown.
func (x *Index) Outputs(ctx context.Context, cell tracker.ID) ([]Batch, error) {
	scan := func(rows *sql.Rows) (o Batch, err error) {
		err = rows.Scan(at(&o.Time), into(&o.Digest), &o.Size, &o.Count, &o.Tail)
		return o, err
	}
	return collect(ctx, x, scan, "SELECT time, digest, size, count, tail FROM outputs WHERE execution = ? ORDER BY journal, entry", cell.String())
}

// Gaps returns what is known to be missing from the record of a cell execution or a session, or of
// the whole ledger when id is zero.
func (x *Index) Gaps(ctx context.Context, id tracker.ID) ([]Gap, error) {
	scan := func(rows *sql.Rows) (g Gap, err error) {
		err = rows.Scan(into(&g.Session), into(&g.Execution), at(&g.Time), &g.Reason, at(&g.Since), &g.Events, &g.Bytes)
		return g, err
	}
	return collect(ctx, x, scan, "SELECT session, execution, time, reason, since, events, bytes FROM gaps WHERE ? IN ('', session, execution)"+oldest, id.String())
}

// Interruptions returns who interrupted a cell execution, or anything in a session, or in the whole
// ledger when id is zero.
func (x *Index) Interruptions(ctx context.Context, id tracker.ID) ([]Interruption, error) {
	scan := func(rows *sql.Rows) (i Interruption, err error) {
		err = rows.Scan(into(&i.Session), into(&i.Execution), at(&i.Time), &i.By)
		return i, err
	}
	return collect(ctx, x, scan, `SELECT session, execution, time, "by" FROM interrupts WHERE ? IN ('', session, execution)`+oldest, id.String())
}

// Problems returns the journals that could not be projected to their end.
func (x *Index) Problems(ctx context.Context) ([]Problem, error) {
	scan := func(rows *sql.Rows) (p Problem, err error) {
		err = rows.Scan(into(&p.Journal), &p.Entry, &p.Reason)
		return p, err
	}
	return collect(ctx, x, scan, "SELECT id, entries + 1, problem FROM journals WHERE problem <> '' ORDER BY id")
}

// Entries returns how many entries are projected, and of how many journals.
func (x *Index) Entries(ctx context.Context) (entries, journals int, err error) {
	err = x.db.QueryRowContext(ctx, "SELECT coalesce(sum(entries), 0), count(*) FROM journals").Scan(&entries, &journals)
	return entries, journals, err
}

// candidates is how many ids an Ambiguous error lists at most.
const candidates = 20

// Find returns what is recorded under an id or its leading digits. Its errors are ErrNotFound and
// *Ambiguous.
func (x *Index) Find(ctx context.Context, prefix string) (Match, error) {
	prefix = strings.ToLower(prefix)
	if prefix == "" || strings.Trim(prefix, "0123456789abcdef") != "" {
		return Match{}, fmt.Errorf("find id %q: %w: ids are hexadecimal digits", prefix, ErrNotFound)
	}
	scan := func(rows *sql.Rows) (m Match, err error) { err = rows.Scan(into(&m.ID), &m.Kind); return m, err }
	matches, err := collect(ctx, x, scan, `SELECT DISTINCT id, 'cell' FROM cells WHERE id >= ?1 AND id < ?2
		UNION SELECT DISTINCT id, 'session' FROM sessions WHERE id >= ?1 AND id < ?2
		UNION SELECT DISTINCT id, 'snapshot' FROM snapshots WHERE id >= ?1 AND id < ?2
		UNION SELECT id, 'run' FROM runs WHERE id >= ?1 AND id < ?2
		UNION SELECT id, 'experiment' FROM experiments WHERE id >= ?1 AND id < ?2 ORDER BY 1 LIMIT ?3`, prefix, after(prefix), candidates)
	switch {
	case err != nil:
		return Match{}, err
	case len(matches) == 0:
		return Match{}, fmt.Errorf("find id %s: %w", prefix, ErrNotFound)
	case len(matches) > 1:
		return Match{}, &Ambiguous{prefix, matches}
	}
	return matches[0], nil
}

// Blob returns the bytes of a blob, verified.
func (x *Index) Blob(d tracker.Digest) ([]byte, error) { return x.ledger.Blob(d) }

// Blobs returns the store of the blobs that entries name.
func (x *Index) Blobs() *blob.Store { return x.ledger.Blobs() }

// collect runs a query and scans all its rows.
func collect[T any](ctx context.Context, x *Index, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	return collectInto(ctx, x, nil, scan, query, args...)
}

// collectInto is collect where it is known about how many rows there are: it appends to all.
func collectInto[T any](ctx context.Context, x *Index, all []T, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := x.ask(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("query index: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("query index: %w", err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("query index: %w", err)
	}
	return all, nil
}

// one is collect for the one row with an id.
func one[T any](ctx context.Context, x *Index, scan func(*sql.Rows) (T, error), id tracker.ID, query string, args ...any) (T, error) {
	var none T
	all, err := collect(ctx, x, scan, query, args...)
	if err != nil {
		return none, err
	}
	if len(all) == 0 {
		return none, fmt.Errorf("find id %s: %w", id.Short(), ErrNotFound)
	}
	return all[0], nil
}

func scanInt(rows *sql.Rows) (n int, err error) { err = rows.Scan(&n); return n, err }

// into scans text into a value that knows how to read it: an id or a digest.
func into(v interface{ UnmarshalText([]byte) error }) sql.Scanner {
	return scanner(func(text string) error { return v.UnmarshalText([]byte(text)) })
}

// at scans a time.
func at(t *time.Time) sql.Scanner {
	return scanner(func(text string) (err error) {
		if text != "" {
			*t, err = time.Parse(timeLayout, text)
		}
		return err
	})
}

type scanner func(string) error

func (s scanner) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return errors.New("want text")
	}
	return s(text)
}
