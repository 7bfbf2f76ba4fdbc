package absorb

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// The kinds of records.
const (
	recordRun      = 1
	recordKey      = 2
	recordMetric   = 3
	recordLogged   = 4
	recordArtifact = 5
	recordEnd      = 6
)

// log turns the records of one track log into events. What is told about a run is gathered until flush.
type log struct {
	id      tracker.ID
	sink    *sink
	at      int64 // how far it is read
	waiting int   // bytes of records gathered since the last flush
	runs    []*run
	keys    []string
	step    int64 // of the last metric
	time    int64
	done    map[tracker.ID]int64 // of each run: up to where an earlier reader recorded it
}

// run is a run of a log, and what it logged since the last flush.
type run struct {
	opened
	parsed  ids
	done    int64 // what lies before is recorded already
	ended   bool
	stored  bool // an artifact since the last flush
	logged  tracker.Logged
	metrics []tracker.Metric
}

// opened is the record of a run.
type opened struct {
	Run        string `json:"run"`
	Experiment string `json:"experiment"`
	Name       string `json:"name"`
	Parent     string `json:"parent"`
	Session    string `json:"session"`
	Execution  string `json:"execution"`
	User       string `json:"user"`
	Source     string `json:"source"`
	Started    int64  `json:"started"`
	Goes       bool   `json:"goes"`
	Part       bool   `json:"part"` // of one that is opened, and ends, elsewhere
}

// ids are those of a record, parsed.
type ids struct{ run, parent, session, execution tracker.ID }

// take handles the record that ends at next. A kind that is not known is passed over: a newer program wrote it.
func (l *log) take(next int64, kind byte, body []byte) error {
	if err := l.handle(next, kind, body); err != nil {
		return err
	}
	l.at = next
	if l.waiting += len(body); l.waiting < maxWaiting {
		return nil
	}
	return l.flushAll()
}

func (l *log) handle(next int64, kind byte, body []byte) error {
	switch kind {
	case 0:
		return errDamaged // what the disk had not yet when the machine stopped
	case recordRun:
		return l.open(body)
	case recordKey:
		l.keys = append(l.keys, string(body))
	case recordMetric:
		return l.metric(next, body)
	case recordLogged, recordArtifact, recordEnd:
		f := fields{rest: body}
		r, err := l.run(&f)
		if err == nil && kind == recordEnd {
			r.ended = true
		}
		if err != nil || next <= r.done {
			return err
		}
		return l.tell(r, kind, f.rest)
	}
	return nil
}

var errDamaged = errors.New("read track log: it is damaged")

func (l *log) run(f *fields) (*run, error) {
	n := f.uvarint()
	if f.bad || n >= uint64(len(l.runs)) {
		return nil, errDamaged
	}
	return l.runs[n], nil
}

func (l *log) open(body []byte) error {
	r := &run{}
	if err := json.Unmarshal(body, &r.opened); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	for text, id := range map[string]*tracker.ID{r.Run: &r.parsed.run, r.Parent: &r.parsed.parent, r.Session: &r.parsed.session, r.Execution: &r.parsed.execution} {
		if err := id.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	if r.done = l.done[r.parsed.run]; r.done == 0 && !r.Part {
		if err := l.sink.opened(r); err != nil {
			return err
		}
	}
	l.runs = append(l.runs, r) // last: a record that failed is taken again
	return nil
}

func (l *log) metric(next int64, body []byte) error {
	f := fields{rest: body}
	r, err := l.run(&f)
	if err != nil {
		return err
	}
	key := f.uvarint()
	l.step += f.varint()
	l.time += f.varint()
	value := f.float()
	if f.bad || key >= uint64(len(l.keys)) {
		return errDamaged
	}
	if next > r.done {
		r.metrics = append(r.metrics, tracker.Metric{Key: l.keys[key], Value: value, Step: l.step, Time: l.time})
	}
	return nil
}

// tell handles the records that are JSON behind the number of their run.
func (l *log) tell(r *run, kind byte, text []byte) error {
	switch kind {
	case recordLogged:
		more, err := tracker.DecodeLogged(text)
		if err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		r.logged.Params = append(r.logged.Params, more.Params...)
		r.logged.Tags = append(r.logged.Tags, more.Tags...)
		r.logged.Inputs = append(r.logged.Inputs, more.Inputs...)
	case recordArtifact:
		var a artifact
		if err := json.Unmarshal(text, &a); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		r.stored = true
		return l.sink.artifact(r, a)
	case recordEnd:
		var e struct {
			Status tracker.RunStatus `json:"status"`
			Ended  int64             `json:"ended"`
		}
		if err := json.Unmarshal(text, &e); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		l.flushRun(r)
		ended := time.Unix(0, e.Ended) // and not now: logs are read in any order, and the last word by time counts
		l.sink.record(tracker.RunChanged{Run: r.parsed.run, Session: r.parsed.session, Execution: r.parsed.execution, Time: ended, Status: e.Status, Ended: ended})
	}
	return nil
}

// flushRun tells what a run logged up to here, for all its parts: what is told says how far the run is recorded.
func (l *log) flushRun(of *run) {
	for _, r := range l.runs {
		if r.parsed.run == of.parsed.run {
			l.flush(r)
		}
	}
}

// flush tells what a part of a run logged up to here, if it did.
func (l *log) flush(r *run) {
	if !r.stored && len(r.metrics)+len(r.logged.Params)+len(r.logged.Tags)+len(r.logged.Inputs) == 0 {
		return
	}
	l.sink.record(tracker.RunLogged{Run: r.parsed.run, Session: r.parsed.session, Execution: r.parsed.execution, Time: l.sink.now(),
		Params: r.logged.Params, Tags: r.logged.Tags, Inputs: r.logged.Inputs, Metrics: r.metrics, Log: l.id, End: l.at})
	r.logged, r.metrics, r.stored = tracker.Logged{}, nil, false
}

// flushAll tells what all runs logged and waits until it is recorded: a recorder drops what comes faster than the disk takes it,
// since cells must not wait. What is in a log can.
func (l *log) flushAll() error {
	l.waiting = 0
	return l.sink.flush(func() {
		for _, r := range l.runs {
			l.flush(r)
		}
	})
}

// abandon ends the runs that their program, which is gone since about then, has not ended. Those of a session end with it.
func (l *log) abandon(then time.Time) {
	ended := map[tracker.ID]bool{}
	for _, r := range l.runs {
		ended[r.parsed.run] = ended[r.parsed.run] || r.ended
	}
	for _, r := range l.runs {
		if !ended[r.parsed.run] && !r.Part && r.Session == "" {
			l.sink.record(tracker.RunChanged{Run: r.parsed.run, Time: then, Status: tracker.RunKilled, Ended: then})
		}
	}
}
