//go:build unix

package main

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/zmtp"
)

func TestSocketsSpeakZMTP(t *testing.T) {
	router := listen(t, zmtp.Router)
	dealer := connectTo(t, "DEALER", router)
	large := strings.Repeat("x", 300)
	if err := dealer.send([][]byte{[]byte("a"), nil, []byte(large)}); err != nil {
		t.Fatal(err)
	}
	frames, err := router.Recv(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "", large}, texts(frames[1:])); diff != "" {
		t.Error(diff)
	}
	if err := router.Send(frames); err != nil {
		t.Fatal(err)
	}
	back, err := dealer.receive()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "", large}, texts(back)); diff != "" {
		t.Error(diff)
	}
}

func TestSubscriberHearsAll(t *testing.T) {
	welcome := [][]byte{[]byte("welcome")}
	xpub, err := zmtp.Listen(zmtp.XPub, "tcp", "127.0.0.1:0", zmtp.Options{Welcome: func(string) [][]byte { return welcome }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { xpub.Close(0) })
	sub := connectTo(t, "SUB", xpub)
	for _, want := range []string{"welcome", "news"} {
		got, err := sub.receive()
		if err != nil || string(got[0]) != want {
			t.Fatalf("got %q (%v), want %q", got, err, want)
		}
		if err := xpub.Send([][]byte{[]byte("news")}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConnectEndsWithContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := connect(ctx, "DEALER", "tcp", address); err == nil {
		t.Error("connected to nobody")
	}
}

func listen(t *testing.T, kind zmtp.Kind) *zmtp.Socket {
	t.Helper()
	s, err := zmtp.Listen(kind, "tcp", "127.0.0.1:0", zmtp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(0) })
	return s
}

func connectTo(t *testing.T, kind string, to *zmtp.Socket) *socket {
	t.Helper()
	s, err := connect(t.Context(), kind, "tcp", to.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.conn.Close() })
	return s
}

func texts(frames [][]byte) (out []string) {
	for _, f := range frames {
		out = append(out, string(f))
	}
	return out
}

func TestMemoryCountsChildren(t *testing.T) {
	all := map[int]process{1: {"init", 0, 1}, 10: {"gemba", 1, 100}, 11: {"cell", 10, 20}, 12: {"gopls", 10, 3}, 13: {"go", 12, 4}, 20: {"x", 1, 9}}
	for pid, want := range map[int]bool{1: false, 10: true, 11: true, 13: true, 20: false} {
		if got := descends(all, pid, 10); got != want {
			t.Errorf("process %d descends from 10: %v, want %v", pid, got, want)
		}
	}
	if size, err := residentTree(os.Getpid(), ""); err != nil || size < 1<<20 {
		t.Errorf("this process has %d bytes (%v)", size, err)
	}
}

func TestParseStat(t *testing.T) {
	const stat = "42 (a (b) c) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 100 200000 30 18446744073709551615"
	got, ok := parseStat([]byte(stat))
	if !ok || got.name != "a (b) c" || got.parent != 7 || got.resident != 30*int64(os.Getpagesize()) {
		t.Errorf("got %+v, %v", got, ok)
	}
	for _, bad := range []string{"", "1 (x", "1 (x) S 2", ") 1 ("} {
		if _, ok := parseStat([]byte(bad)); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestTable(t *testing.T) {
	b := &bench{specs: []spec{{name: "gemba"}, {name: "gemba-unrecorded"}, {name: "gonb"}}}
	b.rows = []row{{measurement{name: samePlain, unit: "ms", reach: ">= 5x"}, [][]float64{{10, 12, 14}, {9, 10, 11}, {50, 60, 70}}, []int{0, 0, 7}}}
	var out strings.Builder
	if err := b.print(&out); err != nil {
		t.Fatal(err)
	}
	const want = `| what (median) | gemba | gemba-unrecorded | gonb | gonb / gemba | to reach | n |
|---|---|---|---|---|---|---|
| plain cell, unchanged code | 12.0 ms | 10.0 ms | 60.0 ms (7 bytes lost) | 5.00 | >= 5x | 3 |

Added to a cell's round trip by recording (plain cell, unchanged code, n = 3): p50 2.00 ms (to reach: 1), p95 3.00 ms (to reach: 3).
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
