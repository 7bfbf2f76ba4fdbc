package kernel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// bench is a server with everything around it.
type bench struct {
	*kerneltest.FrontEnd
	t        *testing.T
	engine   *kerneltest.Engine
	recorder *kerneltest.Recorder
	server   *kernel.Server
	history  *pastCells
	log      *lockedBuffer
	served   chan error
}

func start(t *testing.T, change ...func(*kernel.SessionOptions)) *bench {
	t.Helper()
	b := &bench{t: t, engine: kerneltest.NewEngine(), recorder: &kerneltest.Recorder{}, history: &pastCells{}, log: &lockedBuffer{}, served: make(chan error, 1)}
	memory := kerneltest.NewMemory()
	logger := slog.New(slog.NewTextHandler(b.log, nil))
	options := kernel.SessionOptions{Engine: b.engine, Recorder: b.recorder, Notebook: "nb.ipynb", Command: "kernel", Log: logger}
	for _, f := range change {
		f(&options)
	}
	session := kernel.OpenSession(options)
	b.server = kernel.NewServer(kernel.ServerOptions{Session: session, Channels: memory, History: b.history, Log: logger})
	b.FrontEnd = kerneltest.NewFrontEnd(t, memory)
	go func() { b.served <- b.server.Serve(context.Background()) }()
	t.Cleanup(func() { b.server.Stop("test done") })
	return b
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// ended waits for Serve to return.
func (b *bench) ended() error {
	b.t.Helper()
	select {
	case err := <-b.served:
		return err
	case <-time.After(kerneltest.Guard):
		b.t.Fatal("the server does not end")
		return nil
	}
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestCellFromBusyToIdle(t *testing.T) {
	b := start(t)
	id := b.SendWith(wire.Shell, wire.Message{Header: wire.Header{Type: wire.ExecuteRequest}, Metadata: json.RawMessage(`{"cellId":"c-7"}`)},
		map[string]any{"code": "print hi & <bye>\nwarn ouch\nhtml <b>x</b>\nresult 42", "user_expressions": map[string]string{"e": "1+1"}})
	want(t, "published", kerneltest.Summaries(b.Idle(id)), []string{
		"busy",
		`execute_input {"code":"print hi & <bye>\nwarn ouch\nhtml <b>x</b>\nresult 42","execution_count":1}`,
		`stream {"name":"stdout","text":"hi & <bye>\n"}`,
		`stream {"name":"stderr","text":"ouch\n"}`,
		`display_data {"data":{"text/html":"<b>x</b>"},"metadata":{}}`,
		`execute_result {"data":{"text/plain":"42"},"metadata":{},"execution_count":1}`,
		"idle",
	})
	reply := kerneltest.Decode[map[string]any](t, b.Reply(id))
	want(t, "reply", reply, map[string]any{"status": "ok", "execution_count": 1.0, "payload": []any{}, "user_expressions": map[string]any{
		"e": map[string]any{"status": "ok", "data": map[string]any{"text/plain": "1+1"}, "metadata": map[string]any{}}}})
	want(t, "record", b.recorder.Story(), []string{
		"opened verbs nb.ipynb",
		`started [1] c-7 "print hi & <bye>\nwarn ouch\nhtml <b>x</b>\nresult 42"`,
		`output stream {"name":"stdout","text":"hi & <bye>\n"}`,
		`output stream {"name":"stderr","text":"ouch\n"}`,
		`output display_data {"data":{"text/html":"<b>x</b>"},"metadata":{}}`,
		`output execute_result {"data":{"text/plain":"42"},"metadata":{},"execution_count":1}`,
		"finished ok",
	})
}

func TestHeadersLeadBackToTheRequest(t *testing.T) {
	b := start(t)
	id := b.SendWith(wire.Shell, wire.Message{Header: wire.Header{Type: wire.ExecuteRequest, SubshellID: "sub-1"}}, map[string]any{"code": "print x"})
	b.Idle(id)
	b.Reply(id)
	seen, sessions := map[string]bool{}, map[string]bool{}
	for _, a := range b.Arrived() {
		if seen[a.Header.MsgID] {
			t.Errorf("two messages are called %s", a.Header.MsgID)
		}
		seen[a.Header.MsgID], sessions[a.Header.Session] = true, true
		if _, err := time.Parse(time.RFC3339Nano, a.Header.Date); err != nil {
			t.Errorf("date of %s: %v", a.Header.Type, err)
		}
		if a.ParentID() == id && !bytes.Contains(a.Parent, []byte(`"subshell_id":"sub-1"`)) {
			t.Errorf("%s lost the subshell: %s", a.Header.Type, a.Parent)
		}
	}
	if len(sessions) != 1 || sessions["front"] {
		t.Errorf("sessions of the kernel's messages: %v, want one of its own", sessions)
	}
}

func TestErrorIsPublishedOnce(t *testing.T) {
	for _, code := range []string{"fail NameError x", "error NameError x"} {
		b := start(t)
		id := b.Execute(code)
		want(t, code, kerneltest.Summaries(b.Idle(id))[2:], []string{
			`error {"ename":"NameError","evalue":"x","traceback":["NameError x"]}`, "idle"})
		want(t, code, kerneltest.Decode[map[string]any](t, b.Reply(id)), map[string]any{
			"status": "error", "execution_count": 1.0, "ename": "NameError", "evalue": "x", "traceback": []any{"NameError x"}})
		story := b.recorder.Story()
		want(t, code, story[2:], []string{`output error {"ename":"NameError","evalue":"x","traceback":["NameError x"]}`, "finished error NameError x"})
	}
}

func TestEngineBugFailsTheCellAlone(t *testing.T) {
	b := start(t)
	first, second := b.Execute("panic oh no"), b.Send(wire.Shell, wire.CompleteRequest, map[string]any{"code": "panic"})
	for _, id := range []string{first, second} {
		reply := kerneltest.Decode[wire.Failed](t, b.Reply(id))
		if reply.Status != "error" || reply.Name != "InternalError" {
			t.Errorf("reply %+v", reply)
		}
		b.Idle(id)
	}
	want(t, "next cell", kerneltest.Decode[wire.Plain](t, b.Reply(b.Execute("print on"))).Status, "ok")
}

func TestUnencodableOutputIsDroppedAlone(t *testing.T) {
	b := start(t)
	id := b.Execute("unsound\nprint on")
	want(t, "published", kerneltest.Summaries(b.Idle(id))[2:], []string{`stream {"name":"stdout","text":"on\n"}`, "idle"})
}

func TestOutputAfterTheCellIsDropped(t *testing.T) {
	b := start(t)
	first := b.Execute("late too late")
	b.Idle(first)
	second := b.Execute("print next")
	b.Idle(second)
	for _, line := range b.recorder.Story() {
		if strings.Contains(line, "too late") && strings.HasPrefix(line, "output") {
			t.Errorf("recorded: %s", line)
		}
	}
}

func TestCounting(t *testing.T) {
	b := start(t)
	for _, step := range []struct {
		request map[string]any
		count   int
	}{
		{map[string]any{"code": "print 1"}, 1},
		{map[string]any{"code": "print 2", "silent": true}, 1},
		{map[string]any{"code": "print 3", "silent": true, "store_history": true}, 1},
		{map[string]any{"code": "print 4", "store_history": false}, 1},
		{map[string]any{"code": "fail X y", "stop_on_error": false}, 2},
		{map[string]any{"code": "", "silent": true}, 2},
		{map[string]any{"code": "print 5"}, 3},
	} {
		reply := kerneltest.Decode[wire.ExecuteOK](t, b.Reply(b.Send(wire.Shell, wire.ExecuteRequest, step.request)))
		if reply.Count != step.count {
			t.Errorf("%v counts %d, want %d", step.request, reply.Count, step.count)
		}
	}
}

func TestSilentShowsNothing(t *testing.T) {
	b := start(t)
	id := b.Send(wire.Shell, wire.ExecuteRequest, map[string]any{"code": "print x\nresult y\ncomm w\nfail X y", "silent": true})
	want(t, "published", kerneltest.Summaries(b.Idle(id)), []string{"busy", `comm_open {"comm_id":"c1","target_name":"w","data":null}`, "idle"})
	want(t, "record", b.recorder.Story()[1:], []string{`started [0]  "print x\nresult y\ncomm w\nfail X y"`, "finished error X y"})
}

func TestFailureAbortsWhatIsQueued(t *testing.T) {
	b := start(t)
	sent := filepath.Join(t.TempDir(), "sent")
	failing := b.Execute("until " + sent + "\nfail X y")
	queued := []string{b.Execute("print 1"), b.Execute("print 2")}
	b.read()
	create(t, sent)
	for _, id := range queued {
		want(t, "reply", kerneltest.Decode[map[string]any](t, b.Reply(id)), map[string]any{"status": "aborted"})
		want(t, "published", kerneltest.Summaries(b.Idle(id)), []string{"busy", "idle"})
	}
	b.Idle(failing)
	after := b.Execute("print after")
	want(t, "count of the next cell", kerneltest.Decode[wire.ExecuteOK](t, b.Reply(after)).Count, 2)
	want(t, "record", b.recorder.Story()[4:8], []string{
		`started [0]  "print 1"`, "finished aborted", `started [0]  "print 2"`, "finished aborted"})
}

func TestFailureWithoutStopOnError(t *testing.T) {
	b := start(t)
	sent := filepath.Join(t.TempDir(), "sent")
	b.Send(wire.Shell, wire.ExecuteRequest, map[string]any{"code": "until " + sent + "\nfail X y", "stop_on_error": false})
	queued := b.Execute("print 1")
	b.read()
	create(t, sent)
	want(t, "reply", kerneltest.Decode[wire.Plain](t, b.Reply(queued)).Status, "ok")
}

// read waits until the server has read all that was sent on shell so far.
func (b *bench) read() {
	b.t.Helper()
	b.Reply(b.Send(wire.Shell, wire.KernelInfoRequest, struct{}{}))
}

func create(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRequestsAreAnsweredBesideARunningCell(t *testing.T) {
	b := start(t)
	cell := b.Execute("block")
	b.begun(cell)
	b.Send(wire.Shell, wire.CompleteRequest, map[string]any{"code": "slow", "cursor_pos": 4})
	for _, r := range []struct {
		channel wire.Channel
		typ     wire.Type
		content any
	}{
		{wire.Shell, wire.KernelInfoRequest, map[string]any{}},
		{wire.Control, wire.KernelInfoRequest, map[string]any{}},
		{wire.Shell, wire.CompleteRequest, map[string]any{"code": "pri", "cursor_pos": 3}},
		{wire.Shell, wire.InspectRequest, map[string]any{"code": "print", "cursor_pos": 2, "detail_level": 1}},
		{wire.Shell, wire.IsCompleteRequest, map[string]any{"code": "x"}},
		{wire.Shell, wire.HistoryRequest, map[string]any{"hist_access_type": "tail", "n": 1}},
		{wire.Shell, wire.CommInfoRequest, map[string]any{}},
		{wire.Shell, wire.ConnectRequest, map[string]any{}},
		{wire.Control, wire.DebugRequest, map[string]any{"type": "request", "seq": 4, "command": "initialize"}},
	} {
		id := b.Send(r.channel, r.typ, r.content)
		if reply := b.Reply(id); reply.Channel != r.channel {
			t.Errorf("%s came on %s", reply.Header.Type, reply.Channel)
		}
		want(t, string(r.typ), kerneltest.Summaries(b.Idle(id)), []string{"busy", "idle"})
		b.wantBusyAgain(cell, id)
	}
	interrupt := b.Send(wire.Control, wire.InterruptRequest, map[string]any{})
	want(t, "interrupt", kerneltest.Decode[wire.Plain](t, b.Reply(interrupt)).Status, "ok")
	published := kerneltest.Summaries(b.Idle(cell))
	want(t, "end of the cell", published[len(published)-2:], []string{`error {"ename":"KeyboardInterrupt","evalue":"","traceback":["KeyboardInterrupt"]}`, "idle"})
	want(t, "record", b.recorder.Story()[2], "interrupted by interrupt_request")
	close(b.engine.Slow)
}

// begun waits until a cell runs, and its record has begun.
func (b *bench) begun(cell string) {
	b.t.Helper()
	b.Await("execute_input", func(a kerneltest.Arrival) bool {
		return a.ParentID() == cell && a.Header.Type == wire.ExecuteInput
	})
}

// wantBusyAgain checks that the idle of a request is followed by the cell's busy: front ends take the
// last status for the kernel's.
func (b *bench) wantBusyAgain(cell, request string) {
	b.t.Helper()
	busy := func() bool {
		arrived := b.Arrived()
		i := slices.IndexFunc(arrived, func(a kerneltest.Arrival) bool { return a.ParentID() == request && a.State() == wire.Idle })
		for _, a := range arrived[i+1:] {
			if a.Channel == wire.IOPub {
				return a.ParentID() == cell && a.State() == wire.Busy
			}
		}
		return false
	}
	for deadline := time.Now().Add(kerneltest.Guard); !busy(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("no busy after the idle of %s", request)
		}
	}
}

func TestLastStatusOfAQuietKernelIsIdle(t *testing.T) {
	b := start(t)
	var ids []string
	for i := range 200 {
		ids = append(ids, b.Execute(fmt.Sprintf("print %d", i)), b.Send(wire.Control, wire.KernelInfoRequest, map[string]any{}))
	}
	for _, id := range ids {
		b.Idle(id)
	}
	var last string
	for _, a := range b.Arrived() {
		if s := a.State(); s != "" {
			last = s
		}
	}
	want(t, "last status", last, wire.Idle)
}

func TestInterruptWithoutCell(t *testing.T) {
	b := start(t)
	b.Reply(b.Send(wire.Control, wire.InterruptRequest, map[string]any{}))
	want(t, "next cell", kerneltest.Decode[wire.Plain](t, b.Reply(b.Execute("print x"))).Status, "ok")
	want(t, "record", b.recorder.Story()[1], "interrupted by interrupt_request")
}

func TestReplies(t *testing.T) {
	output := "42"
	for _, test := range []struct {
		name    string
		typ     wire.Type
		content string
		want    string
	}{
		{"complete", wire.CompleteRequest, `{"code":"é prin","cursor_pos":6}`, `{"status":"ok","matches":["print"],"cursor_start":2,"cursor_end":6,"metadata":{}}`},
		{"complete without cursor", wire.CompleteRequest, `{"code":"prin"}`, `{"status":"ok","matches":["print"],"cursor_start":0,"cursor_end":4,"metadata":{}}`},
		{"complete beyond the end", wire.CompleteRequest, `{"code":"prin","cursor_pos":99}`, `{"status":"ok","matches":["print"],"cursor_start":0,"cursor_end":4,"metadata":{}}`},
		{"complete before the start", wire.CompleteRequest, `{"code":"zzz","cursor_pos":3}`, `{"status":"ok","matches":[],"cursor_start":0,"cursor_end":3,"metadata":{}}`},
		{"inspect", wire.InspectRequest, `{"code":"print","cursor_pos":2,"detail_level":1}`, `{"status":"ok","found":true,"data":{"text/plain":"print at 2, detail 1"},"metadata":{}}`},
		{"inspect nothing", wire.InspectRequest, `{"code":"","cursor_pos":0}`, `{"status":"ok","found":false,"data":{},"metadata":{}}`},
		{"is_complete", wire.IsCompleteRequest, `{"code":"x"}`, `{"status":"complete"}`},
		{"incomplete", wire.IsCompleteRequest, `{"code":"x\\"}`, `{"status":"incomplete","indent":"  "}`},
		{"history", wire.HistoryRequest, `{"hist_access_type":"tail","n":2}`, `{"status":"ok","history":[[1,2,"a < b"]]}`},
		{"history with output", wire.HistoryRequest, `{"hist_access_type":"tail","output":true}`, `{"status":"ok","history":[[1,2,["a < b","42"]]]}`},
		{"history that fails", wire.HistoryRequest, `{"hist_access_type":"nonsense"}`, `{"status":"error","ename":"HistoryError","evalue":"no such access","traceback":[]}`},
		{"bad content", wire.InspectRequest, `{"code":7}`, `{"status":"error","ename":"BadRequest","evalue":"read inspect_request: json: cannot unmarshal number into Go struct field CodeAt.code of type string","traceback":[]}`},
		{"bare execute", wire.ExecuteRequest, `{}`, `{"status":"error","ename":"BadRequest","evalue":"execute_request without code: the front end must send the cell's text","traceback":[]}`},
		{"comm_info", wire.CommInfoRequest, `{"target_name":"t"}`, `{"status":"ok","comms":{}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := start(t)
			b.history.entries = []wire.HistoryEntry{{Session: 1, Line: 2, Input: "a < b", Output: &output}}
			id := b.Send(wire.Shell, test.typ, json.RawMessage(test.content))
			want(t, "reply", decoded(t, b.Reply(id).Content), decoded(t, []byte(test.want)))
			b.Idle(id)
		})
	}
}

func decoded(t *testing.T, b []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("decode %s: %v", b, err)
	}
	return v
}

// pastCells is a History of fixed lines.
type pastCells struct{ entries []wire.HistoryEntry }

func (p *pastCells) History(_ context.Context, r wire.History) ([]wire.HistoryEntry, error) {
	if r.Access == "nonsense" {
		return nil, fmt.Errorf("no such access")
	}
	return p.entries, nil
}

func TestKernelInfo(t *testing.T) {
	b := start(t)
	reply := kerneltest.Decode[map[string]any](t, b.Reply(b.Send(wire.Shell, wire.KernelInfoRequest, map[string]any{})))
	for key, value := range map[string]any{"status": "ok", "protocol_version": "5.5", "implementation": "kerneltest",
		"banner": "A kernel for tests", "debugger": false, "supported_features": []any{}} {
		want(t, key, reply[key], value)
	}
}

func TestDebugIsRefused(t *testing.T) {
	b := start(t)
	reply := b.Reply(b.Send(wire.Control, wire.DebugRequest, map[string]any{"type": "request", "seq": 4, "command": "initialize"}))
	want(t, "reply", kerneltest.Decode[wire.DebugRefused](t, reply), wire.DebugRefused{
		Type: "response", RequestSeq: 4, Command: "initialize", Message: "this kernel has no debugger"})
}

func TestComms(t *testing.T) {
	b := start(t)
	b.Idle(b.Send(wire.Shell, wire.CommOpen, wire.Comm{ID: "a", TargetName: "t"}))
	b.Idle(b.Send(wire.Shell, wire.CommOpen, wire.Comm{ID: "b", TargetName: "u"}))
	list := kerneltest.Decode[wire.CommList](t, b.Reply(b.Send(wire.Shell, wire.CommInfoRequest, wire.CommInfo{Target: "t"})))
	want(t, "open comms", list.Comms, map[string]wire.CommTarget{"a": {Target: "t"}})
	echoed := b.Idle(b.Send(wire.Shell, wire.CommMsg, wire.Comm{ID: "a", Data: map[string]any{"n": 1.0}}, []byte{0, 1, 255}))
	want(t, "echo", echoed[1].Buffers, [][]byte{{0, 1, 255}})
	refused := b.Idle(b.Send(wire.Shell, wire.CommOpen, wire.Comm{ID: "c", TargetName: "unknown"}))
	want(t, "refusal", refused[1].Header.Type, wire.CommClose)
	b.Idle(b.Send(wire.Shell, wire.CommClose, wire.Comm{ID: "a"}))
	want(t, "open comms", b.engine.Comms(""), map[string]string{"b": "u"})
	want(t, "bad comm", kerneltest.Summaries(b.Idle(b.Send(wire.Shell, wire.CommMsg, json.RawMessage(`{"data":3}`)))), []string{"busy", "idle"})
}

func TestUnknownAndMisplacedMessages(t *testing.T) {
	b := start(t)
	for _, r := range []struct {
		channel wire.Channel
		typ     wire.Type
	}{
		{wire.Shell, "sing_request"}, {wire.Control, wire.ExecuteRequest}, {wire.Stdin, wire.KernelInfoRequest},
		{wire.Control, wire.CreateSubshellRequest}, {wire.Control, wire.DeleteSubshellRequest}, {wire.Control, wire.ListSubshellRequest},
	} {
		id := b.Send(r.channel, r.typ, map[string]any{})
		want(t, string(r.typ), kerneltest.Summaries(b.Idle(id)), []string{"busy", "idle"})
		if !strings.Contains(b.log.String(), string(r.typ)) {
			t.Errorf("the log says nothing of %s", r.typ)
		}
	}
	want(t, "next cell", kerneltest.Decode[wire.Plain](t, b.Reply(b.Execute("print x"))).Status, "ok")
}

func TestFloodIsWholeAndInOrder(t *testing.T) {
	b := start(t)
	id := b.Execute("flood 10000000\nprint end")
	var text strings.Builder
	for _, a := range b.Idle(id) {
		if a.Header.Type == wire.Stream {
			text.WriteString(kerneltest.Decode[wire.StreamContent](t, a).Text)
		}
	}
	if got := text.String(); len(got) != 10000000+len("end\n") || !strings.HasSuffix(got, "end\n") {
		t.Errorf("%d bytes came", len(got))
	}
}
