package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
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

// Query runs a person's own SQL. Nothing can be written: the file is opened for reading only, the
// connection refuses it too, and no other file can be attached, which would be open for writing.
func (x *Index) Query(ctx context.Context, query string) (*Rows, error) {
	db, err := sql.Open("sqlite", dataSource(x.path, reading))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", x.path, err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, queryError(err)
	}
	defer conn.Close()
	if _, err := sqlite.Limit(conn, sqlite3.SQLITE_LIMIT_ATTACHED, 0); err != nil {
		return nil, queryError(err)
	}
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, queryError(err)
	}
	defer rows.Close()
	return readRows(rows)
}

// maxAnswer is about how much memory an answer may take, in bytes: a recursive query has no end by itself.
const maxAnswer = 256 << 20

// sizeOf returns about how much memory a row takes, in bytes.
func sizeOf(values []any) (size int) {
	for _, v := range values {
		size += 32
		switch v := v.(type) {
		case string:
			size += len(v)
		case []byte:
			size += len(v)
		}
	}
	return size
}

func readRows(rows *sql.Rows) (*Rows, error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, queryError(err)
	}
	answer := &Rows{Columns: columns}
	for size := 0; rows.Next(); {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, queryError(err)
		}
		if size += sizeOf(values); size > maxAnswer {
			return nil, fmt.Errorf("%w: the answer has more than %d rows, too much to hold: ask for less with WHERE or LIMIT", ErrSQL, len(answer.Values))
		}
		answer.Values = append(answer.Values, values)
	}
	if err := rows.Err(); err != nil {
		return nil, queryError(err)
	}
	return answer, nil
}
