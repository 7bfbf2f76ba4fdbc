package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// guard bounds what a test waits for; it decides nothing but whether the test hangs.
const guard = 30 * time.Second

// page is a front end: it sends, and keeps what comes.
type page struct {
	t      *testing.T
	bridge *Bridge

	mu     sync.Mutex
	change *sync.Cond
	got    []message
	shut   bool // nothing leaves
}

// message is what the bridge published.
type message struct {
	Type    wire.Type
	Comm    string
	Parent  string // the data of what it answers
	Data    data
	Buffers [][]byte
}

type data struct {
	Hello   *Hello            `json:"hello"`
	ID      *int64            `json:"id"`
	Part    int               `json:"part"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    *string           `json:"body"`
	More    bool              `json:"more"`
	Event   *event            `json:"event"`
	Error   string            `json:"error"`
}

func newPage(t *testing.T, handler http.HandlerFunc) *page {
	p := &page{t: t, bridge: New(Options{Handler: handler, Hello: Hello{Program: "1.2.3", Session: "s-1", Kernel: "go"}, Log: func(m string) { t.Log(m) }})}
	p.change = sync.NewCond(&p.mu)
	t.Cleanup(p.bridge.Close)
	return p
}

// send sends a comm message, and says whether the bridge took it.
func (p *page) send(t wire.Type, comm, target, text string) bool {
	content, err := json.Marshal(incoming{comm, target, json.RawMessage(text)})
	if err != nil {
		p.t.Fatal(err)
	}
	do := p.bridge.Take(t, content, func(ctx context.Context, typ wire.Type, content any, buffers ...[]byte) error {
		return p.published(ctx, typ, text, content, buffers)
	})
	if do == nil {
		return false
	}
	do()
	return true
}

func (p *page) published(ctx context.Context, t wire.Type, parent string, content any, buffers [][]byte) error {
	raw, err := wire.Encode(content)
	if err != nil {
		return err
	}
	var said struct {
		ID   string `json:"comm_id"`
		Data data   `json:"data"`
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		p.t.Errorf("published %s: %v", raw, err)
	}
	defer context.AfterFunc(ctx, p.change.Broadcast)()
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.shut && ctx.Err() == nil {
		p.change.Wait()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.got = append(p.got, message{t, said.ID, parent, said.Data, buffers})
	p.change.Broadcast()
	return nil
}

func (p *page) open(comm string) {
	p.t.Helper()
	if !p.send(wire.CommOpen, comm, Target, `{"version":1}`) {
		p.t.Fatal("comm_open was not taken")
	}
}

func (p *page) ask(comm, text string) { p.send(wire.CommMsg, comm, "", text) }

// await returns the first message that matches.
func (p *page) await(what string, match func(message) bool) message {
	p.t.Helper()
	all := p.all(what, 1, match)
	return all[0]
}

// all waits for n messages that match.
func (p *page) all(what string, n int, match func(message) bool) (all []message) {
	p.t.Helper()
	expired := false
	timer := time.AfterFunc(guard, func() { p.mu.Lock(); expired = true; p.mu.Unlock(); p.change.Broadcast() })
	defer timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		all = nil
		for _, m := range p.got {
			if match(m) {
				all = append(all, m)
			}
		}
		if len(all) >= n {
			return all
		}
		if expired {
			p.t.Fatalf("%d of %d: %s among %d messages", len(all), n, what, len(p.got))
		}
		p.change.Wait()
	}
}

func of(id int64) func(message) bool {
	return func(m message) bool { return m.Data.ID != nil && *m.Data.ID == id }
}

func last(id int64) func(message) bool {
	return func(m message) bool { return of(id)(m) && !m.Data.More }
}

// answer waits for the end of a request, and returns its first message and its body.
func (p *page) answer(id int64) (message, []byte) {
	p.t.Helper()
	p.await(fmt.Sprint("end of request ", id), last(id))
	all := p.all("answer", 1, of(id))
	var body []byte
	for i, m := range all {
		if m.Data.Part != i {
			p.t.Errorf("message %d of request %d is part %d", i, id, m.Data.Part)
		}
		body = append(body, bytes.Join(m.Buffers, nil)...)
		if m.Data.Body != nil {
			body = append(body, *m.Data.Body...)
		}
	}
	return all[0], body
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func hello(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", `W/"1"`)
	fmt.Fprintf(w, `{"method":%q,"url":%q,"x":%q,"gzip":%q}`, r.Method, r.URL, r.Header.Get("X-Thing"), r.Header.Get("Accept-Encoding"))
}

func TestOneAnswer(t *testing.T) {
	p := newPage(t, hello)
	p.open("c1")
	p.ask("c1", `{"id":7,"method":"GET","path":"/api/runs?limit=1&x=%20","headers":{"x-thing":"y","accept-encoding":"gzip"}}`)
	m, body := p.answer(7)
	want(t, "body", string(body), `{"method":"GET","url":"/api/runs?limit=1&x=%20","x":"y","gzip":""}`)
	want(t, "status and headers", m.Data.Headers, map[string]string{"content-type": "application/json", "etag": `W/"1"`})
	want(t, "status", m.Data.Status, 200)
	first := p.await("hello", func(m message) bool { return true })
	want(t, "hello", first, message{Type: wire.CommMsg, Comm: "c1", Parent: `{"version":1}`, Data: data{Hello: &Hello{1, "1.2.3", "s-1", "go"}}})
	want(t, "comms", p.bridge.Comms(""), map[string]string{"c1": Target})
	want(t, "comms of another target", p.bridge.Comms("x"), map[string]string{})
}

func TestBodies(t *testing.T) {
	long, binary := strings.Repeat("é", 700_000)+"x", bytes.Repeat([]byte{0, 255, 7}, 1000)
	bodies := map[string]struct {
		kind   string
		body   []byte
		pieces int // buffers; 0: it goes as text
	}{
		"empty":         {"application/json", nil, 0},
		"short":         {"text/plain; charset=utf-8", []byte("<é>\u2028\x00"), 0},
		"at the limit":  {"application/problem+json", bytes.Repeat([]byte("a"), oneMessage), 0},
		"above it":      {"application/json", bytes.Repeat([]byte("a"), oneMessage+1), 1},
		"two pieces":    {"application/json", []byte(long), 2},
		"exact pieces":  {"text/plain", bytes.Repeat([]byte("b"), 2*piece), 2},
		"binary":        {"image/png", binary, 1},
		"no UTF-8":      {"text/plain", []byte("a\xff"), 1},
		"of no kind":    {"", []byte("plain"), 0},
		"nine pieces":   {"application/octet-stream", bytes.Repeat(binary, 3000), 9},
		"binary, empty": {"image/png", nil, 0},
	}
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		b := bodies[r.URL.Query().Get("b")]
		if b.kind != "" {
			w.Header().Set("Content-Type", b.kind)
		}
		for rest := b.body; len(rest) > 0; {
			n := min(len(rest), 99_991)
			if _, err := w.Write(rest[:n]); err != nil {
				t.Error(err)
			}
			rest = rest[n:]
		}
	})
	p.open("c1")
	id := int64(0)
	for name, b := range bodies {
		id++
		p.ask("c1", fmt.Sprintf(`{"id":%d,"path":"/api/x?b=%s"}`, id, strings.ReplaceAll(name, " ", "+")))
		m, body := p.answer(id)
		if !bytes.Equal(body, b.body) {
			t.Errorf("%s: %d bytes came, want %d", name, len(body), len(b.body))
		}
		pieces := 0
		for _, m := range p.all("messages", 1, of(id)) {
			pieces += len(m.Buffers)
			for _, buffer := range m.Buffers {
				if len(buffer) > piece {
					t.Errorf("%s: a piece of %d bytes", name, len(buffer))
				}
			}
		}
		want(t, name+": pieces", pieces, b.pieces)
		want(t, name+": status", m.Data.Status, 200)
		want(t, name+": is text", m.Data.Body != nil, b.pieces == 0)
	}
}

func TestWithoutBody(t *testing.T) {
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		if r.Method == http.MethodGet {
			w.Header().Set("ETag", "x")
			w.WriteHeader(http.StatusNotModified)
			w.WriteHeader(http.StatusTeapot)
			w.Header().Set("Late", "x")
		}
		_, err := fmt.Fprint(w, "not for you")
		if (err != nil) != (r.Method == http.MethodGet) {
			t.Error(err)
		}
	})
	p.open("c1")
	p.ask("c1", `{"id":1,"method":"GET","path":"/api/x"}`)
	m, body := p.answer(1)
	want(t, "answer", []any{m.Data.Status, string(body), m.Data.Headers}, []any{304, "", map[string]string{"etag": "x"}})
	p.ask("c1", `{"id":2,"method":"HEAD","path":"/api/x"}`)
	m, body = p.answer(2)
	want(t, "answer", []any{m.Data.Status, string(body)}, []any{200, ""})
}

func TestRefusals(t *testing.T) {
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/panic":
			panic("no")
		case "/api/late":
			_, _ = w.Write(make([]byte, 3*piece))
			panic(http.ErrAbortHandler)
		}
		t.Errorf("the handler was asked for %s %s", r.Method, r.URL)
	})
	p.open("c1")
	for i, test := range []struct {
		request string
		status  int
		says    string
	}{
		{`"path":"/"`, 404, "no_route"}, {`"path":"/api"`, 404, "no_route"}, {`"path":"/api/../secret"`, 404, "no_route"},
		{`"path":"/api/%2e%2e/secret"`, 404, "no_route"}, {`"path":"http://example.org/api/x"`, 404, "no_route"}, {`"path":"//example.org/api/x"`, 404, "no_route"},
		{`"path":"api/x"`, 404, "no_route"}, {`"path":""`, 404, "no_route"}, {`"path":"/api/%zz"`, 404, "no_route"}, {`"path":"/api/x\n"`, 404, "no_route"},
		{`"method":"G T","path":"/api/x"`, 400, "wrong_use"}, {`"path":"/api/x","body":"` + strings.Repeat("x", most+1) + `"`, 413, "wrong_use"},
		{`"path":"/api/panic"`, 500, "failed"},
	} {
		p.ask("c1", fmt.Sprintf(`{"id":%d,%s}`, i, test.request))
		m, body := p.answer(int64(i))
		var failure struct {
			Error struct{ Code, Message string }
		}
		if err := json.Unmarshal(body, &failure); err != nil || failure.Error.Code != test.says || failure.Error.Message == "" || m.Data.Status != test.status {
			t.Errorf("%.80s: %d %s, %v", test.request, m.Data.Status, body, err)
		}
	}
	p.ask("c1", `{"id":100,"path":"/api/late"}`)
	broke := p.await("end", last(100))
	want(t, "the end", []any{broke.Data.Status, broke.Data.Error != "", broke.Data.Part}, []any{0, true, 2})
}

func TestMessagesThatAreNoRequests(t *testing.T) {
	p := newPage(t, hello)
	p.open("c1")
	for i, text := range []string{`null`, `[]`, `"x"`, `{}`, `{"id":"7","path":"/api/x"}`, `{"id":1.5,"path":"/api/x"}`, `{"id":null}`, `{"id":1,"headers":[]}`, `{"id":1e99}`, `{"cancel":true}`} {
		p.ask("c1", text)
		p.all("complaint about "+text, i+1, func(m message) bool { return m.Data.Error != "" && m.Data.ID == nil && m.Type == wire.CommMsg })
	}
	for _, text := range []string{`{"id":5,"cancel":true}`, `{"id":5,"got":3}`} { // of requests that are over: nothing is said
		p.ask("c1", text)
	}
	p.ask("c1", `{"id":1,"path":"/api/x"}`)
	p.answer(1)
	for _, content := range []string{``, `[]`, `{"comm_id":7}`, `{"comm_id":"c1","data":`} {
		if p.bridge.Take(wire.CommMsg, json.RawMessage(content), nil) != nil {
			t.Errorf("%q was taken", content)
		}
	}
}

func TestWhatBelongsHere(t *testing.T) {
	p := newPage(t, hello)
	p.open("c1")
	for _, test := range []struct {
		typ          wire.Type
		comm, target string
		want         bool
	}{
		{wire.CommOpen, "x", "jupyter.widget", false}, {wire.CommMsg, "x", "", false}, {wire.CommClose, "x", "", false},
		{wire.CommMsg, "c1", "", true}, {wire.CommMsg, Target + "-gone", "", true}, {wire.CommClose, Target + "-gone", "", true},
		{wire.CommOpen, "x", "", false}, {wire.ExecuteRequest, "c1", "", false}, {wire.CommClose, "c1", "", true}, {wire.CommMsg, "c1", "", false},
	} {
		if got := p.send(test.typ, test.comm, test.target, `{"id":1,"path":"/api/x"}`); got != test.want {
			t.Errorf("%s of %q to %q: taken %v", test.typ, test.comm, test.target, got)
		}
	}
	p.await("close", func(m message) bool {
		return m.Type == wire.CommClose && m.Comm == Target+"-gone" && m.Data.Error != ""
	})
	var none *Bridge
	if none.Take(wire.CommOpen, json.RawMessage(`{"target_name":"gemba.ledger"}`), nil) != nil || len(none.Comms("")) != 0 {
		t.Error("a bridge that is not there takes something")
	}
}

func TestOtherVersions(t *testing.T) {
	p := newPage(t, hello)
	for i, text := range []string{`{"version":2}`, `{}`, `null`, `{"version":"1"}`, `7`} {
		p.send(wire.CommOpen, fmt.Sprint("c", i), Target, text)
		m := p.await("close", func(m message) bool { return m.Comm == fmt.Sprint("c", i) })
		want(t, text, []any{m.Type, m.Data.Error != ""}, []any{wire.CommClose, true})
	}
	want(t, "comms", len(p.bridge.Comms("")), 0)
}
