package bridge

import (
	"fmt"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"
	"unicode/utf8"
)

// How an answer is cut, in bytes.
const (
	oneMessage = 64 << 10 // text up to this length goes with its status
	piece      = 1 << 20
)

// answer is the http.ResponseWriter of a request.
type answer struct {
	request *request
	method  string
	header  http.Header
	status  int               // 0: not written yet
	headers map[string]string // as they were then
	told    bool              // status and headers were said
	waits   []byte            // of the body
	stream  *stream           // nil unless the answer is a stream of events
	whole   bool              // the handler came to its end
	failed  error             // why nothing is taken any more
	refused *refusal          // what is answered instead
}

// Header returns the headers to be sent.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sets the status, once; those that say that another one comes are left out.
func (a *answer) WriteHeader(status int) {
	if a.status != 0 || status < http.StatusOK {
		return
	}
	a.status, a.headers = status, map[string]string{}
	for name, values := range a.header {
		a.headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	if kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type")); kind == "text/event-stream" && a.method != http.MethodHead {
		a.begin()
	}
}

// begin makes the answer a stream, which holds up no other request.
func (a *answer) begin() {
	select {
	case a.request.comm.streams <- struct{}{}:
	default:
		r := tooManyStreams()
		a.refused, a.failed = &r, fmt.Errorf("begin stream: %s", r.Message)
		return
	}
	a.request.release()
	a.stream = &stream{emit: func(e event) error { return a.request.comm.push(a.request, e) }}
	a.failed = a.send(true)
}

// Write takes a part of the body. It waits while much waits to leave, and fails when the request is over.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		if a.header.Get("Content-Type") == "" {
			a.header.Set("Content-Type", http.DetectContentType(p))
		}
		a.WriteHeader(http.StatusOK)
	}
	if a.failed == nil {
		a.failed = a.request.ctx.Err()
	}
	switch {
	case a.failed != nil:
		return 0, a.failed
	case a.status == http.StatusNoContent || a.status == http.StatusNotModified:
		return 0, http.ErrBodyNotAllowed
	case a.method == http.MethodHead:
		return len(p), nil
	case a.stream != nil:
		a.failed = a.stream.take(p)
	default:
		a.failed = a.take(p)
	}
	if a.failed != nil {
		return 0, a.failed
	}
	return len(p), nil
}

// take keeps a part of the body, and sends pieces that are full.
func (a *answer) take(p []byte) error {
	for len(p) > 0 {
		if len(a.waits) == piece {
			if err := a.send(true); err != nil {
				return err
			}
		}
		n := min(len(p), piece-len(a.waits))
		a.waits, p = append(a.waits, p[:n]...), p[n:]
	}
	return nil
}

// FlushError does nothing: events leave by themselves, and bodies in pieces.
func (a *answer) FlushError() error { return a.failed }

// send says what waits, and whether more will come.
func (a *answer) send(more bool) error {
	s := said{More: more}
	if !a.told {
		s.Status, s.Headers, a.told = a.status, a.headers, true
	}
	var buffers [][]byte
	if len(a.waits) > 0 {
		buffers, a.waits = [][]byte{a.waits}, nil // who publishes has it now
	}
	return a.request.say(s, buffers...)
}

// close says the rest of the answer. It is called when the handler is done, or panics.
func (a *answer) close() {
	bug := recover()
	if a.stream != nil {
		defer func() { <-a.request.comm.streams }()
		a.request.comm.drain(a.request)
	}
	if bug != nil && bug != http.ErrAbortHandler {
		a.request.comm.bridge.Log(fmt.Sprintf("answer %s %.200s: %v\n%s", a.method, a.request.asked.Path, bug, debug.Stack()))
	}
	switch {
	case a.request.ctx.Err() != nil: // nobody waits for it
	case a.refused != nil:
		a.request.refuse(*a.refused)
	case a.whole:
		a.end()
	case a.told:
		_ = a.request.say(said{Error: broken().Message}) // who is gone needs no answer
	default:
		a.request.refuse(broken())
	}
}

// end says the rest of an answer that is whole.
func (a *answer) end() {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.told || !a.short() {
		_ = a.send(false) // who is gone needs no answer
		return
	}
	text := string(a.waits)
	_ = a.request.say(said{Status: a.status, Headers: a.headers, Body: &text}) // as above
}

// short reports whether the body goes with its status: it is not long, and text.
func (a *answer) short() bool {
	return len(a.waits) <= oneMessage && (len(a.waits) == 0 || isText(a.headers["content-type"]) && a.headers["content-encoding"] == "" && utf8.Valid(a.waits))
}

func isText(contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	return strings.HasPrefix(kind, "text/") || kind == "application/json" || strings.HasSuffix(kind, "+json")
}
