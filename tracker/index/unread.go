package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// patience is how long a blob that could not be brought is left alone: it may be on a machine that does not answer.
const patience = time.Minute

// bringing is how long a Sync goes on bringing blobs from afar.
const bringing = 2 * time.Second

// retries is when an Index looks again for blobs that it could not read. What takes long is done seldom, so that it takes a small part
// of the time.
type retries struct {
	look  time.Time
	bring time.Time
	tried map[tracker.Digest]time.Time
}

// readableNow returns the blobs that could not be read when their entries were projected and can be read now. They are brought before a
// transaction begins, from wherever the ledger's store brings blobs.
func (x *Index) readableNow(ctx context.Context) (map[tracker.Digest]bool, error) {
	if !x.cache.lacking.Load() {
		return nil, nil
	}
	x.retry.Lock()
	defer x.retry.Unlock()
	began := time.Now()
	if began.Before(x.retries.look) {
		return nil, nil
	}
	scan := func(rows *sql.Rows) (d tracker.Digest, err error) { err = rows.Scan(into(&d)); return d, err }
	lacking, err := collect(ctx, x, scan, "SELECT DISTINCT digest FROM unread")
	if err != nil || len(lacking) == 0 {
		x.cache.lacking.Store(err != nil)
		return nil, err
	}
	if err := x.ledger.Blobs().Refresh(); err != nil {
		return nil, err
	}
	readable := map[tracker.Digest]bool{}
	for _, d := range lacking {
		if x.ledger.Blobs().Has(d) {
			readable[d] = true
		}
	}
	x.retries.look = time.Now().Add(20 * time.Since(began))
	x.bring(ctx, lacking, readable)
	return readable, ctx.Err()
}

// bring tries to bring some of the blobs that are not readable, as long as that works.
func (x *Index) bring(ctx context.Context, lacking []tracker.Digest, readable map[tracker.Digest]bool) {
	began := time.Now()
	if began.Before(x.retries.bring) || len(readable) == len(lacking) {
		return
	}
	purged := x.purged(ctx)
	for _, d := range lacking {
		start := time.Now()
		if start.Sub(began) > bringing || ctx.Err() != nil {
			return
		}
		if readable[d] || purged[d] || start.Sub(x.retries.tried[d]) < patience {
			continue
		}
		if _, err := x.ledger.Blob(d); err != nil {
			x.retries.tried[d] = start
			x.retries.bring = time.Now().Add(5 * time.Since(start))
			return
		}
		readable[d] = true
	}
}

// purged returns the blobs that were taken out for good, as far as that can be read.
func (x *Index) purged(ctx context.Context) map[tracker.Digest]bool {
	all := map[tracker.Digest]bool{}
	removals, _ := x.Removals(ctx) // those that cannot be read mean that more is tried
	for _, r := range removals {
		if r.Reason != "purged" {
			continue
		}
		if list, _, err := x.ledger.Blobs().Open(r.Removed); err == nil {
			_ = tracker.ReadRemoved(list, func(d tracker.Digest, _ int64) { all[d] = true })
			_ = list.Close()
		}
	}
	return all
}

// recover projects what was told in blobs that can be read now.
func (b *batch) recover(readable map[tracker.Digest]bool, known map[tracker.ID]progress) error {
	if len(readable) == 0 {
		return nil
	}
	entries, err := b.unreadEntries(readable)
	if err != nil {
		return err
	}
	for id, of := range entries {
		if err := b.recoverJournal(id, known[id], of, readable); err != nil {
			return fmt.Errorf("read journal %s again: %w", id.Short(), err)
		}
	}
	return nil
}

// unreadEntries returns the entries that named these blobs, by journal, and forgets that they could not be read.
func (b *batch) unreadEntries(readable map[tracker.Digest]bool) (map[tracker.ID]map[int64]bool, error) {
	entries := map[tracker.ID]map[int64]bool{}
	for d := range readable {
		err := b.each(func(rows *sql.Rows) error {
			var id tracker.ID
			var n int64
			err := rows.Scan(into(&id), &n)
			if entries[id] == nil {
				entries[id] = map[int64]bool{}
			}
			entries[id][n] = true
			return err
		}, "SELECT journal, entry FROM unread WHERE digest = ?", d.String())
		if err := errors.Join(err, b.exec("DELETE FROM unread WHERE digest = ?", d.String())); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// recoverJournal projects the blobs of some entries. Points among them belong between others: the series that they are of
// are made anew from what the journal says.
func (b *batch) recoverJournal(id tracker.ID, p progress, entries map[int64]bool, readable map[tracker.Digest]bool) error {
	remake := map[tracker.ID]bool{}
	err := b.again(id, p, func(r journal.Record) error {
		e, logged := r.Entry.(*tracker.LoggedEntry)
		switch {
		case !entries[r.N]:
			return nil
		case !logged:
			return runProjections[r.Entry.Head().Kind](b, r)
		}
		b.news[e.Run] = true
		remake[e.Run] = remake[e.Run] || readable[e.Points]
		return b.runBlobs(r, e, readable, counted)
	})
	for run, points := range remake {
		if !points || err != nil {
			delete(remake, run)
			continue
		}
		err = b.exec("DELETE FROM series WHERE run = ? AND journal = ?", run.String(), id.String())
	}
	if err != nil || len(remake) == 0 {
		return err
	}
	return b.again(id, p, func(r journal.Record) error {
		e, logged := r.Entry.(*tracker.LoggedEntry)
		if !logged || !remake[e.Run] {
			return nil
		}
		points, err := b.blob(r, e.Points)
		if err != nil {
			return err
		}
		return b.points(e.Run, stampOf(r), points, charted)
	})
}
