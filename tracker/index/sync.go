package index

import (
	"context"
	"database/sql"
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
	for more := true; more; {
		err := x.write(ctx, func(tx *sql.Tx) (err error) {
			more, err = x.advance(ctx, tx, batchSize)
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
	err := x.write(ctx, func(tx *sql.Tx) error {
		if err := clearTables(ctx, tx); err != nil {
			return err
		}
		_, err := x.advance(ctx, tx, math.MaxInt)
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

// write changes the index in one transaction.
func (x *Index) write(ctx context.Context, change func(*sql.Tx) error) error {
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := change(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// replace puts a new file where a damaged one is.
func (x *Index) replace(ctx context.Context) error {
	if err := errors.Join(x.db.Close(), discard(x.path)); err != nil {
		return err
	}
	y, err := openAt(ctx, x.ledger, x.path)
	if err != nil {
		return err
	}
	x.db = y.db
	return nil
}

func clearTables(ctx context.Context, tx *sql.Tx) error {
	for _, table := range tables {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return fmt.Errorf("clear %s: %w", table, err)
		}
	}
	return nil
}

// tables are all that a journal's entries are projected to, each with a column journal, and at the
// end the journals themselves.
var tables = []string{"sessions", "cells", "outputs", "interrupts", "gaps",
	"environments", "code_states", "observations", "snapshots", "removals", "journals"}

// advance projects up to limit entries, and reports whether there may be more.
func (x *Index) advance(ctx context.Context, tx *sql.Tx, limit int) (more bool, err error) {
	ids, err := x.ledger.Journals()
	if err != nil {
		return false, err
	}
	known, err := readProgress(ctx, tx)
	if err != nil {
		return false, err
	}
	b := &batch{ctx: ctx, tx: tx, ledger: x.ledger, left: limit, statements: map[string]*sql.Stmt{}}
	if err := b.forget(ids, known); err != nil {
		return false, err
	}
	for _, id := range ids {
		if err := b.project(id, known[id]); err != nil {
			return false, err
		}
		if b.left == 0 {
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
}

func readProgress(ctx context.Context, tx *sql.Tx) (map[tracker.ID]progress, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, entries, offset, state, problem FROM journals")
	if err != nil {
		return nil, fmt.Errorf("read journals: %w", err)
	}
	defer rows.Close()
	known := map[tracker.ID]progress{}
	for rows.Next() {
		var id string
		var p progress
		if err := rows.Scan(&id, &p.N, &p.Offset, &p.state, &p.problem); err != nil {
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

// batch is one transaction of a Sync.
type batch struct {
	ctx        context.Context
	tx         *sql.Tx
	ledger     Ledger
	left       int // entries it may still take
	statements map[string]*sql.Stmt
}

// exec runs a statement, prepared once for the whole batch.
func (b *batch) exec(query string, args ...any) error {
	_, err := b.change(query, args...)
	return err
}

// change is exec that tells how many rows changed.
func (b *batch) change(query string, args ...any) (int64, error) {
	statement, ok := b.statements[query]
	if !ok {
		var err error
		if statement, err = b.tx.PrepareContext(b.ctx, query); err != nil {
			return 0, err
		}
		b.statements[query] = statement
	}
	result, err := statement.ExecContext(b.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
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
	for id := range gone {
		for _, table := range tables {
			column := "journal"
			if table == "journals" {
				column = "id"
			}
			if err := b.exec("DELETE FROM "+table+" WHERE "+column+" = ?", id.String()); err != nil {
				return fmt.Errorf("forget journal %s: %w", id.Short(), err)
			}
		}
	}
	return nil
}

// project takes what a journal gained since p. A journal that was closed in order and is projected
// to its end is not even opened.
func (b *batch) project(id tracker.ID, p progress) error {
	if p.state == journal.Closed && p.problem == "" {
		return nil
	}
	// The state is asked for before the entries: a writer that ends in between is still called open,
	// and the next Sync says that it is gone. The other way round, its last entries would be missed.
	state, err := b.ledger.State(id)
	if err != nil {
		return b.settle(id, p, progress{Position: p.Position, state: p.state, problem: err.Error()})
	}
	now := progress{Position: p.Position}
	for record, err := range b.ledger.Entries(id, p.Position) {
		if err != nil {
			now.problem = err.Error()
			break
		}
		if err := b.take(record); err != nil {
			return fmt.Errorf("project entry %d of journal %s: %w", record.N, id.Short(), err)
		}
		now.Position = journal.Position{N: record.N, Offset: record.End}
		if b.left--; b.left == 0 {
			state = p.state // the end is not reached: what the state means for the cells is not yet known
			break
		}
	}
	if err := b.ctx.Err(); err != nil {
		return err
	}
	now.state = state
	return b.settle(id, p, now)
}

// settle writes how far a journal got, and what its writer's end means for what it left unfinished.
func (b *batch) settle(id tracker.ID, before, now progress) error {
	if before == now {
		return nil
	}
	err := b.exec(`INSERT INTO journals (id, entries, offset, state, problem) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET entries = excluded.entries, offset = excluded.offset, state = excluded.state, problem = excluded.problem`,
		id.String(), now.N, now.Offset, string(now.state), now.problem)
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
		b.exec("UPDATE sessions SET status = ? WHERE journal = ? AND ended = '' AND status <> ?", session, id.String(), session))
}
