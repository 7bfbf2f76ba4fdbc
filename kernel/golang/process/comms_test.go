//go:build unix

package process

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// page plays the JavaScript's part: it opens a comm when the script is displayed, and answers values.
type page struct {
	front
	r      *Runner
	id     string
	dead   atomic.Bool
	answer func(p *page, address string, data map[string]any)
	run    func(script string, number float64) // runs a transient script; may be nil
}

// silence lets it be long since the page was heard.
func (c *comms) silence() {
	c.holds(func() bool { c.heard = c.heard.Add(-time.Hour); return true })
}

func newPage(r *Runner, answer func(*page, string, map[string]any)) *page {
	p := &page{r: r, id: "comm-1", answer: answer}
	p.react = func(t wire.Type, content any) { go p.hear(t, content) } // as far away as a browser
	return p
}

func (p *page) hear(t wire.Type, content any) {
	if p.dead.Load() {
		return
	}
	switch c := content.(type) {
	case wire.Display:
		if html, _ := c.Data["text/html"].(string); strings.Contains(html, `"test-kernel"`) {
			p.r.Comm(wire.CommOpen, wire.Comm{ID: p.id, TargetName: commTarget}, p)
		} else if _, receipt, ok := strings.Cut(html, `send("`+commRan+`", `); ok && p.run != nil {
			digits, _, _ := strings.Cut(receipt, ")")
			number, _ := strconv.ParseFloat(digits, 64)
			p.run(html, number)
		}
	case wire.Comm:
		address, _ := c.Data["address"].(string)
		if address == commPing || address == commOpenAck {
			p.send(commPong, true)
		} else if p.answer != nil && t == wire.CommMsg {
			p.answer(p, address, c.Data)
		}
	}
}

func (p *page) send(address string, value any) {
	p.r.Comm(wire.CommMsg, wire.Comm{ID: p.id, Data: map[string]any{"address": address, "value": value}}, p)
}

func comm(t *testing.T, mode string) Spec {
	return Spec{Path: testProgram(t, "comm"), Args: []string{mode}, Rich: true}
}

func TestComms(t *testing.T) {
	for mode, test := range map[string]struct {
		answer func(*page, string, map[string]any)
		want   string
	}{
		"count": {func(p *page, address string, data map[string]any) {
			if n, ok := data["value"].(int); ok && address == "/to/page" {
				p.send("/to/cell", float64(n+1))
			}
		}, "got 2\ngot 3\ngot 4\ngot 5\n"},
		"read": {func(p *page, address string, data map[string]any) {
			if address == "/variable" && data["read_request"] == true {
				p.send(address, "content")
			}
		}, "read content\n"},
		"types": {func(p *page, address string, data map[string]any) {
			if address == "/go" {
				p.send("/nobody", 1.0)
				p.send("/words", []any{"a", "b"})
				p.send("/numbers", []any{1.0, 2.5})
				p.send("/dict", map[string]any{"x": 1.0})
				p.send("/mixed", []any{1.0, "a", nil})
			}
		}, "[a b] [1 2.5] map[x:1] [1,\"a\",null]\n"},
	} {
		t.Run(mode, func(t *testing.T) {
			r := newRunner(t)
			p := newPage(r, test.answer)
			if exit, err := r.Run(t.Context(), comm(t, mode), p); err != nil || !exit.OK() {
				t.Errorf("%+v, %v", exit, err)
			}
			if diff := cmp.Diff(test.want, p.stream("stdout")); diff != "" {
				t.Error(diff)
			}
			p.send("/to/cell", 1.0) // nobody hears it any more
		})
	}
}

// The script is erased, and shown anew only when the page has stopped to answer.
func TestConnectOnce(t *testing.T) {
	r := newRunner(t)
	p := newPage(r, nil)
	for range 2 {
		if err := r.Widgets(t.Context(), "cell", p); err != nil {
			t.Fatal(err)
		}
	}
	r.comms.silence() // but there
	if err := r.Widgets(t.Context(), "cell", p); err != nil || !r.Heartbeat(t.Context(), p) {
		t.Fatal("the page was not found again", err)
	}
	if got := p.shown(t); len(got) != 2 || !strings.HasPrefix(got[1], `update_display_data {"data":{"text/html":""}`) {
		t.Errorf("displayed %v, want the script and its erasure", got)
	}
	if diff := cmp.Diff(map[string]string{"comm-1": "gonb_comm"}, r.Comms("")); diff != "" {
		t.Error(diff)
	}
	p.dead.Store(true) // as when the page is loaded again
	r.comms.silence()
	q := newPage(r, nil)
	q.id = "comm-2"
	if err := r.Widgets(t.Context(), "cell", q); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"comm-2": "gonb_comm"}, r.Comms("gonb_comm")); diff != "" {
		t.Error(diff)
	}
}

// A busy page has run each script before it is erased or replaced by the next, also when the program began no comm.
func TestTransientScripts(t *testing.T) {
	t.Run("behind a comm", func(t *testing.T) { transientScripts(t, comm(t, "scripts")) })
	t.Run("alone", func(t *testing.T) {
		spec := comm(t, "bare")
		spec.Cell = "cell"
		transientScripts(t, spec)
	})
}

// A script that a program leaves behind is run, and then erased, so that it is not saved with the notebook.
func TestTransientScriptLeft(t *testing.T) {
	r := newRunner(t)
	p := newPage(r, nil)
	ran := false
	p.run = func(_ string, number float64) {
		time.Sleep(20 * time.Millisecond)
		if said := p.messages(); said[len(said)-1].Content.(wire.Display).Data["text/html"] == "" {
			t.Error("the script is erased before the page has run it")
		}
		ran = true
		p.send(commRan, number)
	}
	if exit, err := r.Run(t.Context(), comm(t, "left"), p); err != nil || !exit.OK() {
		t.Errorf("%+v, %v", exit, err)
	}
	if shown := p.shown(t); !ran || !strings.Contains(shown[len(shown)-1], `"text/html":""`) {
		t.Errorf("ran: %t, last shown: %s", ran, shown[len(shown)-1])
	}
}

func transientScripts(t *testing.T, spec Spec) {
	r := newRunner(t)
	p := newPage(r, nil)
	var steps []string
	p.run = func(script string, number float64) {
		time.Sleep(20 * time.Millisecond)
		said := p.messages()
		if now := said[len(said)-1].Content.(wire.Display).Data["text/html"]; now != script {
			t.Errorf("the page was to run %q and finds %q", script, now)
		}
		step, _, _ := strings.Cut(script, "</script>")
		steps = append(steps, step)
		p.send(commRan, number)
	}
	if exit, err := r.Run(t.Context(), spec, p); err != nil || !exit.OK() {
		t.Errorf("%+v, %v", exit, err)
	}
	if diff := cmp.Diff([]string{"<script>step 0", "<script>step 1", "<script>step 2"}, steps); diff != "" {
		t.Error(diff)
	}
}

// A page that does not tell that it has run a script is waited for only once.
func TestTransientScriptsUnheard(t *testing.T) {
	r := newRunner(t)
	r.comms.limits.run = time.Second
	p := newPage(r, nil)
	if exit, err := r.Run(t.Context(), comm(t, "scripts"), p); err != nil || !exit.OK() {
		t.Errorf("%+v, %v", exit, err)
	}
	asked := 0
	for _, s := range p.shown(t) {
		asked += strings.Count(s, commRan)
	}
	if asked != 1 {
		t.Errorf("the page was asked %d times, want once", asked)
	}
}

func TestForeignComms(t *testing.T) {
	r, f := newRunner(t), &front{}
	for _, m := range []struct {
		t wire.Type
		c wire.Comm
	}{
		{wire.CommOpen, wire.Comm{ID: "x", TargetName: "jupyter.widget"}},
		{wire.CommMsg, wire.Comm{ID: "x"}},
		{wire.CommMsg, wire.Comm{}},
		{wire.CommClose, wire.Comm{ID: "x"}},
		{wire.Stream, wire.Comm{ID: "x"}},
	} {
		if r.Comm(m.t, m.c, f) {
			t.Errorf("%s %v was taken for the session's", m.t, m.c)
		}
	}
	r.Comm(wire.CommOpen, wire.Comm{ID: "y", TargetName: "gonb_comm"}, f)
	if !r.Comm(wire.CommMsg, wire.Comm{ID: "y", Data: map[string]any{"address": 3}}, f) || !r.Comm(wire.CommClose, wire.Comm{ID: "y"}, f) {
		t.Error("the session's comm was not recognised")
	}
	if got := r.Comms(""); len(got) != 0 {
		t.Errorf("open after close: %v", got)
	}
}

// Without a browser the program is told once, and runs on.
func TestNoPage(t *testing.T) {
	f, exit := run(t, newRunner(t), comm(t, "send"))
	if !exit.OK() || f.stream("stdout") != "sent\n" || strings.Count(f.stream("stderr"), "no notebook page") != 1 {
		t.Errorf("%+v %q %q", exit, f.stream("stdout"), f.stream("stderr"))
	}
}

// A page is waited for while its browser has better to do, and is not waited for so long again when it did not come.
func TestLatePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession("kernel")
		late := &front{}
		late.react = func(_ wire.Type, content any) {
			if d, ok := content.(wire.Display); ok && d.Data["text/html"] != "" {
				time.AfterFunc(usual.page-time.Second, func() {
					s.Comm(wire.CommOpen, wire.Comm{ID: "late", TargetName: commTarget}, late)
					s.Comm(wire.CommMsg, wire.Comm{ID: "late", Data: map[string]any{"address": commPong}}, late)
				})
			}
		}
		if err := s.Widgets(t.Context(), "cell", late); err != nil {
			t.Error(err)
		}
		s.comms.silence()
		for _, want := range []time.Duration{usual.ping + usual.page, usual.guess} {
			begun := time.Now()
			if err := s.Widgets(t.Context(), "cell", &front{}); !errors.Is(err, ErrNoPage) {
				t.Errorf("got %v, want ErrNoPage", err)
			}
			if took := time.Since(begun); took != want {
				t.Errorf("waited %v, want %v", took, want)
			}
		}
	})
}

// What a page that is slow to answer says while it is looked for reaches the program, and its comm stays the same.
func TestSlowPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession("kernel")
		page := &front{}
		say := func(address string) {
			s.Comm(wire.CommMsg, wire.Comm{ID: "slow", Data: map[string]any{"address": address, "value": 1.0}}, page)
		}
		open := func() {
			s.Comm(wire.CommOpen, wire.Comm{ID: "slow", TargetName: commTarget}, page)
			say(commPong)
		}
		open()
		s.comms.silence()
		heard := &listener{}
		s.comms.attach(heard)
		s.comms.subscribe("/click", true)
		page.react = func(_ wire.Type, content any) {
			if d, ok := content.(wire.Display); ok && d.Data["text/html"] != "" {
				go say("/click")
				time.AfterFunc(time.Second, open)
			}
		}
		if err := s.Widgets(t.Context(), "cell", page); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(map[string]string{"slow": commTarget}, s.Comms("")); diff != "" || heard.values != 1 {
			t.Errorf("the program heard %d values, want the one\n%s", heard.values, diff)
		}
	})
}

// listener counts what it hears.
type listener struct{ values int }

func (l *listener) deliver(string, any) { l.values++ }
func (l *listener) wake()               {}

func TestWidgetsWithoutPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession("kernel")
		for _, wait := range []struct {
			cell string
			want time.Duration
		}{{"", usual.guess}, {"cell", usual.guess}} {
			begun := time.Now()
			if err := s.Widgets(t.Context(), wait.cell, &front{}); !errors.Is(err, ErrNoPage) {
				t.Errorf("got %v, want ErrNoPage", err)
			}
			if took := time.Since(begun); took != wait.want {
				t.Errorf("waited %v in cell %q, want %v", took, wait.cell, wait.want)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Widgets(ctx, "", &front{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that of the interrupt", err)
		}
	})
}
