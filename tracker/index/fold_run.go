package index

import (
	"database/sql"
	"errors"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// finish writes what a batch was told of runs.
func (b *batch) finish() error {
	if err := b.flushSeries(); err != nil {
		return err
	}
	if err := b.writeFields(); err != nil {
		return err
	}
	for session := range b.sessions {
		if err := b.foldRunsOf(session); err != nil {
			return err
		}
	}
	for of := range b.subjects {
		if err := folds[of.kind](b, of.name); err != nil {
			return err
		}
	}
	for run := range b.fold {
		if err := b.foldRun(run); err != nil {
			return err
		}
	}
	return b.tellNews()
}

// sessionsOf notes that the sessions of a journal are other than they were.
func (b *batch) sessionsOf(journal tracker.ID) error {
	return b.each(func(rows *sql.Rows) error {
		var id tracker.ID
		err := rows.Scan(into(&id))
		b.sessions[id] = true
		return err
	}, "SELECT id FROM sessions WHERE journal = ?", journal.String())
}

func (b *batch) foldRunsOf(session tracker.ID) error {
	return b.each(func(rows *sql.Rows) error {
		var id tracker.ID
		err := rows.Scan(into(&id))
		b.fold[id] = true
		return err
	}, "SELECT id FROM runs WHERE session = ?", session.String())
}

// foldRun writes the row of a run: what all entries about it come to.
func (b *batch) foldRun(id tracker.ID) error {
	b.news[id] = true
	r := Run{ID: id, Stage: tracker.Active, Status: tracker.RunRunning}
	err := b.each(func(rows *sql.Rows) error {
		change, err := scanRunChange(rows)
		r.apply(change)
		return err
	}, "SELECT run, "+runColumns+" FROM run_changes WHERE run = ? ORDER BY at", id.String())
	if err == nil && r.Started.IsZero() {
		err = b.each(func(rows *sql.Rows) error { return rows.Scan(at(&r.Started)) }, "SELECT coalesce(min(first), '') FROM run_executions WHERE run = ?", id.String())
	}
	if err == nil && !r.Session.IsZero() {
		err = b.endWithSession(&r)
	}
	if err != nil {
		return err
	}
	return b.exec("INSERT OR REPLACE INTO runs (id, "+runColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		id.String(), r.Experiment.String(), r.Parent.String(), r.Session.String(), r.Execution.String(), r.Name, string(r.Status), string(r.Stage), r.User, r.Source,
		timeText(r.Started), timeText(r.Ended))
}

const runColumns = "experiment, parent, session, execution, name, status, stage, user, source, started, ended"

// scanRunChange reads a row of run_changes or runs. It is called for all runs of a ledger before the first search.
func scanRunChange(rows *sql.Rows) (r Run, err error) {
	var ids [5]string
	var started, ended string
	if err := rows.Scan(&ids[0], &ids[1], &ids[2], &ids[3], &ids[4], &r.Name, &r.Status, &r.Stage, &r.User, &r.Source, &started, &ended); err != nil {
		return r, err
	}
	for i, id := range [...]*tracker.ID{&r.ID, &r.Experiment, &r.Parent, &r.Session, &r.Execution} {
		if ids[i] != "" && err == nil {
			*id, err = tracker.ParseID(ids[i])
		}
	}
	return r, errors.Join(err, at(&r.Started).Scan(started), at(&r.Ended).Scan(ended))
}

// apply changes what the later entry tells. The execution is that of the first one: where the run began.
func (r *Run) apply(c Run) {
	given(&r.Experiment, c.Experiment)
	given(&r.Parent, c.Parent)
	given(&r.Session, c.Session)
	if r.Execution.IsZero() {
		r.Execution = c.Execution
	}
	given(&r.Name, c.Name)
	given(&r.Status, c.Status)
	given(&r.Stage, c.Stage)
	given(&r.User, c.User)
	given(&r.Source, c.Source)
	given(&r.Started, c.Started)
	given(&r.Ended, c.Ended)
}

// given sets v to what was told, unless it is nothing.
func given[T comparable](v *T, told T) {
	var nothing T
	if told != nothing {
		*v = told
	}
}

// endWithSession ends a run that nobody ended, where its session is over.
func (b *batch) endWithSession(r *Run) error {
	if r.Status != tracker.RunRunning && r.Status != tracker.RunScheduled {
		return nil
	}
	var status string
	var ended time.Time
	err := b.each(func(rows *sql.Rows) error { return rows.Scan(&status, at(&ended)) },
		"SELECT status, ended FROM sessions WHERE id = ? ORDER BY started, journal, entry", r.Session.String())
	switch journal.State(status) {
	case journal.Cut:
		r.Status = tracker.RunKilled
	case journal.Closed:
		r.Status = tracker.RunFinished
		if r.Ended.IsZero() {
			r.Ended = ended
		}
	}
	return err
}

// tellNews says to those who keep runs in memory which of them they have to read again.
func (b *batch) tellNews() error {
	if len(b.news) == 0 {
		return nil
	}
	if err := b.exec("UPDATE news SET seq = seq + 1"); err != nil {
		return err
	}
	for run := range b.news {
		if err := b.exec("INSERT OR REPLACE INTO run_news VALUES (?, (SELECT seq FROM news))", run.String()); err != nil {
			return err
		}
	}
	return nil
}

// clearRuns empties what is told of runs. Who keeps runs in memory has to read all again.
func (b *batch) clearRuns() error {
	return errors.Join(b.clear(runTables), b.clear([]string{"run_news"}), b.exec("UPDATE news SET generation = generation + 1"))
}

// remakeRuns projects what the known journals tell of runs again, as far as they are projected. It is what remains to do when a journal
// is gone: what it said may have hidden what another one says.
func (b *batch) remakeRuns(known map[tracker.ID]progress) error {
	b.gathered = newGathered()
	if err := b.clearRuns(); err != nil {
		return err
	}
	for id, p := range known {
		err := b.again(id, p, func(r journal.Record) error {
			if project, ok := runProjections[r.Entry.Head().Kind]; ok {
				return project(b, r)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// purge takes out what was told in blobs that are not in the ledger any more, by telling all anew, and overwrites it.
func (b *batch) purge(known map[tracker.ID]progress) error {
	if err := b.each(func(*sql.Rows) error { return nil }, "PRAGMA secure_delete = on"); err != nil {
		return err
	}
	if err := b.remakeRuns(known); err != nil {
		return err
	}
	return b.each(func(*sql.Rows) error { return nil }, "PRAGMA secure_delete = fast")
}

// again reads the entries of a journal that are projected already, if some of them are about runs.
func (b *batch) again(id tracker.ID, p progress, take func(journal.Record) error) error {
	if !p.runs {
		return nil
	}
	for r, err := range b.ledger.Entries(id, journal.Position{}) {
		if err != nil || r.N > p.N { // a journal that cannot be read stops where it did
			return b.ctx.Err()
		}
		if err := take(r); err != nil {
			return err
		}
	}
	return b.ctx.Err()
}
