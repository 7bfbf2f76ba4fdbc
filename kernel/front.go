package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// front is the wire.Front of one request.
type front struct {
	server *Server
	ctx    context.Context // of the request: how long output waits for slow front ends
	parent request
	asks   bool
}

// Publish sends a message on iopub with the request as its parent.
func (f *front) Publish(t wire.Type, content any, buffers ...[]byte) {
	m, err := f.server.message(wire.IOPub, t, &f.parent, content, nil)
	if err == nil {
		m.Buffers = buffers
		err = f.server.Channels.Publish(f.ctx, m)
	}
	if err != nil {
		f.server.Log.Warn("drop message", "type", t, "why", err)
	}
}

// offering publishes answers to a request that come when they come, and hold up no cell.
func (s *Server) offering(r request) bridge.Publish {
	return func(ctx context.Context, t wire.Type, content any, buffers ...[]byte) error {
		m, err := s.message(wire.IOPub, t, &r, content, nil)
		if err != nil {
			return err
		}
		m.Buffers = buffers
		return s.Channels.Offer(ctx, m)
	}
}

// Input asks the front end that sent the request.
func (f *front) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !f.asks {
		return "", wire.ErrNoStdin
	}
	m, err := f.server.message(wire.Stdin, wire.InputRequest, &f.parent, wire.Input{Prompt: prompt, Password: password}, nil)
	if err != nil {
		return "", err
	}
	return f.server.question.ask(ctx, m.Header.MsgID, func() error { return f.server.knock(ctx, m) })
}

// A front end connects its channels one after the other, so it gets a moment to be there.
const (
	knocks     = 100
	knockEvery = 20 * time.Millisecond
)

// knock sends a question as soon as the front end is there to answer it.
func (s *Server) knock(ctx context.Context, m wire.Message) error {
	for range knocks {
		err := s.Channels.Send(wire.Stdin, m)
		if !errors.Is(err, ErrAway) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(knockEvery):
		}
	}
	return fmt.Errorf("%w: it is not connected on stdin", wire.ErrNoStdin)
}

// question is what the kernel asks the user: one thing at a time.
type question struct {
	turn chan struct{}

	mu     sync.Mutex
	id     string // of the input_request that waits, empty when none does
	answer chan string
}

func newQuestion() *question {
	return &question{turn: make(chan struct{}, 1), answer: make(chan string, 1)}
}

// ask sends the question called id when it is its turn, and waits for the answer.
func (q *question) ask(ctx context.Context, id string, send func() error) (string, error) {
	select {
	case q.turn <- struct{}{}:
		defer func() { <-q.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	q.open(id)
	defer q.open("")
	if err := send(); err != nil {
		return "", err
	}
	select {
	case value := <-q.answer:
		return value, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// open takes answers to the question called id from now on, and to no other; none when it is empty.
func (q *question) open(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-q.answer: // came too late for the question before
	default:
	}
	q.id = id
}

// deliver hands over an answer. One to another question, or to none, is dropped: the user answered
// after the cell was interrupted. Clients that send no parent are taken to mean the open question.
func (q *question) deliver(parent string, value string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.id == "" || parent != "" && parent != q.id {
		return false
	}
	q.id = ""
	q.answer <- value
	return true
}

// inputReply hands the user's answer to the cell that asked.
func (s *Server) inputReply(_ context.Context, r request) any {
	var parent struct {
		MsgID string `json:"msg_id"`
	}
	var content wire.InputValue
	_ = json.Unmarshal(r.Parent, &parent) // without a parent it answers the open question
	if err := json.Unmarshal(r.Content, &content); err != nil {
		s.Log.Warn("ignore input_reply", "why", err)
		return nil
	}
	if !s.question.deliver(parent.MsgID, content.Value) {
		s.Log.Info("ignore input_reply: nothing asks for it any more")
	}
	return nil
}
