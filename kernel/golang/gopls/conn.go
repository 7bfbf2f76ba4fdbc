package gopls

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"sync"
	"sync/atomic"
)

// maxMessage bounds a message of gopls, in bytes. The largest real ones (a thousand completions with
// their documentation) stay under a few megabytes.
const maxMessage = 64 << 20

// errGone says that the other side closed the connection or broke the protocol.
var errGone = errors.New("gopls ended")

// A conn is one JSON-RPC 2.0 connection with LSP's framing. It is our own rather than a library's
// because a message to a gopls that no longer reads must not outlast its context: the libraries write
// on the caller's goroutine and under a lock, here a goroutine of its own writes.
type conn struct {
	out   chan []byte   // framed messages for the writer
	done  chan struct{} // closed when the reader has ended: nothing will be answered any more
	heard atomic.Int64  // messages received

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan message
	err     error // why done is closed
}

// A message is a request, a notification or a response: JSON-RPC tells them apart by their fields.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *rpcError       `json:"error,omitempty"`
}

// An rpcError is what gopls answers instead of a result.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *rpcError) Error() string { return fmt.Sprintf("gopls: %s (code %d)", e.Message, e.Code) }

// newConn talks over r and w until r ends. The writer ends with it, if w does not block for ever:
// whoever owns the process closes both.
func newConn(r io.Reader, w io.Writer) *conn {
	c := &conn{out: make(chan []byte, 16), done: make(chan struct{}), waiting: map[int64]chan message{}}
	go c.write(w)
	go c.read(bufio.NewReader(r))
	return c
}

func (c *conn) write(w io.Writer) {
	for {
		select {
		case <-c.done:
			return
		case frame := <-c.out:
			if _, err := w.Write(frame); err != nil {
				return // the reader sees the end of the same process and says so
			}
		}
	}
}

func (c *conn) read(r *bufio.Reader) {
	for {
		m, err := readMessage(r)
		if err != nil {
			c.fail(fmt.Errorf("%w: %v", errGone, err))
			return
		}
		c.heard.Add(1)
		c.receive(m)
	}
}

func (c *conn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	close(c.done)
}

// receive hands a response to its caller and answers a request with null: the client announces no
// capability for which gopls would need more. Notifications are of no use here.
func (c *conn) receive(m message) {
	switch {
	case m.Method != "" && m.ID != nil:
		c.post(message{ID: m.ID, Result: json.RawMessage("null")})
	case m.Method == "" && m.ID != nil:
		if waiter := c.take(string(m.ID)); waiter != nil {
			waiter <- m
		}
	}
}

func (c *conn) take(id string) chan message {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	waiter := c.waiting[n]
	delete(c.waiting, n)
	return waiter
}

// post sends m if there is room, and gives it up otherwise: it is for messages that nobody waits for.
func (c *conn) post(m message) {
	frame, err := encode(m)
	if err != nil {
		return
	}
	select {
	case c.out <- frame:
	default:
	}
}

func (c *conn) send(ctx context.Context, m message) error {
	frame, err := encode(m)
	if err != nil {
		return err
	}
	select {
	case c.out <- frame:
		return nil
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// notify sends a notification.
func (c *conn) notify(ctx context.Context, method string, params any) error {
	return c.send(ctx, message{Method: method, Params: params})
}

// call sends a request and decodes its result. When ctx ends first, gopls is told to stop working on it.
func (c *conn) call(ctx context.Context, method string, params, result any) error {
	id, answer := c.expect()
	defer c.take(id)
	if err := c.send(ctx, message{ID: json.RawMessage(id), Method: method, Params: params}); err != nil {
		return err
	}
	select {
	case m := <-answer:
		return m.decode(result)
	case <-c.done:
		return c.err
	case <-ctx.Done():
		c.post(message{Method: "$/cancelRequest", Params: map[string]json.RawMessage{"id": json.RawMessage(id)}})
		return ctx.Err()
	}
}

func (c *conn) expect() (id string, answer chan message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	answer = make(chan message, 1)
	c.waiting[c.last] = answer
	return strconv.FormatInt(c.last, 10), answer
}

func (m message) decode(result any) error {
	if m.Error != nil {
		return m.Error
	}
	if result == nil || len(m.Result) == 0 {
		return nil
	}
	if err := json.Unmarshal(m.Result, result); err != nil {
		return fmt.Errorf("decode gopls' answer: %w", err)
	}
	return nil
}

func encode(m message) ([]byte, error) {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", m.Method, err)
	}
	return append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(body)), body...), nil
}

func readMessage(r *bufio.Reader) (m message, err error) {
	header, err := textproto.NewReader(r).ReadMIMEHeader()
	if err != nil {
		return m, err
	}
	size, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil || size < 0 || size > maxMessage {
		return m, fmt.Errorf("a message of %q bytes", header.Get("Content-Length"))
	}
	var body bytes.Buffer // grows with what arrives, whatever the header promised
	if _, err := io.CopyN(&body, r, int64(size)); err != nil {
		return m, err
	}
	return m, json.Unmarshal(body.Bytes(), &m)
}
