package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"
)

// Rows is the answer to a person's own query. A value is nil, an int64, a float64, a string or bytes.
type Rows struct {
	Columns []string
	Values  [][]any
}

// Errors of a person's own query. ErrReadOnly is for a query that wanted to write.
var (
	ErrSQL      = errors.New("run query")
	ErrReadOnly = errors.New("run query: the index is read-only")
)

func queryError(err error) error {
	if hasCode(err, sqlite3.SQLITE_READONLY) {
		return ErrReadOnly
	}
	return fmt.Errorf("%w: %w", ErrSQL, err)
}

// Query runs a person's own SQL. Nothing can be written: the file is opened for reading only, and the
// connection refuses it too.
func (x *Index) Query(ctx context.Context, query string) (*Rows, error) {
	db, err := sql.Open("sqlite", dataSource(x.path, reading))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", x.path, err)
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, queryError(err)
	}
	defer rows.Close()
	return readRows(rows)
}

func readRows(rows *sql.Rows) (*Rows, error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, queryError(err)
	}
	answer := &Rows{Columns: columns}
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, queryError(err)
		}
		answer.Values = append(answer.Values, values)
	}
	if err := rows.Err(); err != nil {
		return nil, queryError(err)
	}
	return answer, nil
}
