package kernel_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// asked waits for the next question of a cell.
func (b *bench) asked(cell, prompt string) kerneltest.Arrival {
	b.t.Helper()
	return b.Await("input_request", func(a kerneltest.Arrival) bool {
		return a.Channel == wire.Stdin && a.ParentID() == cell && strings.Contains(string(a.Content), prompt)
	})
}

func TestInput(t *testing.T) {
	b := start(t)
	cell := b.Execute("ask your name\npassword and secret")
	question := b.asked(cell, "name")
	want(t, "question", kerneltest.Decode[wire.Input](t, question), wire.Input{Prompt: "your name"})
	b.SendWith(wire.Stdin, wire.Message{Header: wire.Header{Type: wire.InputReply}, Parent: question.Header.Raw()}, wire.InputValue{Value: "Ann"})
	want(t, "question", kerneltest.Decode[wire.Input](t, b.asked(cell, "secret")), wire.Input{Prompt: "and secret", Password: true})
	b.Send(wire.Stdin, wire.InputReply, wire.InputValue{Value: "xyzzy"}) // jupyter_client's own replies have no parent
	want(t, "published", kerneltest.Summaries(b.Idle(cell))[2:], []string{
		`stream {"name":"stdout","text":"got Ann\n"}`, `stream {"name":"stdout","text":"got xyzzy\n"}`, "idle"})
	story := b.recorder.Story()
	want(t, "record", []string{story[2], story[4]}, []string{
		`output input_reply {"prompt":"your name","password":false,"value":"Ann"}`,
		`output input_reply {"prompt":"and secret","password":true}`})
}

func TestInputRefused(t *testing.T) {
	b := start(t)
	id := b.Send(wire.Shell, wire.ExecuteRequest, map[string]any{"code": "ask x", "allow_stdin": false})
	want(t, "reply", kerneltest.Decode[wire.ExecuteFailed](t, b.Reply(id)).Name, "StdinNotImplementedError")
	for _, a := range b.Arrived() {
		if a.Channel == wire.Stdin {
			t.Errorf("asked all the same: %s", a.Content)
		}
	}
}

func TestInterruptEndsAQuestionAndItsLateAnswerIsDropped(t *testing.T) {
	b := start(t)
	first := b.Execute("ask one")
	late := b.asked(first, "one")
	b.Send(wire.Control, wire.InterruptRequest, map[string]any{})
	want(t, "reply", kerneltest.Decode[wire.ExecuteFailed](t, b.Reply(first)).Name, wire.Interrupted)
	second := b.Execute("ask two")
	b.asked(second, "two")
	b.SendWith(wire.Stdin, wire.Message{Header: wire.Header{Type: wire.InputReply}, Parent: late.Header.Raw()}, wire.InputValue{Value: "wrong"})
	b.Send(wire.Stdin, wire.InputReply, json.RawMessage(`{"value":3}`))
	b.Send(wire.Stdin, wire.InputReply, wire.InputValue{Value: "right"})
	want(t, "published", kerneltest.Summaries(b.Idle(second))[2], `stream {"name":"stdout","text":"got right\n"}`)
}
