package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker"
)

// ownRun is the run that a session's cells log to now. It is in the ledger from the first thing on that is logged.
type ownRun struct {
	id         tracker.ID
	name       string
	experiment tracker.ExperimentChanged // that it belongs to; without a name it is Default
	known      bool                      // the experiment is in the ledger
	begun      bool
	ended      bool // by a program
	params     map[string]tracker.Param
	note       string
}

// newRun returns the nth run of a session, from 1.
func newRun(notebook string, n int) ownRun {
	r := ownRun{id: tracker.NewID(), name: notebook, known: true, params: map[string]tracker.Param{}}
	if n > 1 {
		r.name = strings.TrimSpace(fmt.Sprintf("%s %d", notebook, n))
	}
	return r
}

// experimentName is the name of the experiment that the run belongs to.
func (r *ownRun) experimentName() string { return cmp.Or(r.experiment.Name, "Default") }

// Record passes on what a program logged. The first that is told of the session's run opens it; a program that outlives its
// run does not open it again.
func (r programs) Record(e tracker.Event) {
	switch e := e.(type) {
	case tracker.RunChanged:
		if e.Status == tracker.RunRunning && r.opens(e) {
			return
		}
		r.changed(e)
	case tracker.RunLogged:
		r.learn(e)
	}
	r.next.Record(e)
}

// opens reports whether a run's beginning is a matter of the session: of its run, or of one before.
func (r *sessionRun) opens(e tracker.RunChanged) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Run == r.current.id {
		r.begin(e)
		return true
	}
	return r.past[e.Run]
}

// changed takes note of a program that ended the session's run.
func (r *sessionRun) changed(e tracker.RunChanged) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Run == r.current.id && !e.Ended.IsZero() {
		r.current.ended = true
	}
}

// learn takes note of what the session's run has by now.
func (r *sessionRun) learn(e tracker.RunLogged) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Run != r.current.id {
		return
	}
	for _, p := range e.Params {
		if _, had := r.current.params[p.Key]; !had {
			r.current.params[p.Key] = p
		}
	}
	for _, t := range e.Tags {
		if t.Key == noteTags[""] {
			r.current.note = t.Value
		}
	}
}

// begin opens the run, once. The lock is held.
func (r *sessionRun) begin(e tracker.RunChanged) {
	if r.current.begun {
		return
	}
	r.current.begun = true
	r.next.Record(e)
}

// beginHere opens the session's run for something that gemba itself logs to it, and returns its id. The lock is held.
func (r *sessionRun) beginHere(execution tracker.ID, now time.Time) tracker.ID {
	c := &r.current
	if !c.begun && !c.known {
		told := c.experiment
		told.Time, c.known = now, true
		r.next.Record(told)
	}
	r.begin(tracker.RunChanged{Run: c.id, Experiment: c.experiment.Experiment, Session: r.session, Execution: execution, Time: now, Name: c.name,
		Status: tracker.RunRunning, User: os.Getenv("USER"), Source: r.notebook, Started: now})
	return c.id
}

// finish ends the session's run, if there is one. The lock is held.
func (r *sessionRun) finish() {
	if !r.current.begun || r.current.ended {
		return
	}
	now := r.now()
	r.next.Record(tracker.RunChanged{Run: r.current.id, Session: r.session, Time: now, Status: cmp.Or(r.outcome, tracker.RunFinished), Ended: now})
}

// rename says what the session's runs are called.
func (r *sessionRun) rename(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.name, r.current.name = name, name
}

// fails says that the session's run fails when it ends.
func (r *sessionRun) fails() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcome = tracker.RunFailed
}

// log adds to the session's run: all, or nothing and why.
func (r *sessionRun) log(ctx context.Context, execution tracker.ID, l magics.Logged) error {
	r.poll(ctx) // what programs logged before counts
	r.mu.Lock()
	defer r.mu.Unlock()
	e := tracker.RunLogged{Session: r.session, Execution: execution, Time: r.now()}
	params, err := r.current.give(l.Params)
	if err != nil {
		return err
	}
	e.Params = params
	for _, t := range l.Tags {
		e.Tags = append(e.Tags, tracker.Tag{Key: t.Key, Value: t.Value})
	}
	for _, n := range l.Notes {
		e.Tags = append(e.Tags, r.current.write(n))
	}
	for _, m := range l.Metrics {
		e.Metrics = append(e.Metrics, tracker.Metric{Key: m.Key, Value: m.Value, Step: m.Step, Time: e.Time.UnixNano()})
	}
	if len(e.Params)+len(e.Tags)+len(e.Metrics) > 0 {
		e.Run = r.beginHere(execution, e.Time)
		r.next.Record(e)
	}
	return nil
}

// give returns those of the params that the run has not, and takes note of them.
func (r *ownRun) give(list []magics.Param) (fresh []tracker.Param, err error) {
	params := maps.Clone(r.params)
	for _, p := range list {
		given := tracker.Param{Key: p.Key, Value: p.Value, Type: tracker.ValueType(p.Type)}
		if has, had := params[p.Key]; had && !sameValue(has, given) {
			return nil, fmt.Errorf("%s is %s in this run, and a param keeps its first value: %%experiment NAME begins another run", p.Key, cutTo(oneLine(has.Value), valueShown))
		} else if !had {
			params[p.Key], fresh = given, append(fresh, given)
		}
	}
	r.params = params
	return fresh, nil
}

// valueShown is how many characters of a value an error tells.
const valueShown = 60

// sameValue reports whether two values are equal: numbers however they are written.
func sameValue(a, b tracker.Param) bool {
	x, errX := strconv.ParseFloat(a.Value, 64)
	y, errY := strconv.ParseFloat(b.Value, 64)
	return a.Value == b.Value || errX == nil && errY == nil && x == y && a.Type != tracker.TextValue && b.Type != tracker.TextValue
}

// noteTags are the tags that hold a run's notes, as package track has them: MLflow shows the first.
var noteTags = map[string]string{"": "mlflow.note.content", "hypothesis": "gemba.hypothesis", "conclusion": "gemba.conclusion"}

// write returns the tag that holds a note. A remark is put behind those before, unless it is among them: a cell may be run again.
func (r *ownRun) write(n magics.Note) tracker.Tag {
	t := tracker.Tag{Key: noteTags[n.About], Value: n.Text}
	if n.About != "" {
		return t
	}
	if !strings.Contains("\n\n"+r.note+"\n\n", "\n\n"+n.Text+"\n\n") {
		r.note = strings.TrimSpace(r.note + "\n\n" + n.Text)
	}
	t.Value = r.note
	return t
}

// moved is what became of the session's run when an experiment was named.
type moved struct {
	ended ownRun // begun only if one ended
	run   ownRun
}

// move says that what follows belongs to an experiment. A run that has begun ends.
func (r *sessionRun) move(ctx context.Context, name, description string) (moved, error) {
	r.poll(ctx)
	id, known, err := r.experimentNamed(ctx, r.ledger, name)
	if ctx.Err() != nil {
		return moved{}, ctx.Err()
	}
	known = known && err == nil // an index that cannot be read now names it again, which does no harm
	e := tracker.ExperimentChanged{Experiment: id, Time: r.now(), Name: name}
	if !known {
		e.Stage = tracker.Active // that of one which is there stays
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var m moved
	if r.current.begun {
		r.finish()
		m.ended, r.past[r.current.id] = r.current, true
		r.runs++
		r.current = newRun(r.name, r.runs)
	}
	if description != "" {
		described := e
		described.Tags = []tracker.Tag{{Key: noteTags[""], Value: description}}
		r.next.Record(described)
		known = true
	}
	r.current.experiment, r.current.known = e, known || id.IsZero()
	m.run = r.current
	return m, nil
}
