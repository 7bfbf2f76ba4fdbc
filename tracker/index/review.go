package index

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Review is what somebody said of something recorded.
type Review struct {
	Subject tracker.ID      `json:"subject"`
	Verdict tracker.Verdict `json:"verdict"`
	Comment *string         `json:"comment"` // Markdown; null when its bytes are not in the ledger
	By      string          `json:"by,omitempty"`
	Time    time.Time       `json:"time"`
	Journal tracker.ID      `json:"journal"` // whose key signs it
	Entry   int64           `json:"entry"`   // its number there
}

// Reviews returns what was said of the thing with an id, of all things when it is zero, oldest first.
func (x *Index) Reviews(ctx context.Context, subject tracker.ID) ([]Review, error) {
	scan := func(rows *sql.Rows) (r Review, err error) {
		var line string
		var comment []byte
		var at stamp
		if err := rows.Scan(&line, &comment, (*stampBytes)(&at)); err != nil {
			return r, err
		}
		decoded, err := tracker.DecodeEntry([]byte(line))
		if err != nil {
			return r, err
		}
		e, ok := decoded.(*tracker.ReviewEntry)
		if !ok {
			return r, fmt.Errorf("read review: it is a %s entry", decoded.Head().Kind)
		}
		r = Review{Subject: e.Subject, Verdict: e.Verdict, By: e.By, Time: e.Time, Journal: at.journal(), Entry: at.entry()}
		if text := string(comment); comment != nil || e.Comment.IsZero() {
			r.Comment = &text
		}
		return r, nil
	}
	return collect(ctx, x, scan, "SELECT entry, logged, at FROM changes WHERE kind = 'review' AND (subject = ?1 OR ?1 = '') ORDER BY at", subject.String())
}

// Told is a tag and the entry that told it last.
type Told struct {
	Value   string     `json:"value"`
	Time    time.Time  `json:"time"`
	Journal tracker.ID `json:"journal"`
	Entry   int64      `json:"entry"`
}

// ToldTag returns a tag of a run and where it was told; its error is ErrNotFound when the run has none.
func (x *Index) ToldTag(ctx context.Context, run tracker.ID, key string) (Told, error) {
	scan := func(rows *sql.Rows) (t Told, err error) {
		var at stamp
		err = rows.Scan(&t.Value, (*stampBytes)(&at))
		t.Time, t.Journal, t.Entry = at.time(), at.journal(), at.entry()
		return t, err
	}
	return one(ctx, x, scan, run, "SELECT value, at FROM tags WHERE run = ? AND key = ? AND removed = 0", run.String(), key)
}

// stampBytes reads a stamp from a column.
type stampBytes stamp

// Scan implements sql.Scanner.
func (s *stampBytes) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok || copy(s[:], b) != len(s) {
		return fmt.Errorf("read stamp: it is %T of other length", v)
	}
	return nil
}
