package kernel

import (
	"context"
	"encoding/json"
	"regexp"
	"sync"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// recorded is the Front of a cell that is recorded: what the engine says reaches the front end and
// the recorder in the same order, encoded once.
type recorded struct {
	front     wire.Front
	execution *Execution
	silent    bool
	asks      bool

	mu    sync.Mutex
	erred bool // an error message was published
	over  bool // the cell ended; what comes now has no place any more
}

// Publish passes a message on and records it when it is an output.
func (r *recorded) Publish(t wire.Type, content any, buffers ...[]byte) {
	raw, err := wire.Encode(content)
	if err != nil {
		r.execution.session.options.Log.Error("drop message of the engine", "type", t, "why", err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over || r.silent && t.IsOutput() {
		return
	}
	r.publish(t, raw, buffers)
}

func (r *recorded) publish(t wire.Type, raw json.RawMessage, buffers [][]byte) {
	r.front.Publish(t, raw, buffers...)
	r.erred = r.erred || t == wire.ErrorType
	r.execution.Output(t, raw)
}

// answered is how a question and its answer are recorded. A password's answer is not.
type answered struct {
	wire.Input
	Value *string `json:"value,omitempty"`
}

// asksForSecret matches prompts whose answer is a secret although it shows while it is typed.
var asksForSecret = regexp.MustCompile(`(?i)pass(?:word|phrase|code|wd)|\bsecret|\btoken\b|\b(?:api|access|private)[ _-]?key|credential`)

// Input asks the user and records question and answer.
func (r *recorded) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !r.asks {
		return "", wire.ErrNoStdin
	}
	value, err := r.front.Input(ctx, prompt, password)
	asked := wire.Input{Prompt: prompt, Password: password}
	if err != nil {
		r.execution.Answered(asked, nil)
	} else {
		r.execution.Answered(asked, &value)
	}
	return value, err
}

// finish publishes the error of a failed cell, unless the engine did, and closes the front.
func (r *recorded) finish(o wire.Outcome) {
	failure := o.Error
	if failure != nil && failure.Traceback == nil {
		failure.Traceback = []string{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if failure != nil && !o.Shown && !r.erred && !r.silent {
		if raw, err := wire.Encode(failure); err == nil { // strings always encode
			r.publish(wire.ErrorType, raw, nil)
		}
	}
	r.over = true
}
