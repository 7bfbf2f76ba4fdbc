package bridge

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

func TestStaleComms(t *testing.T) {
	begun, gone := make(chan struct{}), make(chan struct{})
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) { close(begun); <-r.Context().Done(); close(gone) })
	p.open("c0")
	p.ask("c0", `{"id":1,"path":"/api/x"}`)
	<-begun
	for i := range kept {
		p.open(fmt.Sprint("c", i+1))
	}
	m := p.await("close", func(m message) bool { return m.Type == wire.CommClose })
	want(t, "closed", m.Comm, "c0")
	<-gone
	open := slices.Sorted(maps.Keys(p.bridge.Comms(Target)))
	want(t, "open", open, []string{"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"})
	p.open("c3") // again: it is the newest now
	p.open("c9")
	p.await("close", func(m message) bool { return m.Type == wire.CommClose && m.Comm == "c1" })
	want(t, "open", len(p.bridge.Comms("")), kept)
}

func TestRequestsTakeTurns(t *testing.T) {
	var now, peak atomic.Int64
	release := make(chan struct{})
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		peak.Store(max(peak.Load(), now.Add(1)))
		defer now.Add(-1)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	p.open("c1")
	all := atOnce + waiting + streams
	for i := range all + 3 {
		p.ask("c1", fmt.Sprintf(`{"id":%d,"path":"/api/x"}`, i))
	}
	for i := range 3 {
		m, _ := p.answer(int64(all + i))
		want(t, "status of one too many", m.Data.Status, 503)
	}
	p.ask("c1", `{"id":3,"path":"/api/x"}`) // the id is in use
	p.await("complaint", func(m message) bool { return m.Data.Error != "" && m.Data.ID == nil })
	for i := range 100 {
		p.ask("c1", fmt.Sprintf(`{"id":%d,"cancel":true}`, 100+i))
	}
	p.open("c2")
	p.ask("c2", `{"id":1000,"path":"/api/other"}`) // another page has its own turns
	close(release)
	for i := range 100 {
		p.answer(int64(i))
	}
	p.await("the other page's", func(m message) bool { return m.Comm == "c2" && of(1000)(m) })
	p.answer(200)
	if n := peak.Load(); n > 2*atOnce {
		t.Errorf("%d requests were answered at once", n)
	}
	for _, m := range p.all("messages", 1, func(message) bool { return true }) {
		if m.Data.ID != nil && *m.Data.ID >= 100 && *m.Data.ID < 200 {
			t.Errorf("request %d was cancelled, and answered", *m.Data.ID)
		}
	}
}

func TestCancel(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan error, 1)
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/slow" {
			return
		}
		close(begun)
		<-r.Context().Done()
		_, err := w.Write([]byte("too late"))
		ended <- err
	})
	p.open("c1")
	p.ask("c1", `{"id":1,"path":"/api/slow"}`)
	<-begun
	p.ask("c1", `{"id":1,"cancel":true}`)
	if err := <-ended; err == nil {
		t.Error("a cancelled request can be written to")
	}
	p.ask("c1", `{"id":1,"path":"/api/x"}`) // the id is free again
	m, body := p.answer(1)
	want(t, "answer", []any{m.Data.Status, string(body)}, []any{200, ""})
}

func TestCloseEndsRequests(t *testing.T) {
	var group sync.WaitGroup
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		group.Done()
		for {
			if _, err := w.Write(make([]byte, 100_000)); err != nil {
				return
			}
		}
	})
	p.open("c1")
	p.await("hello", func(m message) bool { return m.Data.Hello != nil })
	p.mu.Lock()
	p.shut = true
	p.mu.Unlock()
	group.Add(atOnce)
	for i := range atOnce + 5 {
		p.ask("c1", fmt.Sprintf(`{"id":%d,"path":"/api/x"}`, i))
	}
	group.Wait()
	p.bridge.Close()
	p.open("c2") // does nothing any more
	p.ask("c2", `{"id":1,"path":"/api/x"}`)
	p.bridge.Close()
}

func TestCommClosedInTheMiddle(t *testing.T) {
	ended := make(chan struct{})
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		for {
			if _, err := w.Write(make([]byte, piece)); err != nil {
				return
			}
		}
	})
	p.open("c1")
	p.ask("c1", `{"id":1,"path":"/api/x"}`)
	p.all("pieces", 3, of(1))
	p.send(wire.CommClose, "c1", "", `{}`)
	<-ended
	want(t, "comms", len(p.bridge.Comms("")), 0)
}

func TestFrontEndsThatTellWhatTheyGot(t *testing.T) {
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(make([]byte, 10*piece)) })
	p.open("c1")
	p.ask("c1", `{"id":1,"path":"/api/x","acks":true}`)
	for part := range 10 {
		got := p.all("pieces", min(part+ahead, 10), of(1))
		if len(got) > part+ahead {
			t.Fatalf("%d pieces came, of which %d were told", len(got), part)
		}
		p.ask("c1", fmt.Sprintf(`{"id":1,"got":%d}`, part))
	}
	_, body := p.answer(1)
	want(t, "bytes", len(body), 10*piece)
}

func TestEvents(t *testing.T) {
	events := make(chan string)
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/events" {
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		for {
			select {
			case e, more := <-events:
				if _, err := fmt.Fprint(w, e); err != nil || !more {
					return
				}
			case <-r.Context().Done():
				return
			}
		}
	})
	p.open("c1")
	for i := range streams + 2 {
		p.ask("c1", fmt.Sprintf(`{"id":%d,"path":"/api/events"}`, i))
	}
	events <- ": a comment\n\nid: k-1\nevent: hello\ndata: {\"stand\":1}\r\n\r\ndata: no JSON\ndata: at all\n\nevent: none\n\n"
	all := p.all("events", 2, func(m message) bool { return m.Data.Event != nil })
	want(t, "events", []event{*all[0].Data.Event, *all[1].Data.Event}, []event{{"hello", "k-1", json.RawMessage(`{"stand":1}`)}, {"message", "k-1", json.RawMessage(`"no JSON\nat all"`)}})
	want(t, "part", []any{all[0].Data.Part, all[0].Data.More, all[1].Data.Part}, []any{1, true, 2})
	busy := p.all("refusals", 2, func(m message) bool { return m.Data.Status == 503 })
	want(t, "refused streams", len(busy), 2)
	p.ask("c1", `{"id":100,"path":"/api/x"}`) // streams hold up nothing
	p.answer(100)
	close(events)
	p.all("ends", streams+3, func(m message) bool { return m.Data.ID != nil && !m.Data.More })
}

func TestEventsAreCoalesced(t *testing.T) {
	const n = 2000
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range n {
			fmt.Fprintf(w, "event: changes\ndata: {\"stand\":%d,\"cells\":[\"c%d\",\"same\"],\"all\":%v}\n\n", i, i, i == 5)
		}
	})
	p.open("c1")
	began := time.Now()
	p.ask("c1", `{"id":1,"path":"/api/events"}`)
	p.answer(1)
	took := time.Since(began)
	cells, all, stand, messages := map[string]bool{}, false, 0, 0
	for _, m := range p.all("events", 1, func(m message) bool { return m.Data.Event != nil }) {
		var d struct {
			Stand int
			Cells []string
			All   bool
		}
		if err := json.Unmarshal(m.Data.Event.Data, &d); err != nil {
			t.Fatal(err)
		}
		for _, c := range d.Cells {
			cells[c] = true
		}
		all, stand, messages = all || d.All, d.Stand, messages+1
		if size := len(m.Data.Event.Data); size > pushed+100 {
			t.Errorf("an event of %d bytes", size)
		}
	}
	want(t, "what they tell", []any{len(cells), all, stand}, []any{n + 1, true, n - 1})
	if most := 2 + int(took/between); messages > most {
		t.Errorf("%d events in %v", messages, took)
	}
}

func TestEventsOfOnePageAreTenASecond(t *testing.T) {
	p := newPage(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "event: hello\ndata: 1\n\nevent: changes\ndata: 2\n\n")
	})
	p.open("c1")
	began := time.Now()
	for i := range 3 {
		p.ask("c1", fmt.Sprintf(`{"id":%d,"path":"/api/events"}`, i))
	}
	for i := range 3 {
		p.answer(int64(i))
	}
	if took := time.Since(began); took < 5*between {
		t.Errorf("six events took %v", took)
	}
}

func TestAFloodIsPaced(t *testing.T) {
	p := newPage(t, hello)
	p.open("c1")
	began := time.Now()
	const n = 2 * perSecond
	for i := range n {
		p.ask("c1", fmt.Sprintf(`{"id":%d,"path":"/api/x"}`, i))
	}
	all := p.all("answers", n, func(m message) bool { return m.Data.ID != nil })
	if took := time.Since(began); took < time.Second {
		t.Errorf("%d messages in %v", n, took)
	}
	refused := slices.IndexFunc(all, func(m message) bool { return m.Data.Status == 503 && !strings.Contains(*m.Data.Body, "busy") })
	want(t, "other refusals", refused, -1)
}
