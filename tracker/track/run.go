package track

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// Run is one attempt at something. Its methods may be called from several goroutines; on a nil Run, or one
// that could not be opened, they do nothing.
type Run struct {
	id     string
	log    *log
	number uint64 // in the log
	folder string // of the log, where artifacts are put
	fault  error
}

// Option is something about a run that is told when it is opened.
type Option func(*opened)

// opened is the record of a run that begins or goes on.
type opened struct {
	Run        string `json:"run"`
	Experiment string `json:"experiment,omitempty"` // its name
	Name       string `json:"name,omitempty"`
	Parent     string `json:"parent,omitempty"`
	Session    string `json:"session,omitempty"`
	Execution  string `json:"execution,omitempty"`
	User       string `json:"user,omitempty"`
	Source     string `json:"source,omitempty"`
	Host       string `json:"host,omitempty"`
	PID        int    `json:"pid,omitempty"`
	Started    int64  `json:"started"`        // nanoseconds since 1970, UTC
	Goes       bool   `json:"goes,omitempty"` // on: it was opened before
}

// In names the experiment that the run belongs to.
func In(experiment string) Option { return func(o *opened) { o.Experiment = experiment } }

// Under makes the run a part of another one.
func Under(parent *Run) Option {
	return func(o *opened) {
		if parent != nil {
			o.Parent = parent.id
		}
	}
}

// Resume goes on with the run of an id, which ID told before, instead of a new one. It need not have ended, nor be in the ledger
// yet: several programs may log to one run. It runs again until it is ended again.
func Resume(id string) Option {
	return func(o *opened) { o.Run, o.Goes = id, true }
}

// Start opens a run. It never fails: see Err.
func Start(name string, options ...Option) *Run {
	p := here()
	o := opened{Experiment: p.Experiment, Name: name, Session: p.Session, Execution: p.Execution,
		User: os.Getenv("USER"), Source: p.source(), PID: os.Getpid(), Started: time.Now().UnixNano()}
	o.Host, _ = os.Hostname() // empty when the system does not know
	for _, option := range options {
		option(&o)
	}
	if o.Run == "" {
		o.Run = newID()
	}
	if !isID(o.Run) {
		return &Run{fault: fmt.Errorf("resume run %q: that is no id of a run, which has 32 hexadecimal digits", o.Run)}
	}
	return p.open(o)
}

func isID(text string) bool {
	b, err := hex.DecodeString(text)
	return err == nil && len(b) == 16 && text == strings.ToLower(text)
}

// newID returns a fresh id: 128 random bits in hexadecimal digits, as everywhere in a ledger.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// ID is the run's id: 32 hexadecimal digits.
func (r *Run) ID() string {
	if r == nil {
		return ""
	}
	return r.id
}

// Err tells why nothing of the run is kept, nil when it is.
func (r *Run) Err() error {
	if r == nil {
		return nil
	}
	return r.fault
}

func (r *Run) dead() bool { return r == nil || r.log == nil }

// Param tells what the run was given. A number, a truth value or a text is kept with its type, all else as JSON.
// A param keeps the first value that it was given.
func (r *Run) Param(name string, value any) {
	text, kind := valueOf(value)
	r.line(param{name, text, kind})
}

// Params is Param for many.
func (r *Run) Params(all map[string]any) {
	for name, value := range all {
		r.Param(name, value)
	}
}

// Tag notes something about the run; the last value of a name counts.
func (r *Run) Tag(name, value string) { r.line(tag{name, value}) }

// The tags that hold a run's notes. MLflow shows the first.
const (
	noteTag       = "mlflow.note.content"
	hypothesisTag = "gemba.hypothesis"
	conclusionTag = "gemba.conclusion"
)

// Note describes the run, in Markdown.
func (r *Run) Note(text string) { r.Tag(noteTag, text) }

// Hypothesis tells what the run is to show, Conclusion what it has shown.
func (r *Run) Hypothesis(text string) { r.Tag(hypothesisTag, text) }

// Conclusion tells what the run has shown.
func (r *Run) Conclusion(text string) { r.Tag(conclusionTag, text) }

// Metric adds a point to the series of a name. NaN and infinite values are kept.
func (r *Run) Metric(name string, value float64, step int) {
	if r.dead() {
		return
	}
	r.log.metric(r.number, name, value, int64(step), time.Now().UnixNano())
}

// Metrics is Metric for several of the same step.
func (r *Run) Metrics(step int, values map[string]float64) {
	if r.dead() {
		return
	}
	now := time.Now().UnixNano()
	for name, value := range values {
		r.log.metric(r.number, name, value, int64(step), now)
	}
}

// End tells that the run is over: it has failed when err is not nil. A run that is not ended ends with its
// program, and one that belongs to a session with the session. Outside of notebooks, where gemba measures what cells use,
// it logs what the program has used so far, unless GEMBA_USAGE is off.
func (r *Run) End(err error) {
	if here().Session == "" && os.Getenv("GEMBA_USAGE") != "off" {
		r.Metrics(0, usage())
	}
	e := ended{Status: "finished", Ended: time.Now().UnixNano()}
	if err != nil {
		r.Tag("gemba.error", err.Error())
		e.Status = "failed"
	}
	r.record(recordEnd, e)
}

type ended struct {
	Status string `json:"status"`
	Ended  int64  `json:"ended"` // nanoseconds since 1970, UTC
}

// The lines of what is logged, as FORMAT.md has them.
type param struct {
	Key   string `json:"param"`
	Value string `json:"value"`
	Type  string `json:"type"`
}

type tag struct {
	Key   string `json:"tag"`
	Value string `json:"value"`
}

func (r *Run) line(v any) { r.record(recordLogged, v) }

// record adds a record of the run, as JSON.
func (r *Run) record(kind byte, v any) {
	if r.dead() {
		return
	}
	if b, err := json.Marshal(v); err == nil {
		r.log.add(kind, r.number, b)
	}
}
