package golang

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/golang/gopls"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// needGopls skips a test where gopls is not installed; `make test` installs it and CI has to have it.
func needGopls(t *testing.T) {
	t.Helper()
	if _, err := gopls.Find(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// inTime asks again while the engine gave up waiting for gopls, which a busy machine takes long to start.
func inTime[T any](ask func() T) (answer T) {
	for end := time.Now().Add(guard); time.Now().Before(end); {
		begun := time.Now()
		if answer = ask(); time.Since(begun) < patience {
			break
		}
	}
	return answer
}

// ask completes the cell at the mark "‸" and returns the matches and the text they replace.
func ask(t *testing.T, n *notebook, marked string) (matches []string, replaced string) {
	t.Helper()
	before, after, _ := strings.Cut(marked, "‸")
	c := inTime(func() wire.Completion {
		return n.engine.Complete(context.Background(), before+after, utf8.RuneCountInString(before))
	})
	runes := []rune(before + after)
	return c.Matches, string(runes[c.CursorStart:c.CursorEnd])
}

func TestCompleteCommands(t *testing.T) {
	n := newNotebook(t)
	for marked, want := range map[string][]string{
		"%wi‸":            {"%widgets", "%widgets_hb", "%with_inputs", "%with_password"},
		"x := 1\n%%wri‸":  {"%%writefile"},
		"//gonb:%goflag‸": {"%goflags"},
		"%cd ‸":           {},
		"!l‸":             {},
	} {
		matches, replaced := ask(t, n, marked)
		if diff := cmp.Diff(want, matches); diff != "" {
			t.Errorf("%q: %s", marked, diff)
		}
		if len(want) > 0 && !strings.HasSuffix(strings.Split(marked, "‸")[0], replaced) {
			t.Errorf("%q replaces %q", marked, replaced)
		}
	}
}

func TestCompleteGo(t *testing.T) {
	needGopls(t)
	n := newNotebook(t)
	n.prints("import \"strings\"\nfunc gruß(name string) string { return strings.ToUpper(name) }", "")
	for marked, want := range map[string]string{
		"%%\nfmt.Println(gru‸)":              "gruß",
		"%%\nfmt.Println(\"größe €\", gru‸)": "gruß",
		"%%\nstrings.ToUp‸":                  "ToUpper",
		"%%\nfmt.Printl‸":                    "Println",
		"x := strings.Builder{}\nx.WriteS‸":  "WriteString",
	} {
		if matches, _ := ask(t, n, marked); !slices.Contains(matches, want) {
			t.Errorf("%q proposes %q, want %s among them", marked, matches, want)
		}
	}
}

func TestInspect(t *testing.T) {
	needGopls(t)
	n := newNotebook(t)
	for marked, want := range map[string]string{
		"%%\nfmt.Prin‸tln(1)":      "func fmt.Println(a ...any) (n int, err error)",
		"%cap‸ture x":              "%capture [-a] file: write a copy",
		"":                         "",
		"%%\nfmt.Println(nob‸ody)": "func Println", // the call around it
		"%%\nx := nob‸ody":         "",
		"!l‸s":                     "",
	} {
		before, after, _ := strings.Cut(marked, "‸")
		got := inTime(func() wire.Inspection {
			return n.engine.Inspect(context.Background(), before+after, utf8.RuneCountInString(before), 0)
		})
		text, _ := got.Data["text/plain"].(string)
		if got.Found != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%q: found %v, %q; want %q", marked, got.Found, text, want)
		}
	}
}

func TestPositionsOutsideTheText(t *testing.T) {
	n := newNotebook(t)
	for _, cursor := range []int{-5, 0, 1, 99} {
		n.engine.Complete(context.Background(), "%", cursor)
		n.engine.Inspect(context.Background(), "%", cursor, 0)
	}
}

func TestIsComplete(t *testing.T) {
	n := newNotebook(t)
	for code, want := range map[string]string{
		"x := 1": "complete", "func f() {": "incomplete", "s := `a": "incomplete", "func f() }": "invalid", "%ls": "complete", "%%": "incomplete",
	} {
		if got := n.engine.IsComplete(code); got.Status != want {
			t.Errorf("%q is %s, want %s", code, got.Status, want)
		}
	}
}
