//go:build unix

package cli

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// TestPageFromStartToEnd opens the printed address as a browser does, reads, writes a review, and ends the server.
func TestPageFromStartToEnd(t *testing.T) {
	s := newScene(t)
	if out, err := s.gemba("exec", "--", "echo", "hi").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ui := s.gemba("ui", "--no-browser")
	out, err := ui.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := ui.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ui.Process.Kill() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	browser := &http.Client{Jar: jar}
	ask := func(method, path, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address.Scheme+"://"+address.Host+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	if status, _ := ask("GET", "/api/cells", ""); status != http.StatusForbidden {
		t.Errorf("before the address was opened: %d, want 403", status)
	}
	if status, text := ask("GET", "/?"+address.RawQuery, ""); status != http.StatusOK {
		t.Fatalf("opened: %d %s", status, text)
	}
	if status, text := ask("GET", "/", ""); status != http.StatusOK || !strings.Contains(text, `<script type="module" src="page-`) {
		t.Errorf("the page: %d %s", status, text)
	}
	_, text := ask("GET", "/api/cells", "")
	var cells struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(text), &cells); err != nil || len(cells.Items) != 1 {
		t.Fatalf("cells: %v %s", err, text)
	}
	if status, text := ask("POST", "/api/reviews", `{"subject":"`+cells.Items[0].ID+`","verdict":"approved"}`); status != http.StatusOK {
		t.Errorf("review: %d %s", status, text)
	}
	if err := ui.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = ui.Wait() // how it tells of Ctrl-C is the same for all commands
	if out, err := s.gemba("verify").CombinedOutput(); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}
