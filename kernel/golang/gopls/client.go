package gopls

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// maxFailures is how often in a row gopls may end without an answer before it is left alone.
const maxFailures = 3

// Sentinels of this package.
var (
	// ErrMissing says that no usable gopls was found; the error that wraps it names the command that helps.
	ErrMissing = errors.New("gopls is missing")
	// ErrGivenUp says that gopls ended several times in a row without answering anything.
	ErrGivenUp = errors.New("gopls was given up: it ended several times without an answer; restart the kernel to try again")
	// ErrClosed says that the client was closed.
	ErrClosed = errors.New("the gopls client is closed")
)

// Options say where and how gopls works.
type Options struct {
	Dir  string                 // the work folder, which holds a go.mod
	Env  []string               // environment of gopls and of the go command it calls; nil is this process's
	Find func() (string, error) // path of gopls; nil is Find
}

// A Client asks one gopls about the files of one work folder. Its methods may be called from several
// goroutines; requests are answered one after the other, and each waits no longer than its context.
type Client struct {
	options Options
	turn    chan struct{}      // holds one token: whoever has it talks to gopls
	stop    context.CancelFunc // ends the requests that Warm started
	life    context.Context
	warm    sync.WaitGroup

	mu       sync.Mutex
	server   *server // nil before the first use
	failures int     // lives of gopls in a row that ended without an answer
	closed   bool
	tracked  []string
}

// New returns a client that has started nothing yet.
func New(options Options) *Client {
	if real, err := filepath.EvalSymlinks(options.Dir); err == nil {
		options.Dir = real // as the go command will name it
	}
	if options.Env == nil {
		options.Env = os.Environ()
	}
	if options.Find == nil {
		options.Find = Find
	}
	c := &Client{options: options, turn: make(chan struct{}, 1)}
	c.life, c.stop = context.WithCancel(context.Background())
	c.turn <- struct{}{}
	return c
}

// Warm starts gopls in the background and lets it load the packages that text imports, so that the
// first completion does not wait for it. It returns at once; what goes wrong will be told by a request.
func (c *Client) Warm(file, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.warm.Add(1)
	go func() {
		defer c.warm.Done()
		_, _, _ = c.Hover(c.life, file, text, 0)
	}()
}

// Track names more folders and files whose changes on disk gopls has to be told: local modules that the
// go.mod or go.work of the work folder leads to.
func (c *Client) Track(paths ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, path := range paths {
		if !slices.Contains(c.tracked, path) {
			c.tracked = append(c.tracked, path)
		}
	}
}

// Untrack takes back what Track was told.
func (c *Client) Untrack(paths ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tracked = slices.DeleteFunc(c.tracked, func(path string) bool { return slices.Contains(paths, path) })
}

// Close ends gopls and every request under way. The client cannot be used afterwards.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	s := c.server
	c.mu.Unlock()
	c.stop()
	if s != nil && s.conn != nil {
		s.kill()
		<-s.ready
	}
	c.warm.Wait()
	return nil
}

// ask makes gopls see text as file's content and sends it one request; a gopls that dies meanwhile is
// started again, once.
func (c *Client) ask(ctx context.Context, method, file, text string, offset int, result any) error {
	select {
	case <-c.turn:
		defer func() { c.turn <- struct{}{} }()
	case <-ctx.Done():
		return fmt.Errorf("ask gopls: %w", ctx.Err())
	}
	err := c.try(ctx, method, file, text, offset, result)
	if errors.Is(err, errGone) {
		err = c.try(ctx, method, file, text, offset, result)
	}
	if err != nil {
		return fmt.Errorf("ask gopls: %w", err)
	}
	return nil
}

func (c *Client) try(ctx context.Context, method, file, text string, offset int, result any) error {
	s, err := c.running(ctx)
	if err != nil {
		return err
	}
	err = c.request(ctx, s, method, file, text, offset, result)
	if s.hangs(ctx.Err() != nil) || errors.Is(err, errGone) {
		s.kill()
	}
	return err
}

func (c *Client) request(ctx context.Context, s *server, method, file, text string, offset int, result any) error {
	c.mu.Lock()
	watched := c.watched()
	c.mu.Unlock()
	if err := s.refresh(ctx, watched); err != nil {
		return err
	}
	uri := uriOf(c.path(file))
	if err := s.sync(ctx, uri, text); err != nil {
		return err
	}
	at := lspAt{Document: lspDocument{URI: uri}, Position: positionOf(text, offset)}
	err := s.conn.call(ctx, method, at, result)
	s.answered = s.answered || err == nil || errors.As(err, new(*rpcError))
	return err
}

// running returns a gopls that is ready, and starts one where none lives.
func (c *Client) running(ctx context.Context) (*server, error) {
	s, err := c.current()
	if err != nil {
		return nil, err
	}
	select {
	case <-s.ready:
		return s, s.err
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for gopls to start: %w", ctx.Err())
	}
}

func (c *Client) current() (*server, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, ErrClosed
	}
	if c.server != nil && !c.server.dead() {
		return c.server, nil
	}
	c.count()
	if c.failures >= maxFailures {
		return nil, ErrGivenUp
	}
	path, err := c.options.Find()
	if err != nil {
		return nil, err
	}
	c.server = launch(path, c.options.Dir, c.options.Env, stampsOf(c.watched()))
	return c.server, nil
}

// count keeps the number of lives in a row in which gopls answered nothing but initialize.
func (c *Client) count() {
	if c.server == nil {
		return
	}
	c.failures++
	if c.server.answered {
		c.failures = 0
	}
	c.server = nil
}

func (c *Client) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(c.options.Dir, file)
}

// watched is called with mu held.
func (c *Client) watched() []string {
	return append([]string{c.options.Dir}, c.tracked...)
}
