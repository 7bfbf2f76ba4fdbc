package gopls

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// guard keeps a test from hanging; nothing is measured by it.
const guard = 2 * time.Minute

var installOnce = sync.OnceValues(func() (string, error) {
	if path, err := Find(); err == nil {
		return path, nil
	}
	return Install(context.Background(), os.Stderr)
})

// realGopls returns the path of gopls, and builds it where there is none.
func realGopls(t *testing.T) string {
	t.Helper()
	path, err := installOnce()
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("gopls cannot be installed: %v", err)
	}
	t.Skipf("gopls cannot be installed: %v", err)
	return ""
}

// newClient returns a client of the real gopls in a new work folder that holds only a go.mod.
func newClient(t *testing.T) *Client {
	t.Helper()
	path := realGopls(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module cell\n\ngo 1.26\n")
	c := New(Options{Dir: dir, Find: func() (string, error) { return path, nil }})
	t.Cleanup(func() { c.Close() })
	return c
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// cut takes the mark ‸ out of text and returns where it was.
func cut(t *testing.T, text string) (string, int) {
	t.Helper()
	before, after, ok := strings.Cut(text, "‸")
	if !ok {
		t.Fatal("the text has no cursor")
	}
	return before + after, len(before)
}

func applied(text string, item Item) string {
	return text[:item.ReplaceStart] + item.NewText + text[item.ReplaceEnd:]
}

func complete(t *testing.T, c *Client, marked string) (text string, items []Item) {
	t.Helper()
	text, offset := cut(t, marked)
	items, err := c.Complete(within(t, guard), "main.go", text, offset)
	if err != nil {
		t.Fatal(err)
	}
	return text, items
}

func find(t *testing.T, items []Item, label string) Item {
	t.Helper()
	i := slices.IndexFunc(items, func(item Item) bool { return item.Label == label })
	if i < 0 {
		t.Fatalf("%q is not among %+v", label, items)
	}
	return items[i]
}

func TestComplete(t *testing.T) {
	const head = "package main\n\nimport \"fmt\"\n\nfunc largest(a, b int) int { return max(a, b) }\n\n"
	c := newClient(t)
	for _, test := range []struct{ name, text, label, kind, want string }{
		{"members of a package", head + "func main() { fmt.Printl‸ }\n", "Println", "function",
			head + "func main() { fmt.Println }\n"},
		{"a local function", head + "func main() { fmt.Println(); _ = larg‸ }\n", "largest", "function",
			head + "func main() { fmt.Println(); _ = largest }\n"},
		{"behind non-ASCII text", head + "func main() { s := \"größe 世界 🙂🙂\"; /* é🙂 */ fmt.Printl‸(s) }\n", "Println", "function",
			head + "func main() { s := \"größe 世界 🙂🙂\"; /* é🙂 */ fmt.Println(s) }\n"},
		{"a non-ASCII name", head + "var größe, größer = 1, 2\n\nfunc main() { fmt.Println(grö‸) }\n", "größer", "variable",
			head + "var größe, größer = 1, 2\n\nfunc main() { fmt.Println(größer) }\n"},
		{"in a file with errors", head + "func wrong() int { return undefined }\n\nfunc main() {\n\tx := missing + 1\n\tfmt.Sprin‸\n", "Sprintf", "function",
			head + "func wrong() int { return undefined }\n\nfunc main() {\n\tx := missing + 1\n\tfmt.Sprintf\n"},
		{"in the middle of a name", head + "func main() { fmt.Pri‸ntXX() }\n", "Println", "function", ""},
		{"a package that is not imported", head + "func main() { fmt.Println(strings.ToUp‸) }\n", "ToUpper", "function",
			head + "func main() { fmt.Println(strings.ToUpper) }\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, items := complete(t, c, test.text)
			item := find(t, items, test.label)
			if item.Kind != test.kind {
				t.Errorf("kind %q, want %q", item.Kind, test.kind)
			}
			if got := applied(text, item); test.want != "" && got != test.want {
				t.Errorf("completed to\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestCompleteOfNothing(t *testing.T) {
	c := newClient(t)
	if _, items := complete(t, c, "package main\n\nfunc main() { nothingisnamedso‸ }\n"); len(items) != 0 {
		t.Errorf("got %+v", items)
	}
}

const greeter = `package main

import "fmt"

// Greet says hello to a *person*, with [fmt.Sprintf].
func Greet(name string, times int) string { return fmt.Sprint(name, times) }

func main() {
	fmt.Println(Greet("é🙂", 2), unknown)
}
`

func TestHover(t *testing.T) {
	c := newClient(t)
	for _, test := range []struct {
		name, at string
		skip     int // bytes from the start of at
		want     string
	}{
		{"a function of the file", "Greet(\"", 2, "func Greet(name string, times int) string"},
		{"its documentation", "Greet(\"", 2, "says hello to a *person*, with fmt.Sprintf."},
		{"a function of the standard library", "Println", 0, "func fmt.Println(a ...any) (n int, err error)"},
		{"the end of a name", "Println", len("Println"), "Println formats using the default formats"},
		{"an unknown name", "unknown", 1, ""},
		{"no name", "\n\n// Greet", 1, ""},
		{"behind the end", "}\n", 100, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			offset := strings.Index(greeter, test.at) + test.skip
			doc, found, err := c.Hover(within(t, guard), "main.go", greeter, offset)
			if err != nil || found != (test.want != "") || !strings.Contains(doc.Plain, test.want) {
				t.Errorf("found %v, error %v, text:\n%s", found, err, doc.Plain)
			}
		})
	}
}

func TestHoverInEmptyFile(t *testing.T) {
	_, found, err := newClient(t).Hover(within(t, guard), "main.go", "", 0)
	if found {
		t.Errorf("found something in an empty file (%v)", err)
	}
}

func TestSignature(t *testing.T) {
	c := newClient(t)
	offset := strings.Index(greeter, ", 2)") + 2
	got, found, err := c.Signature(within(t, guard), "main.go", greeter, offset)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	if got.Label != "Greet(name string, times int) string" || got.Active != 1 ||
		!slices.Equal(got.Parameters, []string{"name string", "times int"}) {
		t.Errorf("got %+v", got)
	}
	if _, found, err := c.Signature(within(t, guard), "main.go", greeter, 0); found || err != nil {
		t.Errorf("outside of a call: found %v, error %v", found, err)
	}
}

func TestInspectInsideOfCall(t *testing.T) {
	doc, found, err := newClient(t).Inspect(within(t, guard), "main.go", greeter, strings.Index(greeter, ", 2)")+2)
	if err != nil || !found || !strings.Contains(doc.Plain, "func Greet(name string") {
		t.Errorf("found %v, error %v: %+v", found, err, doc)
	}
}

// The module of a %track folder changes on disk between two requests, and so does go.mod.
func TestTrack(t *testing.T) {
	c := newClient(t)
	lib := t.TempDir()
	write(t, filepath.Join(lib, "go.mod"), "module example.com/lib\n\ngo 1.26\n")
	write(t, filepath.Join(lib, "lib.go"), "package lib\n\nfunc FirstOne() {}\n")
	const text = "package main\n\nimport \"example.com/lib\"\n\nfunc main() { lib.‸ }\n"
	complete(t, c, text) // gopls has seen the folder without the module
	write(t, filepath.Join(c.options.Dir, "go.mod"),
		"module cell\n\ngo 1.26\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => "+lib+"\n")
	c.Track(lib)
	c.Track(lib, filepath.Join(lib, "nothing"))
	_, items := complete(t, c, text)
	find(t, items, "FirstOne")
	write(t, filepath.Join(lib, "lib.go"), "package lib\n\nfunc FirstOne() {}\n\nfunc SecondOne() {}\n")
	_, items = complete(t, c, text)
	find(t, items, "SecondOne")
	c.Untrack(lib)
	write(t, filepath.Join(lib, "lib.go"), "package lib\n\nfunc FirstOne() {}\n\nfunc ThirdOne() {}\n")
	_, items = complete(t, c, text)
	find(t, items, "SecondOne")
}

// Another file of the package lies on disk, as %%writefile leaves it.
func TestOtherFileOnDisk(t *testing.T) {
	c := newClient(t)
	write(t, filepath.Join(c.options.Dir, "other.go"), "package main\n\nfunc fromOther() {}\n")
	_, items := complete(t, c, "package main\n\nfunc main() { fromO‸ }\n")
	find(t, items, "fromOther")
}

func TestContextEndsBeforeStart(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := newClient(t).Complete(ctx, "main.go", greeter, 0)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWarmAndClose(t *testing.T) {
	c := newClient(t)
	c.Warm("main.go", greeter)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Hover(within(t, guard), "main.go", greeter, 0); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if c.server != nil && !c.server.dead() {
		t.Error("gopls outlives Close")
	}
}

func TestConcurrentRequests(t *testing.T) {
	c := newClient(t)
	var group sync.WaitGroup
	for i := range 8 {
		name := "variable" + string(rune('A'+i))
		group.Go(func() {
			text, offset := cut(t, "package main\n\nfunc main() { "+name+" := 1; _ = variab‸ }\n")
			items, err := c.Complete(within(t, guard), "main.go", text, offset)
			if err != nil || len(items) != 1 || items[0].Label != name {
				t.Errorf("%s: %v, %+v", name, err, items)
			}
		})
	}
	group.Wait()
}
