package index

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// asked remembers the questions that were asked, prepared.
type asked struct {
	mu         sync.Mutex
	statements map[string]*sql.Stmt
}

// maxAsked is how many questions are remembered: the program's own are fewer.
const maxAsked = 200

// ask runs one of the index's own questions. It sees what was committed last, and waits for no writer.
func (x *Index) ask(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := x.asked.prepare(ctx, x.db, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return x.db.QueryContext(ctx, query, args...)
	}
	return s.QueryContext(ctx, args...)
}

// prepare returns the question prepared, nil when too many are.
func (a *asked) prepare(ctx context.Context, db *sql.DB, query string) (*sql.Stmt, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s, ok := a.statements[query]; ok {
		return s, nil
	}
	if len(a.statements) >= maxAsked {
		return nil, nil
	}
	s, err := db.PrepareContext(ctx, query)
	if err == nil {
		a.statements[query] = s
	}
	return s, err
}

func (a *asked) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for _, s := range a.statements {
		errs = append(errs, s.Close())
	}
	a.statements = map[string]*sql.Stmt{}
	return errors.Join(errs...)
}
