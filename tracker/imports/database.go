package imports

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// database is a database of SQLite that somebody else wrote. It is only read.
type database struct {
	*sql.DB
	f       *Folder
	place   string
	columns map[string][]string // of each table
}

// strictly opens a database so that nothing is written, and that nothing in its schema is run.
var strictly = url.Values{"mode": {"ro"}, "_pragma": {"query_only(true)", "trusted_schema(false)", "cell_size_check(true)", "busy_timeout(10000)"}}

// openDatabase opens a file. A look at all tables comes first, for what is no table must not pass for one.
func openDatabase(f *Folder, name string) (*database, error) {
	d := &database{f: f, place: f.at(name), columns: map[string][]string{}}
	at, err := filepath.Abs(d.place)
	if err != nil {
		return nil, err
	}
	source := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(at), RawQuery: strictly.Encode()}
	if d.DB, err = sql.Open("sqlite", source.String()); err != nil {
		return nil, d.fault(err)
	}
	if info, err := f.root.Stat(filepath.FromSlash(name)); err == nil {
		f.look(1, info.Size())
	}
	if err := d.look(f.ctx); err != nil {
		_ = d.DB.Close()
		return nil, d.fault(err)
	}
	return d, nil
}

// nested is how many queries are under way at a time at most.
const nested = 4

// look reads which tables there are.
func (d *database) look(ctx context.Context) error {
	d.SetMaxOpenConns(nested)
	d.SetMaxIdleConns(nested)
	if err := d.bound(ctx); err != nil {
		return err
	}
	rows, err := d.QueryContext(ctx, "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%'")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return err
		}
		d.columns[table] = append(d.columns[table], column)
	}
	return rows.Err()
}

// bound limits how long a value may be that a query makes, for each connection.
func (d *database) bound(ctx context.Context) (err error) {
	for range nested {
		c, err := d.Conn(ctx)
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := sqlite.Limit(c, sqlite3.SQLITE_LIMIT_LENGTH, maxText); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) has(table string) bool { return d.columns[table] != nil }

// fault names the file. What is not the import's own end is damage, or a file that cannot be read.
func (d *database) fault(err error) error {
	if err := d.f.ctx.Err(); err != nil {
		return stop{err}
	}
	return damaged(d.place, "%s", oneLine(err))
}

// row is a row of a table.
type row []any

// each calls take for rows of a table, with these columns. There are none where there is no such table; a column that is not there is nothing.
func (d *database) each(table string, columns []string, where string, args []any, take func(row) error) error {
	if !d.has(table) {
		return nil
	}
	list := []string{}
	for _, c := range columns {
		if !slices.Contains(d.columns[table], c) {
			c = "NULL"
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		list = append(list, "1")
	}
	rows, err := d.DB.QueryContext(d.f.ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+table+" "+where, args...)
	if err != nil {
		return d.fault(err)
	}
	defer rows.Close()
	values, into := make(row, len(list)), make([]any, len(list))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return d.fault(err)
		}
		if err := take(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return d.fault(err)
	}
	return nil
}

// text returns a value as text, nothing for NULL.
func (r row) text(i int) string {
	switch v := r[i].(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (r row) optional(i int) *string {
	if r[i] == nil {
		return nil
	}
	text := r.text(i)
	return &text
}

// integer returns a value as a number, 0 for what is none.
func (r row) integer(i int) int64 {
	switch v := r[i].(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	case bool:
		if v {
			return 1
		}
	}
	return 0
}

func (r row) float(i int) float64 {
	switch v := r[i].(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	}
	return 0
}
