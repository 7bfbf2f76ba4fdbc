package web

import (
	"context"
	"sync"
	"time"
)

// newAge is for how long what was recorded may be missing from an answer.
const newAge = 100 * time.Millisecond

// freshness brings the index up to date, now and then. Those who ask at the same time are served by one Sync.
type freshness struct {
	mu     sync.Mutex
	synced time.Time
}

func (f *freshness) upToDate(ctx context.Context, x Index, now func() time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if age := now().Sub(f.synced); age >= 0 && age < newAge {
		return nil
	}
	if err := x.Sync(ctx); err != nil {
		return err
	}
	f.synced = now()
	return nil
}

// forget has the next question see everything: something was written.
func (f *freshness) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.synced = time.Time{}
}

// remembered is an answer that stays as long as the ledger does, and for a while longer when it took long to find: asking for it again may
// take a twentieth of the time.
type remembered[T any] struct {
	mu    sync.Mutex
	stand string
	until time.Time
	value T
}

func (m *remembered[T]) get(stand string, now func() time.Time, ask func() (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	began := now()
	if m.stand == stand || began.Before(m.until) {
		return m.value, nil
	}
	v, err := ask()
	if err == nil {
		m.value, m.stand, m.until = v, stand, now().Add(20*now().Sub(began))
	}
	return v, err
}

// once is get for an answer that is kept for one question alone.
func (m *remembered[T]) once(question string, ask func() (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stand == question {
		return m.value, nil
	}
	v, err := ask()
	if err == nil {
		m.value, m.stand = v, question
	}
	return v, err
}
