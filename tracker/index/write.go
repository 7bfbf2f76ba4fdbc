package index

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
)

// writer is the one connection of an Index that changes its file. Its statements are prepared once.
type writer struct {
	db     *sql.DB
	schema int // the version of the tables that it writes

	mu         sync.Mutex
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newWriter(db *sql.DB) *writer { return &writer{db: db, statements: map[string]*sql.Stmt{}} }

func (w *writer) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var errs []error
	for _, s := range w.statements {
		errs = append(errs, s.Close())
	}
	if w.conn != nil {
		errs = append(errs, w.conn.Close())
	}
	w.conn, w.statements = nil, map[string]*sql.Stmt{}
	return errors.Join(errs...)
}

func (w *writer) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := w.statements[query]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, query)
	if err == nil {
		w.statements[query] = s
	}
	return s, err
}

// errNewer says that what this program would write is not what the index is made of any more.
var errNewer = errors.New("a newer gemba has changed the index meanwhile: start this one again")

// sameSchema finds out whether another gemba changed the tables since they were opened.
func (w *writer) sameSchema(ctx context.Context) error {
	ask, err := w.prepare(ctx, "SELECT user_version FROM pragma_user_version")
	if err != nil {
		return err
	}
	var version int
	if err := ask.QueryRowContext(ctx).Scan(&version); err != nil {
		return err
	}
	if version != w.schema {
		return errNewer
	}
	return nil
}

// batch is one transaction that changes the index.
type batch struct {
	ctx    context.Context
	w      *writer
	ledger Ledger
	left   int // entries it may still take

	sessions map[tracker.ID]bool // whose state changed
	purged   bool                // bytes were taken out that tables may hold
	gathered                     // what is told of runs, until it is written
}

// write changes the index in one transaction.
func (x *Index) write(ctx context.Context, change func(*batch) error) (err error) {
	w := x.writer
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn == nil {
		if w.conn, err = w.db.Conn(ctx); err != nil {
			return err
		}
	}
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	b := &batch{ctx: ctx, w: w, ledger: x.ledger, sessions: map[tracker.ID]bool{}, gathered: newGathered()}
	if err = w.sameSchema(ctx); err == nil {
		err = change(b)
	}
	if err == nil {
		_, err = w.conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		_, _ = w.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // says so when there is nothing to roll back
		return err
	}
	if b.lacking {
		x.cache.lacking.Store(true)
	}
	if b.purged { // nor may they be in what SQLite keeps to undo and to catch up
		_, err = w.conn.ExecContext(ctx, "PRAGMA wal_checkpoint(truncate)")
	}
	return err
}

// exec runs a statement, prepared once for all batches.
func (b *batch) exec(query string, args ...any) error {
	_, err := b.change(query, args...)
	return err
}

// change is exec that tells how many rows changed.
func (b *batch) change(query string, args ...any) (int64, error) {
	statement, err := b.w.prepare(b.ctx, query)
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(b.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (b *batch) query(query string, args ...any) (*sql.Rows, error) {
	statement, err := b.w.prepare(b.ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(b.ctx, args...)
}

// each calls scan for each row of an answer.
func (b *batch) each(scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := b.query(query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
