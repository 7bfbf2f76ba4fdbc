//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// heard is one message with the moment of its arrival.
type heard struct {
	frames [][]byte
	at     time.Time
	shell  bool
}

func (k *kernel) message(t wire.Type, content any) wire.Message {
	body, err := json.Marshal(content)
	if err != nil {
		panic(err) // a program error: contents are our own literals
	}
	return wire.Message{Content: body, Header: wire.Header{MsgID: rand.Text(), Session: k.session, Username: "bench",
		Date: wire.FormatDate(time.Now()), Type: t, Version: wire.ProtocolVersion}}
}

// An answer is what came of one request.
type answer struct {
	took     time.Duration // from sending the request to the later of its reply and its idle status
	messages []heard
}

// request sends a request on shell and collects what comes until its reply and, if idle is asked for,
// its idle status. Messages are only looked at as far as that needs, so that the client is not what
// is measured.
func (k *kernel) request(ctx context.Context, t wire.Type, content any, idle bool) (answer, error) {
	m := k.message(t, content)
	id := []byte(m.Header.MsgID)
	begin := time.Now()
	if err := k.shell.send(m.Frames(k.key)); err != nil {
		return answer{}, fmt.Errorf("send %s: %w", t, err)
	}
	var a answer
	for replied := false; !replied || idle; {
		select {
		case h := <-k.heard:
			if !h.answers(id) {
				continue
			}
			a.messages, a.took = append(a.messages, h), h.at.Sub(begin)
			replied = replied || h.shell
			idle = idle && !h.isIdle()
		case <-k.ended:
			return a, errors.New("the kernel ended")
		case <-ctx.Done():
			return a, fmt.Errorf("wait for the answer to %s: %w", t, ctx.Err())
		}
	}
	return a, nil
}

// part returns one of signature, header, parent, metadata and content, 0 to 4.
func (h heard) part(i int) []byte {
	for at, f := range h.frames {
		if string(f) == "<IDS|MSG>" && at+1+i < len(h.frames) {
			return h.frames[at+1+i]
		}
	}
	return nil
}

func (h heard) answers(id []byte) bool { return bytes.Contains(h.part(2), id) }

func (h heard) isIdle() bool {
	return bytes.Contains(h.part(1), []byte(`"status"`)) && bytes.Contains(h.part(4), []byte(`"idle"`))
}
