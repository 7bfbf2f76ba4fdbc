package kernel_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"testing"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker"
)

// host answers magics; the message "no" and the name "no" fail, "block" waits for an interrupt.
type host struct{}

func (host) Commit(ctx context.Context, message string) (string, error) {
	switch message {
	case "no":
		return "", errors.New("nothing to commit")
	case "block":
		<-ctx.Done()
		return "", ctx.Err()
	}
	return "committed " + message, nil
}

func (host) Snapshot(_ context.Context, paths []string, name string) (string, error) {
	return fmt.Sprintf("%q as %q", paths, name), nil
}

func (host) Environment(context.Context) (string, error) { return "go", nil }

func (host) Log(_ context.Context, l magics.Logged) error {
	if len(l.Params) > 0 && l.Params[0].Key == "taken" {
		return errors.New("taken is 1 in this run")
	}
	return nil
}

func (host) Experiment(_ context.Context, name, description string) (magics.Reply, error) {
	return magics.Reply{Text: name + " " + description, HTML: "<b>" + html.EscapeString(name) + "</b>"}, nil
}

func (host) Artifact(_ context.Context, a magics.Artifact) (string, error) {
	return "kept " + a.As, nil
}

func (host) Ledger(_ context.Context, q magics.Question) (magics.Reply, error) {
	return magics.Reply{Text: q.Filter}, nil
}

func (host) Diff(_ context.Context, a, b string) (magics.Reply, error) {
	return magics.Reply{Text: a + b}, nil
}

// Names knows two runs; of experiments it is never told before it is too late.
func (host) Names(ctx context.Context, of magics.Kind) []string {
	switch of {
	case magics.Run:
		return []string{"3fa81c22", "my run"}
	case magics.MetricKey:
		return []string{"loss"}
	case magics.Experiment:
		<-ctx.Done()
	}
	return nil
}

func withMagics(o *kernel.SessionOptions) { o.Magics, o.Dir = host{}, "/nb" }

// TestMagicRunsBeforeTheCell: its output comes first, the engine sees a cell without it, and the record has the
// cell as the user wrote it.
func TestMagicRunsBeforeTheCell(t *testing.T) {
	b := start(t, withMagics)
	id := b.Execute("print a\n%commit one\n%snapshot data --name train\nprint b")
	want(t, "published", kerneltest.Summaries(b.Idle(id)), []string{
		"busy",
		`execute_input {"code":"print a\n%commit one\n%snapshot data --name train\nprint b","execution_count":1}`,
		`stream {"name":"stdout","text":"committed one\n"}`,
		`stream {"name":"stdout","text":"[\"/nb/data\"] as \"train\"\n"}`,
		`stream {"name":"stdout","text":"a\n"}`,
		`stream {"name":"stdout","text":"b\n"}`,
		"idle",
	})
	story := b.recorder.Story()
	want(t, "record", story[1:3], []string{
		`started [1]  "print a\n%commit one\n%snapshot data --name train\nprint b"`,
		`output stream {"name":"stdout","text":"committed one\n"}`,
	})
	want(t, "end of the record", story[len(story)-1], "finished ok")
}

// TestMagicThatFails: the cell fails at the magic's line, its code does not run, and the queue is aborted.
func TestMagicThatFails(t *testing.T) {
	for _, test := range []struct{ cell, value, line string }{
		{"print a\n\n%commit no\n", "%commit: nothing to commit", "\x1b[31mCell[1]:3: %commit: nothing to commit\x1b[0m"},
		{"%gemba commit no", "%gemba: nothing to commit", "\x1b[31mCell[1]:1: %gemba: nothing to commit\x1b[0m"},
		{"%commit one\n%snapshot --all x", "%snapshot: there is no option -all; usage: %snapshot PATH… [--name NAME]",
			"\x1b[31mCell[1]:2: %snapshot: there is no option -all; usage: %snapshot PATH… [--name NAME]\x1b[0m"},
	} {
		b := start(t, withMagics)
		first, second := b.Execute(test.cell), b.Execute("print after")
		got := kerneltest.Decode[wire.ExecuteFailed](t, b.Reply(first))
		want(t, "error", []string{got.Name, got.Value, got.Traceback[0]}, []string{"MagicError", test.value, test.line})
		want(t, "second reply", kerneltest.Decode[wire.Plain](t, b.Reply(second)).Status, "aborted")
		for _, s := range kerneltest.Summaries(b.Idle(first)) {
			if s == `stream {"name":"stdout","text":"a\n"}` {
				t.Errorf("%q: the code ran", test.cell)
			}
		}
	}
}

func TestMagicIsInterrupted(t *testing.T) {
	b := start(t, withMagics)
	cell := b.Execute("%commit block")
	b.begun(cell)
	b.Reply(b.Send(wire.Control, wire.InterruptRequest, struct{}{}))
	want(t, "error", kerneltest.Decode[wire.ExecuteFailed](t, b.Reply(cell)).Name, wire.Interrupted)
}

// TestNoMagics: without a host such lines are the engine's.
func TestNoMagics(t *testing.T) {
	b := start(t)
	want(t, "error", kerneltest.Decode[wire.ExecuteFailed](t, b.Reply(b.Execute("%commit one"))).Name, "NameError")
}

// TestMagicsHaveTypes: where the engine tells the types of what it proposes, JupyterLab shows nothing that has none.
func TestMagicsHaveTypes(t *testing.T) {
	s := start(t, withMagics).server.Session
	typed := func(names ...string) map[string]any {
		list := []any{}
		for _, name := range names {
			list = append(list, map[string]any{"start": 0, "end": 3, "text": name, "type": "magic", "signature": ""})
		}
		return map[string]any{"_jupyter_types_experimental": list}
	}
	proposed := wire.Completion{Matches: []string{"%sn"}, CursorEnd: 3, Metadata: typed("%sn")}
	want(t, "added", s.CompleteMagic(t.Context(), "%sn", 3, proposed).Metadata, typed("%sn", "%snapshot"))
	want(t, "engine's", proposed.Metadata, typed("%sn"))
	want(t, "arguments", s.CompleteMagic(t.Context(), "%metric a=1 --s", 15, proposed).Metadata, map[string]any{})
}

func TestMagicsInTheEditor(t *testing.T) {
	b := start(t, withMagics)
	complete := func(code string, cursor int) []any {
		c := kerneltest.Decode[wire.Completed](t, b.Reply(b.Send(wire.Shell, wire.CompleteRequest, wire.CodeAt{Code: code, Cursor: &cursor})))
		return []any{c.Matches, c.CursorStart, c.CursorEnd}
	}
	want(t, "magic", complete("print é\n%sna x", 12), []any{[]string{"%snapshot"}, 8, 12})
	want(t, "long form", complete("%gemba en", 9), []any{[]string{"env"}, 7, 9})
	want(t, "the engine's own", complete("print a\npri", 11), []any{[]string{"print"}, 8, 11})
	want(t, "body of another language", complete("%%bash\n%sna", 11), []any{[]string{}, 7, 11})
	want(t, "an option", complete("%metric a=1 --s", 15), []any{[]string{"--step"}, 12, 15})
	want(t, "a run's id", complete("%diff 3f", 8), []any{[]string{"3fa81c22"}, 6, 8})
	want(t, "a run's name", complete("x\n%diff my", 10), []any{[]string{"'my run'"}, 8, 10})
	want(t, "a metric", complete("é\n%metric lo", 12), []any{[]string{"loss="}, 10, 12})
	want(t, "a cell magic", complete("%%no", 4), []any{[]string{"%%note"}, 0, 4})
	want(t, "an option of a cell magic", complete("%%note --h\ntext", 10), []any{[]string{"--hypothesis"}, 7, 10})
	want(t, "text below a cell magic", complete("%%note\n%sna", 11), []any{[]string{}, 7, 11})
	want(t, "names that come too late", complete("%experiment m", 13), []any{[]string{}, 12, 13})
	inspect := func(code string, cursor int) any {
		return kerneltest.Decode[wire.Inspected](t, b.Reply(b.Send(wire.Shell, wire.InspectRequest, wire.CodeAt{Code: code, Cursor: &cursor}))).Data["text/plain"]
	}
	want(t, "help", inspect("x\n%commit \"m\"", 4), any(`%commit "message": make a git commit of the work tree`))
	want(t, "help with options", inspect("%diff a b", 4), any("%diff RUN [RUN]: compare two runs, or one with this notebook's"))
	want(t, "help of a cell magic", inspect("%%tag\na=b", 2), any("%tag NAME=VALUE…: note something about the run; the last value of a name counts\n  %%tag: what stands below is more of NAME=VALUE"))
	want(t, "the engine's help", inspect("print", 2), any("print at 2, detail 0"))
}

// TestMagicsShow: an answer that is a table is shown as text and as HTML, and recorded as both.
func TestMagicsShow(t *testing.T) {
	b := start(t, withMagics)
	shown := `display_data {"data":{"text/html":"<b>&lt;i&gt;</b>","text/plain":"<i> "},"metadata":{}}`
	want(t, "published", kerneltest.Summaries(b.Idle(b.Execute("%experiment '<i>'")))[2], shown)
	want(t, "record", b.recorder.Story()[2], "output "+shown)
	want(t, "without HTML", kerneltest.Summaries(b.Idle(b.Execute("%ledger a = 1")))[2], `stream {"name":"stdout","text":"a = 1\n"}`)
}

// TestCellMagic: a cell that is a magic as a whole is no code, and what it logs is refused as a line's is.
func TestCellMagic(t *testing.T) {
	b := start(t, withMagics)
	id := b.Execute("%%artifact a.txt\nprint a\n%commit no\n")
	want(t, "published", kerneltest.Summaries(b.Idle(id))[2:], []string{`stream {"name":"stdout","text":"kept a.txt\n"}`, "idle"})
	got := kerneltest.Decode[wire.ExecuteFailed](t, b.Reply(b.Execute("\n%%param\ntaken=2\n")))
	want(t, "error", []string{got.Value, got.Traceback[0]}, []string{"%param: taken is 1 in this run", "\x1b[31mCell[2]:2: %param: taken is 1 in this run\x1b[0m"})
}

// TestEnvironBehindMagics: what a cell runs is told of its run when the cell's magics are done.
func TestEnvironBehindMagics(t *testing.T) {
	var told []string
	var b *bench
	b = start(t, withMagics, func(o *kernel.SessionOptions) {
		o.Environ = func(tracker.ID) []string { told = b.recorder.Story(); return nil }
	})
	b.Idle(b.Execute("%commit one\nprint a"))
	want(t, "told last before", told[len(told)-1], `output stream {"name":"stdout","text":"committed one\n"}`)
}

// TestPermit: a cell that may not run fails, says why, and does nothing, and so does not its magic.
func TestPermit(t *testing.T) {
	refuse := errors.New("another Go than the locked one")
	b := start(t, withMagics, func(o *kernel.SessionOptions) { o.Permit = func(context.Context) error { return refuse } })
	id := b.Execute("%commit one\nprint a")
	got := kerneltest.Decode[wire.ExecuteFailed](t, b.Reply(id))
	want(t, "error", []string{got.Name, got.Value}, []string{"Refused", refuse.Error()})
	want(t, "published", len(kerneltest.Summaries(b.Idle(id))), 4) // busy, input, error, idle
	story := b.recorder.Story()
	want(t, "record", story[len(story)-1], "finished error Refused "+refuse.Error())
}
