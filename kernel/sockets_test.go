package kernel_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

// connections are ways to listen, on ports that nobody uses at the moment.
func connections(t *testing.T) map[string]wire.Connection {
	t.Helper()
	tcp := wire.Connection{Transport: "tcp", IP: "127.0.0.1", Key: "a key", SignatureScheme: "hmac-sha256"}
	for _, port := range []*int{&tcp.ShellPort, &tcp.ControlPort, &tcp.StdinPort, &tcp.IOPubPort, &tcp.HBPort} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		*port = l.Addr().(*net.TCPAddr).Port
		defer l.Close()
	}
	ipc := wire.Connection{Transport: "ipc", IP: filepath.Join(t.TempDir(), "k"), ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5}
	return map[string]wire.Connection{"tcp, signed": tcp, "ipc, unsigned": ipc}
}

// listen serves a connection with a fake engine until the test ends.
func listen(t *testing.T, c wire.Connection, pages ...*bridge.Bridge) (*kerneltest.Recorder, *lockedBuffer) {
	t.Helper()
	recorder, log, id := &kerneltest.Recorder{}, &lockedBuffer{}, tracker.NewID()
	logger := slog.New(slog.NewTextHandler(log, nil))
	sockets, err := kernel.OpenSockets(c, id, logger)
	if err != nil {
		t.Fatal(err)
	}
	session := kernel.OpenSession(kernel.SessionOptions{ID: id, Engine: kerneltest.NewEngine(), Recorder: recorder, Log: logger})
	o := kernel.ServerOptions{Session: session, Channels: sockets, Connection: c, Log: logger}
	for _, p := range pages {
		o.Bridge = p
	}
	server := kernel.NewServer(o)
	served := make(chan error, 1)
	go func() { served <- server.Serve(context.Background()) }()
	t.Cleanup(func() {
		server.Stop("test done")
		if err := errors.Join(<-served, sockets.Close(kerneltest.Guard)); err != nil {
			t.Error(err)
		}
	})
	return recorder, log
}

func connect(t *testing.T, c wire.Connection, identity string) *kerneltest.FrontEnd {
	t.Helper()
	line, err := kerneltest.Dial(c, identity)
	if err != nil {
		t.Fatal(err)
	}
	return kerneltest.NewFrontEnd(t, line)
}

func TestOverRealSockets(t *testing.T) {
	for name, c := range connections(t) {
		t.Run(name, func(t *testing.T) {
			listen(t, c)
			first, second := connect(t, c, "first"), connect(t, c, "second")
			cell := first.Execute("print hi\nask name")
			question := first.Await("input_request", func(a kerneltest.Arrival) bool { return a.Channel == wire.Stdin })
			first.SendWith(wire.Stdin, wire.Message{Header: wire.Header{Type: wire.InputReply}, Parent: question.Header.Raw()}, wire.InputValue{Value: "Ann"})
			want(t, "published", kerneltest.Summaries(first.Idle(cell)), []string{"busy", `execute_input {"code":"print hi\nask name","execution_count":1}`,
				`stream {"name":"stdout","text":"hi\n"}`, `stream {"name":"stdout","text":"got Ann\n"}`, "idle"})
			want(t, "the other front end sees", len(second.Idle(cell)), 5)
			for _, a := range second.Arrived() {
				if a.Channel != wire.IOPub {
					t.Errorf("the other front end got %s on %s", a.Header.Type, a.Channel)
				}
			}
			want(t, "ports", kerneltest.Decode[wire.Connected](t, second.Reply(second.Send(wire.Shell, wire.ConnectRequest, map[string]any{}))).Heartbeat, c.HBPort)
		})
	}
}

func TestNobodyOnStdinToAnswer(t *testing.T) {
	c := connections(t)["tcp, signed"]
	listen(t, c)
	key, dealer := wire.NewKey(c.Key), zmq4.NewDealer(context.Background())
	defer dealer.Close()
	if err := dealer.Dial(kerneltest.Endpoint(c, wire.Shell)); err != nil {
		t.Fatal(err)
	}
	m := wire.Message{Header: wire.Header{MsgID: "1", Type: wire.ExecuteRequest}, Content: []byte(`{"code":"ask name"}`)}
	if err := dealer.SendMulti(zmq4.NewMsgFrom(m.Frames(key)...)); err != nil {
		t.Fatal(err)
	}
	msg, err := dealer.Recv()
	if err != nil {
		t.Fatal(err)
	}
	reply, err := wire.Parse(msg.Frames, key)
	if err != nil || !strings.Contains(string(reply.Content), "StdinNotImplementedError") {
		t.Errorf("reply %s, %v", reply.Content, err)
	}
}

func TestHeartbeat(t *testing.T) {
	for name, c := range connections(t) {
		t.Run(name, func(t *testing.T) {
			listen(t, c)
			req := zmq4.NewReq(context.Background())
			defer req.Close()
			if err := req.Dial(kerneltest.Endpoint(c, wire.Heartbeat)); err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				ping := fmt.Sprint("ping ", i)
				if err := req.Send(zmq4.NewMsgString(ping)); err != nil {
					t.Fatal(err)
				}
				if pong, err := req.Recv(); err != nil || string(pong.Bytes()) != ping {
					t.Errorf("%q came back as %q, %v", ping, pong.Bytes(), err)
				}
			}
		})
	}
}

func TestTwoKernelsOnOneConnection(t *testing.T) {
	for name, c := range connections(t) {
		t.Run(name, func(t *testing.T) {
			listen(t, c)
			_, err := kernel.OpenSockets(c, tracker.NewID(), slog.New(slog.DiscardHandler))
			if !errors.Is(err, kernel.ErrTaken) || !strings.Contains(err.Error(), "another kernel") {
				t.Errorf("second kernel: %v", err)
			}
			f := connect(t, c, "f")
			want(t, "the first one lives", kerneltest.Decode[wire.Plain](t, f.Reply(f.Execute("print x"))).Status, "ok")
		})
	}
}

func TestFloodOverRealSockets(t *testing.T) {
	for name, c := range connections(t) {
		t.Run(name, func(t *testing.T) {
			recorder, _ := listen(t, c)
			f := connect(t, c, "f")
			const size = 100_000_000
			id := f.Execute(fmt.Sprintf("flood %d\nprint end", size))
			got := 0
			for _, a := range f.Idle(id) {
				if a.Header.Type == wire.Stream {
					got += len(kerneltest.Decode[wire.StreamContent](t, a).Text)
				}
			}
			want(t, "bytes that came", got, size+len("end\n"))
			recorded := 0
			for _, e := range recorder.Events() {
				if o, ok := e.(tracker.CellOutput); ok {
					recorded += strings.Count(string(o.Content), `\n`)
				}
			}
			want(t, "lines recorded", recorded, size/62+1)
		})
	}
}

// badMessages are frames, as a front end sends them, that are no message for this kernel.
func badMessages(c wire.Connection) map[string][][]byte {
	good := wire.Message{Header: wire.Header{MsgID: "1", Type: wire.ExecuteRequest}, Content: []byte(`{"code":"print bad"}`)}
	signed := func(m wire.Message) [][]byte { return m.Frames(wire.NewKey(c.Key)) }
	list := good
	list.Content = []byte(`[1]`)
	return map[string][][]byte{
		"bad signature": good.Frames(wire.NewKey("another key")),
		"no delimiter":  signed(good)[1:],
		"short":         signed(good)[:3],
		"empty":         {{}},
		"not an object": signed(list),
		"binary":        {{0, 1, 2}, []byte("<IDS|MSG>"), {255}, {255}, {255}, {255}, {255}},
	}
}

func TestBadMessagesAreLoggedAndForgotten(t *testing.T) {
	c := connections(t)["tcp, signed"]
	_, log := listen(t, c)
	for _, channel := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
		dealer := zmq4.NewDealer(context.Background())
		if err := dealer.Dial(kerneltest.Endpoint(c, channel)); err != nil {
			t.Fatal(err)
		}
		defer dealer.Close()
		for name, frames := range badMessages(c) {
			before := strings.Count(log.String(), "ignore message")
			if err := dealer.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(kerneltest.Guard); strings.Count(log.String(), "ignore message") == before; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%s on %s: the log says nothing", name, channel)
				}
			}
		}
	}
	f := connect(t, c, "f")
	want(t, "next cell", kerneltest.Decode[wire.Plain](t, f.Reply(f.Execute("print x"))).Status, "ok")
	if strings.Contains(log.String(), "print bad") {
		t.Error("the log repeats what came")
	}
}

func TestOversizedMessageEndsItsConnectionAlone(t *testing.T) {
	c := connections(t)["tcp, signed"]
	_, log := listen(t, c)
	f := connect(t, c, "f")
	dealer := zmq4.NewDealer(context.Background())
	defer dealer.Close()
	if err := dealer.Dial(kerneltest.Endpoint(c, wire.Shell)); err != nil {
		t.Fatal(err)
	}
	_ = dealer.Send(zmq4.NewMsg(make([]byte, wire.MaxSize+1))) // fails: the kernel hangs up in the middle
	for deadline := time.Now().Add(kerneltest.Guard); !strings.Contains(log.String(), "too large"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log says: %s", log)
		}
	}
	want(t, "next cell", kerneltest.Decode[wire.Plain](t, f.Reply(f.Execute("print x"))).Status, "ok")
}

func TestCellOfAMegabyte(t *testing.T) {
	c := connections(t)["ipc, unsigned"]
	listen(t, c)
	f := connect(t, c, "f")
	code := "print " + strings.Repeat("x", 1<<20)
	want(t, "reply", kerneltest.Decode[wire.Plain](t, f.Reply(f.Execute(code))).Status, "ok")
}

func TestGarbageOnEveryPort(t *testing.T) {
	for name, c := range connections(t) {
		t.Run(name, func(t *testing.T) {
			listen(t, c)
			for _, channel := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin, wire.IOPub, wire.Heartbeat} {
				network, address := c.Address(channel)
				for _, garbage := range []string{"", "GET / HTTP/1.1\r\n\r\n", strings.Repeat("\xff", 4096), strings.Repeat("\x00", 4096)} {
					conn, err := net.Dial(network, address)
					if err != nil {
						t.Fatal(err)
					}
					_, _ = conn.Write([]byte(garbage)) // the kernel may have hung up already
					defer conn.Close()
				}
			}
			f := connect(t, c, "f")
			want(t, "next cell", kerneltest.Decode[wire.Plain](t, f.Reply(f.Execute("print x"))).Status, "ok")
		})
	}
}
