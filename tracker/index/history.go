package index

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// The ways to choose lines of history, spelled as the messaging protocol does
// (https://jupyter-client.readthedocs.io/en/latest/messaging.html#history).
const (
	Range  = "range"
	Tail   = "tail"
	Search = "search"
)

// History asks for lines of history: what was executed, across sessions. Sessions are numbered from 1
// by the time they started. Cells that did not count or were silent are no history.
type History struct {
	Access  string
	Current tracker.ID // the session that asks, zero when none does: what Session is relative to
	Session int        // range: a session's number; 0 is the current one, -1 the one before
	Start   int        // range: the first line
	Stop    int        // range: the line behind the last, 0 for all
	N       int        // tail and search: at most so many, the newest; 0 for all
	Pattern string     // search: the whole source, where * stands for anything and ? for one character
	Unique  bool       // search: only the newest of equal sources
	Output  bool       // with what the cells printed
}

// HistoryLine is a cell execution as history tells it.
type HistoryLine struct {
	Session int // number of the session
	Line    int // In [Line]
	Source  string
	Output  *string // nil unless asked for and there was one
}

// historyOutputs bounds the text of one line's output, in bytes.
const historyOutputs = 64 << 10

// History returns the lines that q chooses, oldest first. What was taken out of the ledger is left out.
func (x *Index) History(ctx context.Context, q History) ([]HistoryLine, error) {
	numbers, err := x.sessionNumbers(ctx)
	if err != nil {
		return nil, err
	}
	s := search{History: q, index: x, numbers: numbers, seen: map[string]bool{}}
	if s.pattern, err = glob(q.Pattern); err != nil {
		return nil, fmt.Errorf("search history: %w", err)
	}
	rows, err := s.rows(ctx)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	defer rows.Close()
	for rows.Next() && !s.full() {
		if err := s.consider(ctx, rows); err != nil {
			return nil, fmt.Errorf("read history: %w", err)
		}
	}
	slices.Reverse(s.lines)
	return s.lines, rows.Err()
}

// sessionNumbers numbers the sessions from 1, oldest first.
func (x *Index) sessionNumbers(ctx context.Context) (map[tracker.ID]int, error) {
	scan := func(rows *sql.Rows) (id tracker.ID, err error) {
		err = rows.Scan(into(&id))
		return id, err
	}
	ids, err := collect(ctx, x, scan, "SELECT id FROM sessions ORDER BY started, journal, entry")
	numbers := make(map[tracker.ID]int, len(ids))
	for i, id := range ids {
		numbers[id] = i + 1
	}
	return numbers, err
}

// search is one answer in the making: lines are found newest first.
type search struct {
	History
	index   *Index
	numbers map[tracker.ID]int
	pattern *regexp.Regexp
	seen    map[string]bool
	lines   []HistoryLine
}

func (s *search) full() bool { return s.Access != Range && s.N > 0 && len(s.lines) == s.N }

// rows returns the cells to consider, newest first.
func (s *search) rows(ctx context.Context) (*sql.Rows, error) {
	const cells = "SELECT id, session, count, source FROM cells WHERE silent = 0 AND count > 0"
	if s.Access != Range {
		return s.index.db.QueryContext(ctx, cells+newest)
	}
	stop := s.Stop
	if stop == 0 {
		stop = 1 << 30
	}
	return s.index.db.QueryContext(ctx, cells+" AND session = ? AND count >= ? AND count < ?"+newest, s.chosen().String(), s.Start, stop)
}

// chosen returns the session of a range, the zero ID when there is none of that number.
func (s *search) chosen() tracker.ID {
	number := s.Session
	if number <= 0 {
		if s.Session == 0 {
			return s.Current
		}
		number += s.current()
	}
	for id, n := range s.numbers {
		if n == number {
			return id
		}
	}
	return tracker.ID{}
}

// current returns the number of the session that asks; one that is not in the ledger comes after all.
func (s *search) current() int {
	if n, ok := s.numbers[s.Current]; ok {
		return n
	}
	return len(s.numbers) + 1
}

func (s *search) consider(ctx context.Context, rows *sql.Rows) error {
	var id, session tracker.ID
	var digest tracker.Digest
	var line int
	if err := rows.Scan(into(&id), into(&session), &line, into(&digest)); err != nil {
		return err
	}
	text, err := s.index.Blob(digest)
	if err != nil {
		return nil // taken out, or lost: verify tells which
	}
	source := string(text)
	if s.Access == Search && (!s.pattern.MatchString(source) || s.seen[source]) {
		return nil
	}
	if s.Unique {
		s.seen[source] = true
	}
	found := HistoryLine{Session: s.numbers[session], Line: line, Source: source}
	if s.Output {
		if found.Output, err = s.index.shownText(ctx, id); err != nil {
			return err
		}
	}
	s.lines = append(s.lines, found)
	return nil
}

// glob makes a regular expression of a pattern. No pattern is any source.
func glob(pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		pattern = "*"
	}
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted)
	return regexp.Compile(`(?s)\A` + quoted + `\z`)
}

// shownText returns what history calls a cell's output: its result's text, else what it printed.
func (x *Index) shownText(ctx context.Context, cell tracker.ID) (*string, error) {
	batches, err := x.Outputs(ctx, cell)
	if err != nil {
		return nil, err
	}
	var printed strings.Builder
	for _, batch := range batches {
		blob, err := x.Blob(batch.Digest)
		if err != nil || printed.Len() > historyOutputs {
			break
		}
		for output, err := range tracker.Outputs(bytes.NewReader(blob)) {
			if err != nil {
				return nil, err
			}
			if result, ok := resultText(output); ok {
				return &result, nil
			}
			printed.WriteString(printedText(output))
		}
	}
	if printed.Len() == 0 {
		return nil, nil
	}
	text := printed.String()[:min(printed.Len(), historyOutputs)]
	text = strings.ToValidUTF8(text, "")
	return &text, nil
}

func resultText(o tracker.Output) (string, bool) {
	var content struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	if o.Type != "execute_result" || json.Unmarshal(o.Content, &content) != nil {
		return "", false
	}
	var text string
	err := json.Unmarshal(content.Data["text/plain"], &text)
	return text, err == nil
}

func printedText(o tracker.Output) string {
	var content struct{ Name, Text string }
	if o.Type != "stream" || json.Unmarshal(o.Content, &content) != nil || content.Name != "stdout" {
		return ""
	}
	return content.Text
}
