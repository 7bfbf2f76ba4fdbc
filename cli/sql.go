package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/index"
)

func sqlCommand(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "sql QUERY",
		Short: "Ask the index in SQL, reading only",
		Long: `sql asks the ledger's index in SQLite's dialect and changes nothing.
The tables are sessions, cells, outputs, interrupts, gaps and journals; runs, experiments, params, metrics, tags, inputs and
artifacts, models and model_versions; environments, code_states, observations and snapshots. Durations are nanoseconds, times UTC.`,
		Example: `  gemba sql "SELECT status, count(*), sum(run_ns)/1e9 AS seconds FROM cells GROUP BY status"
  gemba sql "SELECT name, sql FROM sqlite_schema"`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(args[0]) == "" {
				return withHint(wrongUse("the query is empty"), `gemba sql "SELECT * FROM cells LIMIT 3"`)
			}
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				rows, err := x.Query(ctx, args[0])
				if err != nil {
					return sqlHint(err)
				}
				return a.printRows(rows, asJSON)
			})
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

func sqlHint(err error) error {
	if errors.Is(err, index.ErrReadOnly) {
		return withHint(err, "SELECT; the index only repeats what the journals say, and what they say cannot be changed")
	}
	if errors.Is(err, index.ErrSQL) {
		return withHint(err, `gemba sql "SELECT sql FROM sqlite_schema" lists the tables and columns`)
	}
	return err
}

func (a *app) printRows(rows *index.Rows, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, objects(rows))
	}
	if len(rows.Columns) == 0 {
		return nil
	}
	t := &table{columns: make([]column, len(rows.Columns))}
	for i, name := range rows.Columns {
		t.columns[i] = column{title: oneLine(name), right: numeric(rows, i)}
	}
	for _, values := range rows.Values {
		cells := make([]cell, len(values))
		for i, v := range values {
			cells[i].text = valueText(v)
		}
		t.add(cells...)
	}
	return t.print(a.stdout)
}

// numeric reports whether a column holds numbers and nothing else.
func numeric(rows *index.Rows, column int) bool {
	found := false
	for _, values := range rows.Values {
		switch values[column].(type) {
		case nil:
		case int64, float64:
			found = true
		default:
			return false
		}
	}
	return found
}

func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		return hex.EncodeToString(v)
	case float64:
		return strconv.FormatFloat(v, 'g', 10, 64)
	}
	return fmt.Sprint(v)
}

// object is a row as a JSON object whose keys are in the order of the columns.
type object struct {
	keys   []string
	values []any
}

func objects(rows *index.Rows) []object {
	all := make([]object, len(rows.Values))
	for i, values := range rows.Values {
		all[i] = object{rows.Columns, values}
	}
	return all
}

// MarshalJSON writes the object. Bytes are hexadecimal text, and infinity, which JSON lacks, is "+Inf" or "-Inf".
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		value := o.values[i]
		switch v := value.(type) {
		case []byte:
			value = hex.EncodeToString(v)
		case float64:
			if math.IsInf(v, 0) {
				value = valueText(v)
			}
		}
		name, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
