package index

import (
	"database/sql"

	"github.com/gemba-ml/gemba/tracker/filter"
)

// fieldCount is how many runs have a field, and of these, with a value that is no number. Triggers of SQLite would count too; the index of many
// runs then took half as long again.
type fieldCount struct{ runs, texts int }

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// keep writes a run's value of a field, which counts as now: by insert where it has none, or else by update. Was asks what the old value counts
// as.
func (b *batch) keep(f filter.Field, now fieldCount, run, was, insert, update string, args ...any) error {
	n, err := b.change(insert, args...)
	if n > 0 {
		b.recount(f, fieldCount{}, now)
	}
	if err != nil || n > 0 {
		return err
	}
	var old fieldCount
	if err := b.each(func(rows *sql.Rows) error { return rows.Scan(&old.runs, &old.texts) }, was, f.Name, run); err != nil {
		return err
	}
	if n, err = b.change(update, args...); n > 0 {
		b.recount(f, old, now)
	}
	return err
}

// recount notes that a run's value counts in another way than it did.
func (b *batch) recount(f filter.Field, was, now fieldCount) {
	if was != now {
		c := b.fields[f]
		b.fields[f] = fieldCount{c.runs + now.runs - was.runs, c.texts + now.texts - was.texts}
	}
}

// writeFields writes what the batch counted of fields.
func (b *batch) writeFields() error {
	for f, c := range b.fields {
		err := b.exec(`INSERT INTO fields VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET runs = runs + excluded.runs, texts = texts + excluded.texts`,
			string(f.Space), f.Name, c.runs, c.texts)
		if err == nil && c.runs <= 0 {
			err = b.exec("DELETE FROM fields WHERE space = ? AND key = ? AND runs = 0", string(f.Space), f.Name)
		}
		if err != nil {
			return err
		}
	}
	clear(b.fields)
	return nil
}
