package notebooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// script is an Executor of cells written for these tests: each line of a cell is a word and its text.
//
//	print TEXT      shows TEXT on stdout
//	display ID TEXT shows TEXT as a display of that id; update does so to an earlier one
//	fail TEXT       ends the cell with an error, shown as an error message
//	quiet TEXT      ends the cell with an error that was not shown
//	wait            goes on until its context ends
//	stop            cancels the run, as a user would
type script struct {
	count  int
	cancel context.CancelCauseFunc
	ran    []string
}

func (s *script) Tell(Message) {}

func (s *script) Execute(ctx context.Context, c *Cell, show func(Message)) Reply {
	s.count++
	s.ran = append(s.ran, c.Source)
	for line := range strings.Lines(c.Source) {
		word, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if fail := s.line(ctx, word, text, show); fail != nil {
			return Reply{s.count, fail}
		}
	}
	return Reply{Count: s.count}
}

func (s *script) line(ctx context.Context, word, text string, show func(Message)) *Error {
	send := func(kind string, content any) {
		b, _ := json.Marshal(content)
		show(Message{Type: kind, Content: b})
	}
	display := func(kind string) {
		id, value, _ := strings.Cut(text, " ")
		send(kind, map[string]any{
			"data": map[string]any{"text/plain": value}, "metadata": map[string]any{},
			"transient": map[string]any{"display_id": id},
		})
	}
	e := &Error{"Oops", text, []string{"Oops: " + text}}
	switch word {
	case "print":
		send("stream", map[string]any{"name": "stdout", "text": text + "\n"})
	case "display":
		display("display_data")
	case "update":
		display("update_display_data")
	case "fail":
		send("error", map[string]any{"ename": e.Name, "evalue": e.Value, "traceback": e.Traceback})
		return e
	case "quiet":
		return e
	case "printed":
		send("stream", map[string]any{"name": "stderr", "text": text})
		return &Error{"Oops", text, nil}
	case "stop":
		s.cancel(errors.New("stopped by the test"))
		fallthrough
	case "wait":
		<-ctx.Done()
		return &Error{"KeyboardInterrupt", "", []string{"KeyboardInterrupt"}}
	}
	return nil
}

// record is a Watcher that keeps what it is told.
type record struct{ lines []string }

func (r *record) Started(s Step) {
	r.lines = append(r.lines, fmt.Sprintf("%d/%d start", s.Index, s.Total))
}
func (r *record) Shown(s Step, m Message) {
	r.lines = append(r.lines, fmt.Sprintf("%d/%d %s", s.Index, s.Total, m.Type))
}
func (r *record) Finished(s Step) {
	r.lines = append(r.lines, fmt.Sprintf("%d/%d %s %v", s.Index, s.Total, s.Status, s.Took))
}

// clock goes on by a second whenever it is read.
func clock() func() time.Time {
	at := time.Unix(0, 0)
	return func() time.Time { at = at.Add(time.Second); return at }
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name    string
		cells   []string
		runner  Runner
		want    Summary
		is      error
		watched string
		texts   []string // of each cell's outputs
	}{
		{
			name: "all goes well", cells: []string{"print a\nprint b", " \n", "display p 1", "update p 2"},
			want:    Summary{Total: 3, Done: 3, Took: 7 * time.Second},
			watched: "1/3 start|1/3 stream|1/3 stream|1/3 ok 1s|2/3 start|2/3 display_data|2/3 ok 1s|3/3 start|3/3 update_display_data|3/3 ok 1s",
			texts:   []string{"1: a\nb\n", "0:", "2: 2", "3:"},
		},
		{
			name: "stops at an error", cells: []string{"print a", "print b\nfail no", "print c"}, is: ErrCellFailed,
			want:    Summary{Total: 3, Done: 2, Failed: 1, Took: 5 * time.Second},
			watched: "1/3 start|1/3 stream|1/3 ok 1s|2/3 start|2/3 stream|2/3 error|2/3 failed 1s",
			texts:   []string{"1: a\n", "2: b\n Oops: no", "0:"},
		},
		{
			name: "shows an error that was not shown", cells: []string{"quiet no"}, is: ErrCellFailed,
			want:    Summary{Total: 1, Done: 1, Failed: 1, Took: 3 * time.Second},
			watched: "1/1 start|1/1 failed 1s",
			texts:   []string{"1: Oops: no"},
		},
		{
			name: "shows no second time what the cell printed of its error", cells: []string{"printed no"}, is: ErrCellFailed,
			want:    Summary{Total: 1, Done: 1, Failed: 1, Took: 3 * time.Second},
			watched: "1/1 start|1/1 stream|1/1 failed 1s",
			texts:   []string{"1: no"},
		},
		{
			name: "goes on if told to", cells: []string{"fail no", "print b"}, runner: Runner{AllowErrors: true},
			want:    Summary{Total: 2, Done: 2, Failed: 1, Took: 5 * time.Second},
			watched: "1/2 start|1/2 error|1/2 failed 1s|2/2 start|2/2 stream|2/2 ok 1s",
			texts:   []string{"1: Oops: no", "2: b\n"},
		},
		{
			name: "goes on if the cell is meant to fail", cells: []string{"#raises-exception\nfail no", "print b"},
			want:    Summary{Total: 2, Done: 2, Failed: 1, Took: 5 * time.Second},
			watched: "1/2 start|1/2 error|1/2 failed 1s|2/2 start|2/2 stream|2/2 ok 1s",
			texts:   []string{"1: Oops: no", "2: b\n"},
		},
		{
			name: "stops a cell that takes too long", cells: []string{"wait", "print b"}, runner: Runner{Timeout: time.Millisecond},
			is: ErrCellTimedOut, want: Summary{Total: 2, Done: 1, Failed: 1, Took: 3 * time.Second},
			watched: "1/2 start|1/2 timed out 1s",
			texts:   []string{"1: KeyboardInterrupt", "0:"},
		},
		{
			name: "stops when it is told to", cells: []string{"print a\nstop", "print b"}, runner: Runner{AllowErrors: true},
			is: context.Canceled, want: Summary{Total: 2, Done: 1, Failed: 1, Took: 3 * time.Second},
			watched: "1/2 start|1/2 stream|1/2 interrupted 1s",
			texts:   []string{"1: a\n KeyboardInterrupt", "0:"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			watcher, r, n := &record{}, test.runner, source(test.cells...)
			r.Executor, r.Watcher, r.Now = &script{cancel: func(error) { cancel(context.Canceled) }}, watcher, clock()
			got, err := r.Run(ctx, n)
			if !errors.Is(err, test.is) {
				t.Errorf("error is %v, want %v", err, test.is)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.watched, strings.Join(watcher.lines, "|")); diff != "" {
				t.Errorf("watched (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.texts, texts(t, n)); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
		})
	}
}

// texts reads a notebook's results back from its bytes: each cell's count and the text of its outputs.
func texts(t *testing.T, n *Notebook) (all []string) {
	t.Helper()
	var file struct {
		Cells []struct {
			Count   int `json:"execution_count"`
			Outputs []struct {
				Text  text   `json:"text"`
				Ename string `json:"ename"`
				Error string `json:"evalue"`
				Data  map[string]text
			}
		}
	}
	if err := json.Unmarshal(n.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cells {
		line := fmt.Sprintf("%d:", c.Count)
		for _, o := range c.Outputs {
			line += " " + string(o.Text) + string(o.Data["text/plain"])
			if o.Ename != "" {
				line += strings.TrimSuffix(o.Ename+": "+o.Error, ": ")
			}
		}
		all = append(all, line)
	}
	return all
}

func TestRunLeavesNoResultOfAnotherRun(t *testing.T) {
	n := source("fail now", "print b")
	old := []map[string]any{{"output_type": "stream", "name": "stdout", "text": []any{"old"}}}
	if err := n.Cells[1].SetResult(9, old); err != nil {
		t.Fatal(err)
	}
	r := Runner{Executor: &script{}, Watcher: &record{}, Now: clock()}
	if _, err := r.Run(t.Context(), n); !errors.Is(err, ErrCellFailed) {
		t.Fatalf("error is %v, want %v", err, ErrCellFailed)
	}
	if diff := cmp.Diff([]string{"1: Oops: now", "0:"}, texts(t, n)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestRunThatIsStoppedBeforeItBegins(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &script{}
	r := Runner{Executor: s, Watcher: &record{}, Now: clock()}
	if _, err := r.Run(ctx, source("print a")); !errors.Is(err, context.Canceled) || len(s.ran) > 0 {
		t.Errorf("error is %v and %v ran, want a cancelled context and nothing", err, s.ran)
	}
}

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	n := source("// greet\nprint a", "\x1b print", strings.Repeat("long ", 20), "fail \x1b[31mred\x1b[0m")
	r := Runner{Executor: &script{}, Watcher: &Progress{W: &out, Every: time.Hour, Name: firstLine}, Now: clock()}
	if _, err := r.Run(t.Context(), n); !errors.Is(err, ErrCellFailed) {
		t.Fatalf("error is %v, want %v", err, ErrCellFailed)
	}
	want := []string{"[1/4] // greet", "[2/4]", "[3/4] long long", "[4/4] fail", "Oops: red"}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("progress is %d lines, want %d:\n%s", len(lines), len(want), out.String())
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, want[i]) || strings.ContainsAny(line, "\x1b\r") {
			t.Errorf("line %d is %q, want it plain and to begin with %q", i+1, line, want[i])
		}
	}
	if !strings.HasSuffix(lines[0], "  ok  1s") || !strings.HasSuffix(lines[3], "  failed  1s") {
		t.Errorf("lines do not end with status and time:\n%s", out.String())
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 1234 * time.Microsecond: "1ms", 4211 * time.Millisecond: "4.21s", 125300 * time.Millisecond: "2m5s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%d) = %s, want %s", d, got, want)
		}
	}
}
