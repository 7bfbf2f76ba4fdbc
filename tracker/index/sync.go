package index

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Ledger is what the index reads; *journal.Ledger is one.
type Ledger interface {
	Dir() string
	Journals() ([]tracker.ID, error)
	Entries(id tracker.ID, from journal.Position) iter.Seq2[journal.Record, error]
	State(id tracker.ID) (journal.State, error)
	Blob(d tracker.Digest) ([]byte, error)
	Blobs() *blob.Store
}

// batchSize is how many entries one transaction takes: enough that a commit costs nothing beside
// them, few enough that another gemba does not wait long for its turn.
const batchSize = 20_000

// Sync reads what the journals gained since the last Sync. It is cheap when they gained nothing. A
// journal with an unreadable entry stops there (see Problems), the others go on.
func (x *Index) Sync(ctx context.Context) error {
	readable, err := x.readableNow(ctx)
	for more := true; more && err == nil; {
		err = x.write(ctx, func(b *batch) (err error) {
			more, err = b.advance(batchSize, readable)
			return err
		})
		readable = nil
	}
	if err != nil {
		return fmt.Errorf("bring index up to date: %w", err)
	}
	return nil
}

// SyncJournal is Sync for one journal, which is there: for a writer that looks at what it has just written. It does not
// look which other journals there are.
func (x *Index) SyncJournal(ctx context.Context, id tracker.ID) error {
	for more := true; more; {
		err := x.write(ctx, func(b *batch) (err error) {
			more, err = b.advanceOne(id)
			return err
		})
		if err != nil {
			return fmt.Errorf("bring index up to date: %w", err)
		}
	}
	return nil
}

// Rebuild makes the index anew from the journals, in one transaction: others who ask meanwhile are
// answered by the old one, and never by half of the new.
func (x *Index) Rebuild(ctx context.Context) error {
	err := x.write(ctx, func(b *batch) error {
		if err := b.clear(tables); err != nil {
			return err
		}
		if err := b.clearRuns(); err != nil {
			return err
		}
		_, err := b.advance(math.MaxInt, nil)
		return err
	})
	if Damaged(err) {
		err = x.replace(ctx)
	}
	if err != nil {
		return fmt.Errorf("rebuild index: %w", err)
	}
	return nil
}

// replace puts a new file where a damaged one is.
func (x *Index) replace(ctx context.Context) error {
	if err := errors.Join(x.closeFiles(), discard(x.path)); err != nil {
		return err
	}
	y, err := openAt(ctx, x.ledger, x.path)
	if err != nil {
		return err
	}
	x.files, x.cache = y.files, y.cache
	return nil
}

func (b *batch) clear(tables []string) error {
	for _, table := range tables {
		if err := b.exec("DELETE FROM " + table); err != nil {
			return fmt.Errorf("clear %s: %w", table, err)
		}
	}
	return nil
}

// tables are all that a journal's entries are projected to, each with a column journal, and at the
// end the journals themselves.
var tables = []string{"sessions", "cells", "outputs", "interrupts", "gaps",
	"environments", "code_states", "observations", "usage", "snapshots", "removals", "journals"}

// advance projects up to limit entries, and reports whether there may be more. Readable are blobs that could not be read
// when their entries were projected.
func (b *batch) advance(limit int, readable map[tracker.Digest]bool) (more bool, err error) {
	ids, err := b.ledger.Journals()
	if err != nil {
		return false, err
	}
	known, err := b.readProgress("")
	if err != nil {
		return false, err
	}
	if err := b.forget(ids, known); err != nil {
		return false, err
	}
	if err := b.recover(readable, known); err != nil {
		return false, err
	}
	if more, err = b.projectAll(ids, known, limit); err != nil {
		return false, err
	}
	if b.purged && limit < math.MaxInt { // else all is made anew anyway
		if err := b.purge(known); err != nil {
			return false, err
		}
	}
	return more, b.finish()
}

// advanceOne is advance for one journal.
func (b *batch) advanceOne(id tracker.ID) (more bool, err error) {
	known, err := b.readProgress(id.String())
	if err != nil {
		return false, err
	}
	if more, err = b.projectAll([]tracker.ID{id}, known, batchSize); err != nil {
		return false, err
	}
	if b.purged {
		if known, err = b.readProgress(""); err != nil {
			return false, err
		}
		if err := b.purge(known); err != nil {
			return false, err
		}
	}
	return more, b.finish()
}

func (b *batch) projectAll(ids []tracker.ID, known map[tracker.ID]progress, limit int) (more bool, err error) {
	b.left = limit
	for _, id := range ids {
		if known[id], err = b.project(id, known[id]); err != nil {
			return false, err
		}
		if b.left <= 0 {
			return true, nil
		}
	}
	return false, nil
}

// progress is how far a journal is projected: a row of the table journals.
type progress struct {
	journal.Position
	state   journal.State
	problem string
	runs    bool // it has entries about runs
}

// readProgress returns how far the journals are projected; only the one with an id, unless it is empty.
func (b *batch) readProgress(id string) (map[tracker.ID]progress, error) {
	query, args := "SELECT id, entries, offset, state, problem, runs FROM journals", []any(nil)
	if id != "" {
		query, args = query+" WHERE id = ?", append(args, id)
	}
	rows, err := b.query(query, args...)
	if err != nil {
		return nil, fmt.Errorf("read journals: %w", err)
	}
	defer rows.Close()
	known := map[tracker.ID]progress{}
	for rows.Next() {
		var id string
		var p progress
		if err := rows.Scan(&id, &p.N, &p.Offset, &p.state, &p.problem, &p.runs); err != nil {
			return nil, fmt.Errorf("read journals: %w", err)
		}
		parsed, err := tracker.ParseID(id)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errForeign, err)
		}
		known[parsed] = p
	}
	return known, rows.Err()
}

// forget removes the projection of journals that are no longer in the ledger.
func (b *batch) forget(ids []tracker.ID, known map[tracker.ID]progress) error {
	gone := make(map[tracker.ID]bool, len(known))
	for id := range known {
		gone[id] = true
	}
	for _, id := range ids {
		delete(gone, id)
	}
	runs := false
	for id := range gone {
		runs = runs || known[id].runs
		for _, table := range tables {
			column := "journal"
			if table == "journals" {
				column = "id"
			}
			if err := b.exec("DELETE FROM "+table+" WHERE "+column+" = ?", id.String()); err != nil {
				return fmt.Errorf("forget journal %s: %w", id.Short(), err)
			}
		}
		delete(known, id)
	}
	if runs {
		return b.remakeRuns(known)
	}
	return nil
}

// project takes what a journal gained since p. A journal that was closed in order and is projected
// to its end is not even opened.
func (b *batch) project(id tracker.ID, p progress) (now progress, err error) {
	if p.state == journal.Closed && p.problem == "" {
		return p, nil
	}
	// The state is asked for before the entries: a writer that ends in between is still called open,
	// and the next Sync says that it is gone. The other way round, its last entries would be missed.
	state, err := b.ledger.State(id)
	if err != nil {
		now = progress{Position: p.Position, state: p.state, problem: err.Error(), runs: p.runs}
		return now, b.settle(id, p, now)
	}
	now = progress{Position: p.Position, runs: p.runs}
	for record, err := range b.ledger.Entries(id, p.Position) {
		if err != nil {
			now.problem = err.Error()
			break
		}
		about, err := b.take(record)
		if err != nil {
			return now, fmt.Errorf("project entry %d of journal %s: %w", record.N, id.Short(), err)
		}
		now.Position, now.runs = journal.Position{N: record.N, Offset: record.End}, now.runs || about
		if b.left--; b.left <= 0 {
			state = p.state // the end is not reached: what the state means for the cells is not yet known
			break
		}
	}
	if err := b.ctx.Err(); err != nil {
		return now, err
	}
	now.state = state
	return now, b.settle(id, p, now)
}

// settle writes how far a journal got, and what its writer's end means for what it left unfinished.
func (b *batch) settle(id tracker.ID, before, now progress) error {
	if before == now {
		return nil
	}
	err := b.exec(`INSERT INTO journals (id, entries, offset, state, problem, runs) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET entries = excluded.entries, offset = excluded.offset, state = excluded.state, problem = excluded.problem, runs = excluded.runs`,
		id.String(), now.N, now.Offset, string(now.state), now.problem, now.runs)
	if ended(before.state) || ended(now.state) {
		err = errors.Join(err, b.mark(id, now.state))
	}
	return err
}

func ended(s journal.State) bool { return s == journal.Closed || s == journal.Cut }

// mark gives what a journal left unfinished the status that its writer's state implies.
func (b *batch) mark(id tracker.ID, state journal.State) error {
	cell, session := string(tracker.Running), "open"
	if ended(state) {
		cell, session = string(tracker.Cut), string(journal.Cut)
	}
	return errors.Join(
		b.exec("UPDATE cells SET status = ? WHERE journal = ? AND finished = '' AND status <> ?", cell, id.String(), cell),
		b.exec("UPDATE sessions SET status = ? WHERE journal = ? AND ended = '' AND status <> ?", session, id.String(), session),
		b.sessionsOf(id))
}
