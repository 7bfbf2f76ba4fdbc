package index

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

// column is a field of all runs. A run's values are one number (of a metric), one text with the number that it is (of a param or tag), or
// any number of texts.
type column struct {
	used    atomic.Int64
	entries int64 // how many entries were projected when it was loaded, of a field that may change with any of them; else -1
	have    []bool
	number  []float64 // NaN where a text is none
	text    []string
	many    [][]string
}

// source is where a field's values are read: the run and one value in a row. A value is spread by values, when there is that: into as
// many as it stands for.
type source struct {
	query  string
	runs   string // the column to ask for some runs alone; empty: it is always asked for all
	values func(x *Index, name, value string) []string
}

// ofExecutions begins the questions for what a run's cell executions had.
const ofExecutions = "FROM run_executions e JOIN "

func codeStates(column string) source {
	return source{query: "SELECT e.run, c." + column + " " + ofExecutions + `code_states c ON c.execution = e.execution WHERE e.execution <> ''
		UNION SELECT e.run, c.` + column + " " + ofExecutions + "code_states c ON c.session = e.session AND c.execution = '' WHERE e.session <> ''"}
}

// sources tells where the fields that are no single value of the run are read; an empty name stands for any.
var sources = map[filter.Field]source{
	{Space: filter.Datasets, Name: "name"}:         {query: "SELECT run, name FROM inputs", runs: "run"},
	{Space: filter.Datasets, Name: "digest"}:       {query: "SELECT run, digest FROM inputs", runs: "run"},
	{Space: filter.Datasets, Name: "context"}:      {query: "SELECT run, tags FROM inputs", runs: "run", values: contexts},
	{Space: filter.Git, Name: "commit"}:            codeStates(`"commit"`),
	{Space: filter.Git, Name: "branch"}:            codeStates("branch"),
	{Space: filter.Git, Name: "remote"}:            codeStates("remote"),
	{Space: filter.Git, Name: "dirty"}:             codeStates("dirty"),
	{Space: filter.Data, Name: "digest"}:           {query: "SELECT DISTINCT e.run, o.observed " + ofExecutions + "observations o ON o.execution = e.execution WHERE e.execution <> ''", values: fileDigests},
	{Space: filter.Data, Name: "path"}:             {query: "SELECT DISTINCT e.run, o.observed " + ofExecutions + "observations o ON o.execution = e.execution WHERE e.execution <> ''", values: filePaths},
	{Space: filter.Cell, Name: "source"}:           {query: "SELECT DISTINCT e.run, c.source " + ofExecutions + "cells c ON c.id = e.execution WHERE e.execution <> ''", values: sourceText},
	{Space: filter.Cell, Name: "id"}:               {query: "SELECT DISTINCT e.run, c.cell_id " + ofExecutions + "cells c ON c.id = e.execution WHERE e.execution <> ''"},
	{Space: filter.Cell, Name: "notebook"}:         {query: "SELECT DISTINCT e.run, c.notebook " + ofExecutions + "cells c ON c.id = e.execution WHERE e.execution <> ''"},
	{Space: filter.Env}:                            {query: "SELECT DISTINCT e.run, n.environment " + ofExecutions + "environments n ON n.session = e.session WHERE e.session <> ''", values: facts},
	{Space: filter.Attributes, Name: "notebook"}:   {query: "SELECT DISTINCT e.run, s.notebook " + ofExecutions + "sessions s ON s.id = e.session WHERE e.session <> ''"},
	{Space: filter.Attributes, Name: "experiment"}: {query: "SELECT r.id, coalesce(x.name, CASE r.experiment WHEN '' THEN 'Default' ELSE r.experiment END) FROM runs r LEFT JOIN experiments x ON x.id = r.experiment"},
}

// singles are the questions for fields that have one value.
var singles = map[filter.Space]string{
	filter.Metrics: "SELECT run, bits FROM metrics WHERE key = ?",
	filter.Params:  "SELECT run, value FROM params WHERE key = ?",
	filter.Tags:    "SELECT run, value FROM tags WHERE key = ? AND removed = 0",
}

// stored reports whether the values of a field are read from its own column, and not from the rows of runs.
func stored(f filter.Field) bool {
	_, many := sourceOf(f)
	_, single := singles[f.Space]
	return many || single
}

func sourceOf(f filter.Field) (source, bool) {
	if f.Space == filter.Env {
		f.Name = ""
	}
	s, ok := sources[f]
	return s, ok
}

func newColumn(f filter.Field, runs int, now state) *column {
	c := &column{entries: -1}
	if s, many := sourceOf(f); many {
		c.many = make([][]string, 0)
		if s.runs == "" {
			c.entries = now.entries
		}
	} else if c.number = make([]float64, 0); f.Space != filter.Metrics {
		c.text = make([]string, 0)
	}
	c.grow(runs)
	return c
}

// grow makes room for runs.
func (c *column) grow(runs int) {
	c.have = extend(c.have, runs)
	c.number = extend(c.number, runs)
	c.text = extend(c.text, runs)
	c.many = extend(c.many, runs)
}

func extend[T any](list []T, n int) []T {
	if list == nil || len(list) >= n {
		return list
	}
	return append(list, make([]T, n-len(list))...)
}

// clear forgets the values of a run.
func (c *column) clear(run int32) {
	if c.have[run] = false; c.many != nil {
		c.many[run] = nil
	}
}

// load reads the values of the runs that a JSON array lists, of all when it is empty.
func (c *column) load(ctx context.Context, x *Index, all *cache, f filter.Field, some string) error {
	if c.have == nil {
		c.have = make([]bool, len(all.runs))
	}
	if s, many := sourceOf(f); many {
		return c.loadMany(ctx, x, all, f.Name, s, some)
	}
	query, args := singles[f.Space], []any{f.Name}
	if some != "" {
		query, args = query+" AND run IN (SELECT value FROM json_each(?))", append(args, some)
	}
	if f.Space == filter.Metrics {
		return eachRun(ctx, x, all, query, args, func(run int32, bits int64) {
			c.have[run], c.number[run] = true, math.Float64frombits(uint64(bits))
		})
	}
	same := map[string]string{} // the few values that most runs share
	return eachRun(ctx, x, all, query, args, func(run int32, text string) {
		if kept, known := same[text]; known {
			text = kept
		} else if len(same) < 1<<16 {
			same[text] = text
		}
		c.have[run], c.text[run], c.number[run] = true, text, parsed(text)
	})
}

// parsed returns the number that a text is, NaN when it is none.
func parsed(text string) float64 {
	if text == "" || strings.IndexByte("+-.0123456789iInN", text[0]) < 0 { // most texts: an error costs more than this
		return math.NaN()
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f
	}
	return math.NaN()
}

func (c *column) loadMany(ctx context.Context, x *Index, all *cache, name string, s source, some string) error {
	query, args := s.query, []any(nil)
	if some != "" {
		query, args = query+" WHERE "+s.runs+" IN (SELECT value FROM json_each(?))", append(args, some)
	}
	return eachRun(ctx, x, all, query, args, func(run int32, value string) {
		values := []string{value}
		if s.values != nil {
			values = s.values(x, name, value)
		}
		for _, v := range values {
			if v != "" {
				c.have[run], c.many[run] = true, append(c.many[run], v)
			}
		}
	})
}

// eachRun calls take for each row of an answer: a run and a value.
func eachRun[T any](ctx context.Context, x *Index, all *cache, query string, args []any, take func(int32, T)) error {
	rows, err := x.ask(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id tracker.ID
		var v T
		if err := rows.Scan(into(&id), &v); err != nil {
			return err
		}
		if run, known := all.numbers[id]; known { // else it is newer than the rest, and comes with the next news
			take(run, v)
		}
	}
	return rows.Err()
}

// contexts returns what for a dataset was used, from its tags.
func contexts(_ *Index, _, tags string) (all []string) {
	var list []tracker.Tag
	_ = json.Unmarshal([]byte(tags), &list) // it was written so
	for _, t := range list {
		if t.Key == "mlflow.data.context" || t.Key == "context" {
			all = append(all, t.Value)
		}
	}
	return all
}

func sourceText(x *Index, _, digest string) []string {
	return x.spread("source", digest, func(text []byte) []string { return []string{string(text)} })
}

func fileDigests(x *Index, _, digest string) []string {
	return x.spread("digests", digest, func(text []byte) (all []string) {
		for f := range documentLines[observed](text) {
			for _, d := range []string{f.Before, f.After, bare(f.BeforeSHA256), bare(f.AfterSHA256)} {
				if d != "" {
					all = append(all, d)
				}
			}
		}
		return all
	})
}

func bare(hex string) string {
	if hex == "" {
		return ""
	}
	return "sha256:" + hex
}

func filePaths(x *Index, _, digest string) []string {
	return x.spread("paths", digest, func(text []byte) (all []string) {
		for f := range documentLines[observed](text) {
			if f.Type == "file" {
				all = append(all, f.Path, f.Real)
			}
		}
		return all
	})
}

// observed is what is read of a line of the document about what a cell did (see FORMAT.md).
type observed struct {
	Type         string `json:"type"`
	Path         string `json:"path"`
	Real         string `json:"real"`
	Before       string `json:"before"`
	After        string `json:"after"`
	BeforeSHA256 string `json:"before_sha256"`
	AfterSHA256  string `json:"after_sha256"`
}

func facts(x *Index, name, digest string) []string {
	return x.spread("fact "+name, digest, func(text []byte) (all []string) {
		for f := range documentLines[struct{ Name, Value string }](text) {
			if f.Name == name {
				all = append(all, f.Value)
			}
		}
		return all
	})
}

// documentLines yields the lines of a document that are what is looked for.
func documentLines[T any](text []byte) func(func(T) bool) {
	return func(yield func(T) bool) {
		lines := bufio.NewScanner(bytes.NewReader(text))
		lines.Buffer(nil, len(text)+1)
		for lines.Scan() {
			var v T
			if json.Unmarshal(lines.Bytes(), &v) == nil && !yield(v) {
				return
			}
		}
	}
}
