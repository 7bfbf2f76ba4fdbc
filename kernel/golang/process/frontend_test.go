//go:build unix

package process

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// browser is a page in which the real JavaScript runs, by Node.
type browser struct {
	front
	r       *Runner
	in      io.Writer
	results chan string
	url     string
	sending sync.Mutex
	drops   int // so many of the kernel's next comm messages never reach the page
}

func newBrowser(t *testing.T, r *Runner) *browser {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("needs node: apt-get install nodejs")
	}
	cmd := exec.Command(node, "testdata/page.js")
	cmd.Stderr = os.Stderr
	b := &browser{r: r, results: make(chan string, 100)}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { in.Close(); <-done; _ = cmd.Wait() })
	b.in, b.react = in, b.show
	go func() { defer close(done); b.listen(out) }()
	return b
}

// show has the page show what is published, as Jupyter would.
func (b *browser) show(t wire.Type, content any) {
	switch c := content.(type) {
	case wire.Display:
		b.tell("html", c.Data["text/html"])
	case wire.Comm:
		if b.drops--; b.drops >= 0 {
			return
		}
		b.tell("message", map[string]any{"msg_type": t, "content": c})
	}
}

func (b *browser) tell(what string, value any) {
	b.sending.Lock()
	defer b.sending.Unlock()
	_ = json.NewEncoder(b.in).Encode(map[string]any{what: value})
}

// eval returns what a script in the page evaluates to.
func (b *browser) eval(script string) string {
	b.tell("script", script)
	return <-b.results
}

// listen passes the page's messages to the kernel.
func (b *browser) listen(out io.Reader) {
	for decoder := json.NewDecoder(out); ; {
		var line struct {
			URL     string
			Result  *string
			Message struct {
				Type    wire.Type `json:"msg_type"`
				Content wire.Comm
			}
		}
		if decoder.Decode(&line) != nil {
			return
		}
		switch {
		case line.URL != "":
			b.url = line.URL
		case line.Result != nil:
			b.results <- *line.Result
		default:
			b.r.Comm(line.Message.Type, line.Message.Content, b)
		}
	}
}

func TestFrontend(t *testing.T) {
	r := newRunner(t)
	b := newBrowser(t, r)
	if err := r.Widgets(t.Context(), "cell", b); err != nil {
		t.Fatal(err)
	}
	const url = "wss://hub.example/user/ann/api/kernels/test-kernel/channels?session_id="
	if !strings.HasPrefix(b.url, url) || !strings.HasSuffix(b.url, "&token=t") {
		t.Errorf("the page connected to %s, want %s…&token=t", b.url, url)
	}
	if !r.Heartbeat(t.Context(), b) {
		t.Error("no heartbeat")
	}
	b.eval(`gonb_comm.subscribe("/to/page", (address, n) => gonb_comm.send("/to/cell", n + 1)); 0`)
	before := r.Comms("")
	if !r.comms.install("cell", b, &r.displays, r.comms.waiting(t.Context())) || !cmp.Equal(before, r.Comms("")) {
		t.Errorf("a page that was asked again has the comms %v, want %v still", r.Comms(""), before)
	}
	if exit, err := r.Run(t.Context(), comm(t, "count"), b); err != nil || !exit.OK() {
		t.Errorf("%+v, %v", exit, err)
	}
	if diff := cmp.Diff("got 2\ngot 3\ngot 4\ngot 5\n", b.stream("stdout")); diff != "" {
		t.Error(diff)
	}
}

// The kernel's first answers to a new connection may be lost: the page asks again, and is sent nothing before it hears.
func TestFirstAnswersLost(t *testing.T) {
	r := newRunner(t)
	b := newBrowser(t, r)
	b.drops = 2
	if err := r.Widgets(t.Context(), "cell", b); err != nil {
		t.Fatal(err)
	}
	b.eval(`gonb_comm.newSyncedVariable("/variable", "content"); 0`)
	if exit, err := r.Run(t.Context(), comm(t, "read"), b); err != nil || !exit.OK() {
		t.Fatalf("%+v, %v", exit, err)
	}
	if diff := cmp.Diff("read content\n", b.stream("stdout")); diff != "" {
		t.Error(diff)
	}
}

// A button of gonbui's own widgets works, built twice at the same address, as a cell run again does.
func TestButton(t *testing.T) {
	r := newRunner(t)
	b := newBrowser(t, r)
	for range 2 {
		go func() {
			b.has(t, "ready")
			b.eval(`document.all().filter((e) => e.tag === "button").at(-1).click()`)
		}()
		if exit, err := r.Run(t.Context(), comm(t, "button"), b); err != nil || !exit.OK() {
			t.Fatalf("%+v, %v", exit, err)
		}
		if diff := cmp.Diff("ready\nclicked 1\n", b.stream("stdout")); diff != "" {
			t.Error(diff)
		}
		b.said = nil
	}
}

func TestReadValue(t *testing.T) {
	r := newRunner(t)
	b := newBrowser(t, r)
	if err := r.Widgets(t.Context(), "cell", b); err != nil {
		t.Fatal(err)
	}
	b.eval(`gonb_comm.newSyncedVariable("/variable", "content"); 0`)
	if exit, err := r.Run(t.Context(), comm(t, "read"), b); err != nil || !exit.OK() {
		t.Fatalf("%+v, %v", exit, err)
	}
	if diff := cmp.Diff("read content\n", b.stream("stdout")); diff != "" {
		t.Error(diff)
	}
}

// The page's interface, without a program.
func TestSyncedVariable(t *testing.T) {
	r := newRunner(t)
	b := newBrowser(t, r)
	if err := r.Widgets(t.Context(), "cell", b); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ script, want string }{
		{`v = gonb_comm.newSyncedVariable("/v", 1); heard = []; id = v.subscribe((x) => heard.push(x)); v.get()`, "1"},
		{`v.set(2); v.set(2); heard.join()`, "2"},
		{`gonb_comm.newSyncedVariable("/v", 0) === v`, "true"},
		{`v.unsubscribe(id); v.set(4); heard.join()`, "2,0"},
		{`got = []; s = gonb_comm.subscribe("/a", (_, x) => got.push(x)); typeof s`, "symbol"},
		{`gonb_comm.close(); String(globalThis.gonb_comm)`, "undefined"},
	} {
		if got := b.eval(test.script); got != test.want {
			t.Errorf("%s: got %s, want %s", test.script, got, test.want)
		}
	}
}
