package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/magics"
)

// Engine executes cells in a wrapped kernel when no front end is there: it is the front end. It is a kernel.Engine.
type Engine struct{ *Link }

// Headless returns what executes cells without a front end: what the kernel sends without being asked goes nowhere.
func Headless(l *Link) *Engine {
	l.Pass(func(wire.Channel, message, bool) {})
	return &Engine{l}
}

// Info tells what the kernel says of itself.
func (e *Engine) Info() wire.Info { return e.Link.Info }

// Commands finds the lines of a cell that may be magics.
func (e *Engine) Commands(source string) []magics.Line { return e.Guest.Commands(source) }

// Unseen says whether a cell may open files that the kernel does not tell of.
func (e *Engine) Unseen(source string) bool { return e.Guest.Unseen(source) }

// Execute has the kernel execute a cell.
func (e *Engine) Execute(ctx context.Context, cell wire.Cell, front wire.Front) (o wire.Outcome) {
	e.Place(cell.Env)
	before, begun := e.spent(), e.Now()
	defer func() { e.spent().since(before, &o.Facts) }()
	x := &exchange{published: func(m message) {
		if m.header.Type != wire.ExecuteInput {
			front.Publish(m.header.Type, m.content(), m.frames[m.body+4:]...)
		}
	}}
	x.asked = func(m message) { go e.answer(ctx, m, front) }
	counts := !cell.Silent && !cell.Uncounted
	source, no := e.counted(cell.Source, cell.Source), false // nothing is queued behind
	request := wire.Execute{Code: &source, Silent: cell.Silent, StoreHistory: &counts, UserExpressions: all(cell.UserExpressions), AllowStdin: &cell.AllowStdin, StopOnError: &no}
	told := context.AfterFunc(ctx, e.interrupt)
	defer told()
	reply, err := e.ask(context.WithoutCancel(ctx), wire.Shell, wire.ExecuteRequest, request, x)
	o.Facts = e.Guest.Facts(x.id)
	o.Facts.Run = e.Now().Sub(begun)
	if err != nil {
		o.Error = &wire.Error{Name: "DeadKernel", Value: err.Error(), Traceback: []string{err.Error()}}
		return o
	}
	return replyOf(reply, o)
}

// counted is what the kernel gets for what remains of a cell. Where nothing does, it is the cell as a comment: the kernel counts one
// that does nothing, but not one that is not there.
func (l *Link) counted(rest, source string) string {
	mark := l.Guest.Comment()
	if mark == "" || strings.TrimSpace(rest) != "" {
		return rest
	}
	return mark + strings.ReplaceAll(source, "\n", "\n"+mark)
}

// all returns expressions for a request: some kernels do not answer one in which a field is null.
func all(expressions map[string]string) map[string]string {
	if expressions == nil {
		return map[string]string{}
	}
	return expressions
}

// replyOf adds to an outcome what the kernel replied.
func replyOf(reply message, o wire.Outcome) wire.Outcome {
	var said struct {
		wire.Error
		Status          string         `json:"status"`
		Payload         []any          `json:"payload"`
		UserExpressions map[string]any `json:"user_expressions"`
	}
	_ = json.Unmarshal(reply.content(), &said) // a reply that says nothing is no failure
	o.Payload, o.UserExpressions = said.Payload, said.UserExpressions
	o.Error, o.Shown = failure(said.Status, said.Error), said.Status == wire.StatusError
	return o
}

// interruptTime is how long a kernel may take to answer that it was interrupted.
const interruptTime = 5 * time.Second

// interrupt interrupts the running cell in the way that the kernelspec says.
func (l *Link) interrupt() {
	if l.Child.Spec.InterruptMode != "message" {
		if err := l.Child.Interrupt(); err != nil {
			l.Log("interrupt the kernel: " + err.Error())
		}
		return
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), interruptTime, errSilent)
	defer cancel()
	if _, err := l.ask(ctx, wire.Control, wire.InterruptRequest, struct{}{}, nil); err != nil {
		l.Log("interrupt the kernel: " + err.Error())
	}
}

// answer asks the user what the kernel wants to know. Where nobody is asked the answer is empty: the kernel waits for one.
func (e *Engine) answer(ctx context.Context, m message, front wire.Front) {
	var asked wire.Input
	_ = json.Unmarshal(m.content(), &asked) // one that does not say what it asks is answered all the same
	value, err := front.Input(ctx, asked.Prompt, asked.Password)
	if errors.Is(err, context.Canceled) {
		return
	}
	reply, err := e.own.author.Message(wire.InputReply, m.rawHeader(), wire.InputValue{Value: value}, nil)
	if err != nil {
		return
	}
	reply.Header.Session = e.own.session
	if err := e.Child.channels[wire.Stdin].Send(reply.Frames(e.key)); err != nil {
		e.Log("answer the kernel: " + err.Error())
	}
}

// request asks the kernel something quick, and reads the reply's content into a T.
func request[T any](ctx context.Context, l *Link, t wire.Type, content any) (reply T) {
	m, err := l.ask(ctx, wire.Shell, t, content, nil)
	if err == nil {
		_ = json.Unmarshal(m.content(), &reply) // what cannot be read tells nothing
	}
	return reply
}

// Complete proposes what the kernel proposes.
func (e *Engine) Complete(ctx context.Context, code string, cursor int) wire.Completion {
	return request[wire.Completion](ctx, e.Link, wire.CompleteRequest, wire.CodeAt{Code: code, Cursor: &cursor})
}

// Inspect documents what the kernel documents.
func (e *Engine) Inspect(ctx context.Context, code string, cursor, detail int) wire.Inspection {
	return request[wire.Inspection](ctx, e.Link, wire.InspectRequest, wire.CodeAt{Code: code, Cursor: &cursor, Detail: detail})
}

// IsComplete says what the kernel says.
func (e *Engine) IsComplete(code string) wire.Completeness {
	ctx, cancel := context.WithTimeout(context.Background(), interruptTime)
	defer cancel()
	return request[wire.Completeness](ctx, e.Link, wire.IsCompleteRequest, wire.IsComplete{Code: code})
}

// Comm tells the kernel what the other half of a comm says. What the kernel says of it in its turn goes nowhere.
func (e *Engine) Comm(t wire.Type, comm wire.Comm, _ wire.Front) {
	if err := e.tell(t, comm, comm.Buffers); err != nil {
		e.Log("tell the kernel: " + err.Error())
	}
}

// Comms returns none.
func (e *Engine) Comms(string) map[string]string { return nil }

// Close ends the kernel: it is asked to, and then made to.
func (e *Engine) Close() error {
	select {
	case <-e.Child.Gone():
		return e.Child.Close()
	default:
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), grace, errSilent)
	defer cancel()
	_, _ = e.ask(ctx, wire.Control, wire.ShutdownRequest, wire.Shutdown{}, nil) // who does not answer is made to end
	select {
	case <-e.Child.Gone():
	case <-ctx.Done():
	}
	e.Child.Stop(grace)
	e.drain()
	return e.Child.Close()
}
