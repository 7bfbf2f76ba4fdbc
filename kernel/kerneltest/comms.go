package kerneltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// ledgerTarget is the target of comms that are for the ledger.
const ledgerTarget = "gemba.ledger"

// Pages is a handler for the comms of a kernel that TestComms tries: /api/bytes?n=N answers N bytes, /api/wait answers when its request
// is over, /api/events with one event, and anything else answers its own path.
func Pages(waits chan<- struct{}) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/bytes", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n")) // a bad number is none
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(Noise(n)) // who is gone needs none
	})
	mux.HandleFunc("/api/wait", func(_ http.ResponseWriter, r *http.Request) {
		waits <- struct{}{}
		<-r.Context().Done()
	})
	mux.HandleFunc("/api/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "event: changes\ndata: {\"stand\":7}\n\n")
		<-r.Context().Done()
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, r.URL)
	})
	return mux
}

// Noise returns n bytes, always the same.
func Noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b) // it never fails
	return b
}

// ledgerData is what a kernel says on a comm of the ledger.
type ledgerData struct {
	Hello  *struct{ Version int }
	ID     int
	Part   int
	Status int
	Body   string
	More   bool
	Event  *struct{ Name string }
	Error  string
}

func onComm(t testing.TB, a Arrival, comm string) (said ledgerData, ok bool) {
	t.Helper()
	if a.Header.Type != wire.CommMsg && a.Header.Type != wire.CommClose {
		return said, false
	}
	var content struct {
		ID   string `json:"comm_id"`
		Data ledgerData
	}
	if err := json.Unmarshal(a.Content, &content); err != nil || content.ID != comm {
		return said, false // another target's
	}
	return content.Data, true
}

// OpenComm opens a comm of the ledger and waits for its hello.
func (f *FrontEnd) OpenComm(id string) {
	f.t.Helper()
	request := f.Send(wire.Shell, wire.CommOpen, map[string]any{"comm_id": id, "target_name": ledgerTarget, "data": map[string]int{"version": 1}})
	f.Await("hello", func(a Arrival) bool {
		said, ok := onComm(f.t, a, id)
		return ok && said.Hello != nil && said.Hello.Version == 1 && a.ParentID() == request
	})
}

// Ask sends a message on a comm and returns its id.
func (f *FrontEnd) Ask(comm, data string) string {
	f.t.Helper()
	return f.Send(wire.Shell, wire.CommMsg, map[string]any{"comm_id": comm, "data": json.RawMessage(data)})
}

// Answered waits for the end of the answer to a request and returns its bytes.
func (f *FrontEnd) Answered(comm string, id int) (body []byte) {
	f.t.Helper()
	f.Await(fmt.Sprint("end of the answer to request ", id), func(a Arrival) bool {
		said, ok := onComm(f.t, a, comm)
		return ok && said.ID == id && !said.More
	})
	parts := 0
	for _, a := range f.Arrived() {
		said, ok := onComm(f.t, a, comm)
		if !ok || said.ID != id {
			continue
		}
		if said.Part != parts {
			f.t.Errorf("part %d of request %d came as number %d", said.Part, id, parts)
		}
		body, parts = append(append(body, said.Body...), bytes.Join(a.Buffers, nil)...), parts+1
	}
	return body
}

// TestComms tries the comms of a kernel that executes verbs and shows Pages.
func TestComms(t *testing.T, f *FrontEnd, waits <-chan struct{}) {
	t.Helper()
	const comm = ledgerTarget + "-1"
	cell := f.Execute("print begun\nsleep 1h")
	f.Await("the cell", func(a Arrival) bool { return a.Header.Type == wire.Stream && a.ParentID() == cell })
	f.OpenComm(comm)
	f.Ask(comm, `{"id":1,"path":"/api/x?y=z"}`)
	if body := string(f.Answered(comm, 1)); body != "/api/x?y=z" {
		t.Errorf("answer %q", body)
	}
	const size = 11<<20 + 12345 // more than waits for a front end at once
	f.Ask(comm, fmt.Sprintf(`{"id":2,"path":"/api/bytes?n=%d"}`, size))
	if body := f.Answered(comm, 2); !bytes.Equal(body, Noise(size)) {
		t.Errorf("%d bytes came, and not those that were sent", len(body))
	}
	f.Ask(comm, `{"id":3,"path":"/api/wait"}`)
	<-waits
	f.Ask(comm, `{"id":3,"cancel":true}`)
	f.Ask(comm, `{"id":4,"path":"/api/events"}`)
	f.Await("event", func(a Arrival) bool {
		said, ok := onComm(t, a, comm)
		return ok && said.ID == 4 && said.Event != nil && said.Event.Name == "changes"
	})
	f.listsComms(t, comm)
	f.closesComms(t, comm)
	interrupt := f.Send(wire.Control, wire.InterruptRequest, struct{}{})
	f.Idle(cell)
	f.Idle(interrupt)
	after := f.Ask(comm, `{"id":5,"path":"/api/after"}`) // an interrupt is the cell's
	f.Answered(comm, 5)
	f.Idle(after)
	f.neverIdleInACell(t, cell)
}

// listsComms asks for the comms, of which some are the engine's.
func (f *FrontEnd) listsComms(t *testing.T, comm string) {
	t.Helper()
	open := f.Send(wire.Shell, wire.CommOpen, map[string]any{"comm_id": "theirs", "target_name": "widget", "data": struct{}{}})
	echo := f.Send(wire.Shell, wire.CommMsg, map[string]any{"comm_id": "theirs", "data": map[string]int{"x": 1}}, []byte{1, 2})
	f.Await("echo of another target", func(a Arrival) bool {
		return a.Header.Type == wire.CommMsg && a.ParentID() == echo && len(a.Buffers) == 1
	})
	f.Idle(open)
	for target, want := range map[string]string{"": "gemba.ledger widget", "widget": "widget", ledgerTarget: ledgerTarget, "other": ""} {
		list := Decode[wire.CommList](t, f.Reply(f.Send(wire.Shell, wire.CommInfoRequest, map[string]string{"target_name": target})))
		var got []string
		for _, id := range []string{comm, "theirs"} {
			if c, ok := list.Comms[id]; ok {
				got = append(got, c.Target)
			}
		}
		if strings.Join(got, " ") != want || len(list.Comms) != len(got) {
			t.Errorf("comms of %q are %v, want %s", target, list.Comms, want)
		}
	}
}

// closesComms opens more than are kept; the one that is given stays.
func (f *FrontEnd) closesComms(t *testing.T, comm string) {
	t.Helper()
	f.Ask(ledgerTarget+"-of-another-life", `{"id":1,"path":"/api/x"}`)
	closed := func(id string) {
		f.Await("close of "+id, func(a Arrival) bool {
			said, ok := onComm(t, a, id)
			return ok && a.Header.Type == wire.CommClose && said.Error != ""
		})
	}
	closed(ledgerTarget + "-of-another-life")
	for i := range 8 {
		f.OpenComm(fmt.Sprint(ledgerTarget, i))
	}
	closed(comm)
	f.OpenComm(comm)
	closed(ledgerTarget + "0")
}

// neverIdleInACell checks that an idle while the cell ran is followed by the busy of the cell.
func (f *FrontEnd) neverIdleInACell(t *testing.T, cell string) {
	t.Helper()
	var states []Arrival
	for _, a := range f.Arrived() {
		if a.State() != "" {
			states = append(states, a)
		}
	}
	runs := false
	for i, a := range states {
		switch {
		case a.ParentID() == cell:
			runs = a.State() == wire.Busy
		case a.State() == wire.Idle && runs && a.isOurs():
			if next := states[i+1]; next.ParentID() != cell || next.State() != wire.Busy {
				t.Errorf("behind the idle of %s comes %s of %s", a.ParentID(), next.State(), next.ParentID())
			}
		}
	}
	if end := states[len(states)-1]; runs || end.State() != wire.Idle {
		t.Errorf("the last status is %s", end.State())
	}
}

// isOurs reports whether a message answers one of a comm: the engine's own comms are as they are.
func (a Arrival) isOurs() bool {
	return bytes.Contains(a.Parent, []byte(`"comm_msg"`)) || bytes.Contains(a.Parent, []byte(`"comm_open"`))
}
