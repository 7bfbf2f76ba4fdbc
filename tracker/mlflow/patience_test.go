package mlflow

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

// stalled sends the beginning of a request and returns the connection.
func stalled(t *testing.T, server *httptest.Server, method, path string, begin []byte) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute)) // a guard against hanging
	if _, err := fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n%s", method, path, begin); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestStalledUpload stores artifacts while a client has stopped in the middle of a large one.
func TestStalledUpload(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := newSite(t)
	folder := "/api/2.0/mlflow-artifacts/artifacts/0/" + s.begin("0") + "/artifacts/"
	server := httptest.NewServer(s.server)
	defer server.Close()
	c := stalled(t, server, "PUT", folder+"slow.bin", make([]byte, 3_000_000))
	defer c.Close()
	large := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
	done := make(chan int)
	go func() {
		status, _ := s.send("PUT", folder+"large.bin", bytes.NewReader(large))
		done <- status
	}()
	select {
	case status := <-done:
		if status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	case <-time.After(time.Minute): // a guard against hanging
		t.Fatal("another upload waits for the one that stalls")
	}
	if _, got := s.send("GET", folder+"large.bin", nil); !bytes.Equal(got, large) {
		t.Errorf("the artifact came back with %d bytes, want %d", len(got), len(large))
	}
}

// TestPatience ends with a client that sends nothing any more, and leaves no file.
func TestPatience(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := newSite(t)
	run := s.begin("0")
	s.server.patience = 50 * time.Millisecond
	server := httptest.NewServer(s.server)
	for _, request := range [][2]string{
		{"PUT", "/api/2.0/mlflow-artifacts/artifacts/0/" + run + "/artifacts/slow.bin"},
		{"POST", "/api/2.0/mlflow/runs/log-inputs"},
	} {
		c := stalled(t, server, request[0], request[1], []byte("{"))
		if answer, err := io.ReadAll(c); err != nil || !bytes.Contains(answer, []byte(" 400 ")) {
			t.Errorf("%s: the answer is %q, %v", request, answer, err)
		}
	}
	server.Close()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}
