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
	s.address, s.life, s.ended = s.launch(t, s.folder, "ui", "--no-browser", "--page", s.page, "--listen", listen)
}

// launch starts a server of gemba's in a folder, and returns the address that it prints first. It ends when its life is closed.
func (b *bench) launch(t *testing.T, folder string, args ...string) (address *url.URL, life io.Closer, ended chan error) {
	t.Helper()
	c := exec.Command("sh", append([]string{"-c", `"$@" & cat >/dev/null; kill $!; wait $!`, "sh", b.gemba}, args...)...) // ends also when the test dies
	c.Dir, c.Env = folder, b.env
	said := &strings.Builder{}
	c.Stderr = said
	out, err := c.StdoutPipe()
	if err == nil {
		life, err = c.StdinPipe()
	}
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, readErr := lines.ReadString('\n')
	ended = make(chan error, 1)
	go func() {
		_, _ = io.Copy(io.Discard, lines) // what else it says
		ended <- c.Wait()
	}()
	if address, err = url.Parse(strings.TrimSpace(line)); err != nil || readErr != nil {
		_ = life.Close()
		<-ended
		t.Fatalf("gemba %s printed no address: %v\n%s", args[0], readErr, said)
	}
	return address, life, ended
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
