package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Environments returns the environments of a session, oldest first: one, unless it could not be known at once.
func (x *Index) Environments(ctx context.Context, session tracker.ID) ([]Environment, error) {
	scan := func(rows *sql.Rows) (e Environment, err error) {
		err = rows.Scan(into(&e.Session), at(&e.Time), into(&e.Environment))
		return e, err
	}
	return collect(ctx, x, scan, "SELECT session, time, environment FROM environments WHERE session = ?"+oldest, session.String())
}

// CodeStates returns the code states of a cell execution.
func (x *Index) CodeStates(ctx context.Context, execution tracker.ID) ([]CodeState, error) {
	scan := func(rows *sql.Rows) (c CodeState, err error) {
		var tags, flags []byte
		err = rows.Scan(into(&c.Session), into(&c.Execution), at(&c.Time), &c.Repository, &c.Commit, &c.Branch, &c.Remote,
			&tags, &flags, &c.Dirty, into(&c.Changes), &c.Missing)
		if err == nil {
			err = errors.Join(json.Unmarshal(tags, &c.Tags), json.Unmarshal(flags, &c.Flags))
		}
		return c, err
	}
	return collect(ctx, x, scan, `SELECT session, execution, time, repository, "commit", branch, remote, tags, flags, dirty, changes, missing
		FROM code_states WHERE execution = ?`+oldest, execution.String())
}

// Commit is a commit that cells ran on.
type Commit struct {
	Repository string // the folder where it was
	Commit     string
	Journal    tracker.ID
}

// Commits returns the commits that cells ran on, once for each journal.
func (x *Index) Commits(ctx context.Context) ([]Commit, error) {
	scan := func(rows *sql.Rows) (c Commit, err error) {
		err = rows.Scan(&c.Repository, &c.Commit, into(&c.Journal))
		return c, err
	}
	return collect(ctx, x, scan, `SELECT DISTINCT repository, "commit", journal FROM code_states WHERE "commit" <> '' ORDER BY 1, 2, 3`)
}

// Observations returns what was observed of a cell execution.
func (x *Index) Observations(ctx context.Context, execution tracker.ID) ([]Observation, error) {
	scan := func(rows *sql.Rows) (o Observation, err error) {
		err = rows.Scan(into(&o.Session), into(&o.Execution), at(&o.Time), into(&o.Observed), &o.Read, &o.Written, &o.Processes, &o.Hosts, &o.Missing)
		return o, err
	}
	return collect(ctx, x, scan, `SELECT session, execution, time, observed, read, written, processes, hosts, missing
		FROM observations WHERE execution = ?`+oldest, execution.String())
}

const snapshotColumns = `id, journal, entry, session, execution, started, name, path, tree, files, bytes, profile, checks, failed,
	owner, source, licence, sensitive, missing`

func scanSnapshot(rows *sql.Rows) (s Snapshot, err error) {
	err = rows.Scan(into(&s.ID), into(&s.Journal), &s.Entry, into(&s.Session), into(&s.Execution), at(&s.Started), &s.Name, &s.Path,
		into(&s.Tree), &s.Files, &s.Bytes, into(&s.Profile), into(&s.Checks), &s.Failed,
		&s.Owner, &s.Source, &s.Licence, &s.Sensitive, &s.Missing)
	return s, err
}

// Snapshots returns all snapshots, newest first; those with a name only, unless it is empty.
func (x *Index) Snapshots(ctx context.Context, name string) ([]Snapshot, error) {
	return collect(ctx, x, scanSnapshot, "SELECT "+snapshotColumns+" FROM snapshots WHERE ? IN ('', name)"+newest, name)
}

// SnapshotsOf returns the snapshots that a cell execution took, newest first.
func (x *Index) SnapshotsOf(ctx context.Context, execution tracker.ID) ([]Snapshot, error) {
	return collect(ctx, x, scanSnapshot, "SELECT "+snapshotColumns+" FROM snapshots WHERE execution = ?"+newest, execution.String())
}

// Snapshot returns the snapshot with an id.
func (x *Index) Snapshot(ctx context.Context, id tracker.ID) (Snapshot, error) {
	return one(ctx, x, scanSnapshot, id, "SELECT "+snapshotColumns+" FROM snapshots WHERE id = ?"+newest+" LIMIT 1", id.String())
}

// FindSnapshot returns the newest snapshot with a name, else the one whose id begins so. Its errors are
// ErrNotFound and *Ambiguous.
func (x *Index) FindSnapshot(ctx context.Context, text string) (Snapshot, error) {
	named, err := collect(ctx, x, scanSnapshot, "SELECT "+snapshotColumns+" FROM snapshots WHERE name = ? AND name <> ''"+newest+" LIMIT 1", text)
	if err != nil {
		return Snapshot{}, err
	}
	if len(named) > 0 {
		return named[0], nil
	}
	m, err := x.Find(ctx, text)
	if err != nil {
		return Snapshot{}, err
	}
	if m.Kind != "snapshot" {
		return Snapshot{}, fmt.Errorf("find snapshot %s: %w: this is the id of a %s", text, ErrNotFound, m.Kind)
	}
	return x.Snapshot(ctx, m.ID)
}

// Removals returns what was taken out of the packs, oldest first.
func (x *Index) Removals(ctx context.Context) ([]Removal, error) {
	scan := func(rows *sql.Rows) (r Removal, err error) {
		err = rows.Scan(at(&r.Time), &r.Reason, &r.Remote, &r.By, into(&r.Removed), &r.Count, &r.Bytes)
		return r, err
	}
	return collect(ctx, x, scan, `SELECT time, reason, remote, "by", removed, count, bytes FROM removals`+oldest)
}

// ObservedAt is where an observation stands, and which document has it.
type ObservedAt struct {
	Entry     int64
	Execution tracker.ID
	Time      time.Time
	Observed  tracker.Digest
}

// ObservationsIn returns the observations of a journal behind an entry, in order.
func (x *Index) ObservationsIn(ctx context.Context, journal tracker.ID, behind int64) ([]ObservedAt, error) {
	scan := func(rows *sql.Rows) (o ObservedAt, err error) {
		err = rows.Scan(&o.Entry, into(&o.Execution), at(&o.Time), into(&o.Observed))
		return o, err
	}
	return collect(ctx, x, scan, "SELECT entry, execution, time, observed FROM observations WHERE journal = ? AND entry > ? ORDER BY entry", journal.String(), behind)
}
