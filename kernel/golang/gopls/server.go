package gopls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// startLimit bounds gopls' start, which waits for no one's context: it goes on in the background.
const startLimit = time.Minute

// A server is one life of a gopls process. All but kill and the channels is for the one request that
// has the client's turn.
type server struct {
	cmd   *exec.Cmd
	conn  *conn
	last  tail // what it said on stderr
	ready chan struct{}
	err   error // why it could not be started; set before ready is closed
	ended chan struct{}

	open     map[string]document // by URI
	seen     stamps              // files on disk as gopls knows them
	answered bool                // it has answered a request
	mute     int                 // requests in a row that ended without a word from gopls
	heard    int64               // conn.heard when its life was last judged
}

// A document is a file as gopls was last told it.
type document struct {
	version int
	text    string
}

// launch starts gopls and returns at once; ready closes when it answers or has failed.
// seen are the files on disk, all of which gopls reads later than now.
func launch(path, dir string, env []string, seen stamps) *server {
	s := &server{ready: make(chan struct{}), ended: make(chan struct{}), open: map[string]document{}, seen: seen}
	s.cmd = exec.Command(path, "serve")
	s.cmd.Dir = dir
	// No telemetry sidecar: it would leave the process group and write to the user's folders.
	s.cmd.Env = append(env[:len(env):len(env)], "GO_TELEMETRY_CHILD=2")
	s.cmd.Stderr = &s.last
	s.cmd.WaitDelay = time.Second // a grandchild may hold stderr
	group(s.cmd)
	if err := s.start(); err != nil {
		s.err = fmt.Errorf("start gopls (%s): %w", path, err)
		close(s.ended)
		close(s.ready)
		return s
	}
	go s.initialize(dir)
	return s
}

func (s *server) start() error {
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, write, err := os.Pipe() // ours, so that Wait does not close it under the reader
	if err != nil {
		return err
	}
	s.cmd.Stdout = write
	started := make(chan error)
	go s.live(started, in, out)
	err = <-started
	write.Close()
	if err != nil {
		return errors.Join(err, in.Close(), out.Close())
	}
	yieldTo(s.cmd.Process.Pid)
	s.conn = newConn(out, in)
	close(started)
	return nil
}

// live starts gopls and waits until it ends, by itself or by kill. Its children, go list and the
// compiler, end with it. All of that happens on one thread: to Linux, the end of the thread that started
// a process is the death of its parent.
func (s *server) live(started chan error, in, out io.Closer) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := s.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	<-started
	defer close(s.ended)
	_ = s.cmd.Wait() // how it ended is of no interest, what it said is kept
	killGroup(s.cmd)
	in.Close()
	<-s.conn.done
	out.Close()
}

func (s *server) initialize(dir string) {
	defer close(s.ready)
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	err := s.conn.call(ctx, "initialize", initialization(dir, os.Getpid()), nil)
	if err == nil {
		err = s.conn.notify(ctx, "initialized", struct{}{})
	}
	if err != nil {
		s.kill()
		s.err = fmt.Errorf("start gopls: %w%s", err, s.last.quote())
	}
}

// kill ends gopls and its children, and returns when they are gone. It keeps no state on disk that
// would suffer.
func (s *server) kill() {
	if !s.dead() {
		killGroup(s.cmd)
	}
	<-s.ended
}

func (s *server) dead() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// sync tells gopls the text of a file, which need not be on disk.
func (s *server) sync(ctx context.Context, uri, text string) error {
	was, open := s.open[uri]
	if open && was.text == text {
		return nil
	}
	now := document{version: was.version + 1, text: text}
	doc := lspDocument{URI: uri, Version: now.version}
	var err error
	if open {
		err = s.conn.notify(ctx, "textDocument/didChange", lspDidChange{doc, []lspFullChange{{text}}})
	} else {
		doc.LanguageID, doc.Text = "go", text
		err = s.conn.notify(ctx, "textDocument/didOpen", lspDidOpen{doc})
	}
	if err == nil {
		s.open[uri] = now
	}
	return err
}

// hangs judges gopls by whether it has said anything since the last request; ended tells that this one
// ran out of its context. It always answers a request that is cancelled, so three in a row without a
// word mean that it is stuck.
func (s *server) hangs(ended bool) bool {
	heard := s.conn.heard.Load()
	if !ended || heard != s.heard {
		s.heard, s.mute = heard, 0
		return false
	}
	s.mute++
	return s.mute >= 3
}

// A tail keeps the last words of a process.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-2048):]
	return len(p), nil
}

func (t *tail) quote() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if said := strings.TrimSpace(string(t.text)); said != "" {
		return "; its last words: " + said
	}
	return ""
}
