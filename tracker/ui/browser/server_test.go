package browser

import (
	"bufio"
	"io"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

// A site is a running gemba ui.
type site struct {
	*bench
	folder  string
	address *url.URL // that was printed, with its token
	life    io.Closer
	ended   chan error
}

// serve runs gemba ui in a folder until the test ends.
func (b *bench) serve(t *testing.T, folder string) *site {
	t.Helper()
	s := &site{bench: b, folder: folder}
	s.start(t, "127.0.0.1:0")
	t.Cleanup(s.end)
	return s
}

// start starts the server at an address.
func (s *site) start(t *testing.T, listen string) {
	t.Helper()
	c := exec.Command("sh", "-c", `"$@" & cat >/dev/null; kill $!; wait $!`, "sh", // ends also when the test dies
		s.gemba, "ui", "--no-browser", "--page", s.page, "--listen", listen)
	c.Dir, c.Env = s.folder, s.env
	said := &strings.Builder{}
	c.Stderr = said
	out, err := c.StdoutPipe()
	if err == nil {
		s.life, err = c.StdinPipe()
	}
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, readErr := bufio.NewReader(out).ReadString('\n')
	s.ended = make(chan error, 1)
	go func() { s.ended <- c.Wait() }()
	if s.address, err = url.Parse(strings.TrimSpace(line)); err != nil || readErr != nil {
		s.end()
		t.Fatalf("gemba ui printed no address: %v\n%s", readErr, said)
	}
}

// end ends the server. A second time it does nothing.
func (s *site) end() {
	if s.life == nil {
		return
	}
	_ = s.life.Close()
	<-s.ended
	s.life = nil
}
