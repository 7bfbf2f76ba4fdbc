package index

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// runProjections are the projections of what is told of runs. It may stand in several journals, which are projected in any
// order: what is written here must not depend on it.
var runProjections = map[tracker.Kind]func(*batch, journal.Record) error{
	tracker.KindRun:        ofRun(runChanged),
	tracker.KindLogged:     ofRun(runLogged),
	tracker.KindArtifact:   ofRun(artifactLogged),
	tracker.KindExperiment: ofRun(experimentChanged),
	tracker.KindModel:      ofRun(modelChanged),
	tracker.KindView:       ofRun(viewSaved),
	tracker.KindReview:     ofRun(reviewed),
}

// runTables are the tables that these write.
var runTables = []string{"run_changes", "runs", "run_executions", "params", "tags", "metrics", "series", "inputs", "artifacts", "absorbed",
	"changes", "experiments", "models", "model_versions", "views", "unread", "fields"}

func ofRun[E tracker.Entry](project func(*batch, journal.Record, E) error) func(*batch, journal.Record) error {
	return func(b *batch, r journal.Record) error {
		e, ok := r.Entry.(E)
		if !ok {
			return nil
		}
		return project(b, r, e)
	}
}

// gathered is what a batch is told of runs, until it is written at its end.
type gathered struct {
	fold       map[tracker.ID]bool // runs whose row is to be made anew
	news       map[tracker.ID]bool // runs that are other than they were
	executions map[execution]time.Time
	subjects   map[subject]bool // of changes
	metrics    map[series]*last
	tails      map[piece]*tail
	fresh      map[tracker.ID]bool // runs that no table tells of yet
	fields     map[filter.Field]fieldCount
	lacking    bool // a blob could not be read
}

// execution is where a run has something from.
type execution struct{ run, session, execution tracker.ID }

// subject is what an entry of the table changes tells of.
type subject struct{ kind, name string }

func newGathered() gathered {
	return gathered{map[tracker.ID]bool{}, map[tracker.ID]bool{}, map[execution]time.Time{}, map[subject]bool{}, map[series]*last{}, map[piece]*tail{}, map[tracker.ID]bool{}, map[filter.Field]fieldCount{}, false}
}

func runChanged(b *batch, r journal.Record, e *tracker.RunEntry) error {
	b.fold[e.Run] = true
	if err := b.touch(e.Run, e.Head()); err != nil {
		return err
	}
	return b.exec(`INSERT OR REPLACE INTO run_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Run.String(), stampOf(r).in(0), e.Session.String(), e.Execution.String(), e.Experiment.String(), e.Parent.String(), e.Name, string(e.Status), string(e.Stage),
		e.User, e.Source, timeText(e.Started), timeText(e.Ended))
}

// touch notes that a cell execution told something of a run.
func (b *batch) touch(run tracker.ID, h *tracker.Header) error {
	b.news[run] = true
	at := execution{run, h.Session, h.Execution}
	if first, seen := b.executions[at]; seen && !h.Time.Before(first) {
		return nil
	}
	if err := b.meet(run); err != nil {
		return err
	}
	b.executions[at] = h.Time
	n, err := b.change(`INSERT INTO run_executions VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET first = excluded.first WHERE excluded.first < first`,
		run.String(), h.Session.String(), h.Execution.String(), timeText(h.Time))
	if n > 0 {
		b.fold[run] = true
	}
	return err
}

// meet finds out whether a run is new, so that nobody looks for the series of one that is.
func (b *batch) meet(run tracker.ID) error {
	fresh := true
	err := b.each(func(*sql.Rows) error { fresh = false; return nil }, "SELECT 1 FROM run_executions WHERE run = ? LIMIT 1", run.String())
	if fresh {
		b.fresh[run] = true
	}
	return err
}

func runLogged(b *batch, r journal.Record, e *tracker.LoggedEntry) error {
	if err := b.touch(e.Run, e.Head()); err != nil {
		return err
	}
	if !e.Log.IsZero() {
		err := b.exec("INSERT INTO absorbed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET end = excluded.end WHERE excluded.end > end", e.Log.String(), e.Run.String(), e.End)
		if err != nil {
			return err
		}
	}
	return b.runBlobs(r, e, nil, counted|charted)
}

// runBlobs projects the blobs of an entry of what a run logged: those that only has, all when it is nil.
func (b *batch) runBlobs(r journal.Record, e *tracker.LoggedEntry, only map[tracker.Digest]bool, how charting) error {
	at := stampOf(r)
	if only == nil || only[e.Logged] {
		text, err := b.blob(r, e.Logged)
		if err != nil {
			return err
		}
		if err := b.logged(e.Run.String(), at, text); err != nil {
			return err
		}
	}
	if only != nil && !only[e.Points] {
		return nil
	}
	points, err := b.blob(r, e.Points)
	if err != nil {
		return err
	}
	return b.points(e.Run, at, points, how)
}

// blob returns a blob that an entry names, nothing when there is none. One that cannot be read now is noted.
func (b *batch) blob(r journal.Record, d tracker.Digest) ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	if _, err := b.ledger.Blobs().Stat(d); err == nil { // what is in no pack may be far away: others wait for this transaction
		if text, err := b.ledger.Blob(d); err == nil {
			return text, nil
		}
	}
	b.lacking = true
	return nil, b.exec("INSERT OR IGNORE INTO unread VALUES (?, ?, ?)", r.Journal.String(), r.N, d.String())
}

// logged projects params, tags and inputs. What is no line of these is passed over: the blob is what its writer wrote.
func (b *batch) logged(run string, at stamp, text []byte) error {
	l, _ := tracker.DecodeLogged(text)
	place := 0
	next := func() []byte { place++; return at.in(place) }
	for _, p := range l.Params {
		if err := b.param(run, p, next()); err != nil {
			return err
		}
	}
	for _, t := range l.Tags {
		if err := b.tag(run, t, next()); err != nil {
			return err
		}
	}
	for _, in := range l.Inputs {
		if err := b.input(run, in, next()); err != nil {
			return err
		}
	}
	return nil
}

// param keeps the first value that a param was given.
func (b *batch) param(run string, p tracker.Param, at []byte) error {
	if p.Type == "" {
		p.Type = tracker.TextValue
	}
	number := numberOf(p.Value)
	now := fieldCount{runs: 1, texts: oneIf(number == nil)}
	return b.keep(filter.Field{Space: filter.Params, Name: p.Key}, now, run,
		"SELECT 1, number IS NULL FROM params WHERE key = ? AND run = ?",
		`INSERT INTO params VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING`,
		`UPDATE params SET value = ?3, number = ?4, type = ?5, at = ?6 WHERE key = ?1 AND run = ?2 AND at > ?6`,
		p.Key, run, p.Value, number, string(p.Type), at)
}

// tag keeps the last value that a tag was given, or that it was removed.
func (b *batch) tag(run string, t tracker.Tag, at []byte) error {
	there := oneIf(!t.Removed)
	return b.keep(filter.Field{Space: filter.Tags, Name: t.Key}, fieldCount{runs: there, texts: there}, run,
		"SELECT NOT removed, NOT removed FROM tags WHERE key = ? AND run = ?",
		"INSERT INTO tags VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
		"UPDATE tags SET value = ?3, removed = ?4, at = ?5 WHERE key = ?1 AND run = ?2 AND at < ?5",
		t.Key, run, t.Value, t.Removed, at)
}

// numberOf returns the number that a text is, nil when it is none.
func numberOf(text string) any {
	if f, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(f) {
		return f
	}
	return nil
}

// input keeps the first of equal datasets.
func (b *batch) input(run string, in tracker.Input, at []byte) error {
	tags, err := json.Marshal(append([]tracker.Tag{}, in.Tags...))
	if err != nil {
		return err
	}
	return b.exec(`INSERT INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET source_type = excluded.source_type, source = excluded.source,
		schema = excluded.schema, profile = excluded.profile, tags = excluded.tags, at = excluded.at WHERE excluded.at < at`,
		run, in.Name, in.Digest, in.SourceType, in.Source, in.Schema, in.Profile, string(tags), at)
}

func artifactLogged(b *batch, r journal.Record, e *tracker.ArtifactEntry) error {
	if err := b.touch(e.Run, e.Head()); err != nil {
		return err
	}
	return b.exec(`INSERT INTO artifacts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind, media = excluded.media,
		digest = excluded.digest, tree = excluded.tree, files = excluded.files, bytes = excluded.bytes, logged = excluded.logged,
		removed = excluded.removed, at = excluded.at WHERE excluded.at > at`,
		e.Run.String(), e.Path, e.Type, e.Media, e.Artifact.String(), e.Tree.String(), e.Files, e.Bytes, timeText(e.Time), e.Removed, stampOf(r).in(0))
}

func experimentChanged(b *batch, r journal.Record, e *tracker.ExperimentEntry) error {
	return b.changed(r, subject{"experiment", e.Experiment.String()}, "", e.Logged)
}

func modelChanged(b *batch, r journal.Record, e *tracker.ModelEntry) error {
	return b.changed(r, subject{"model", e.Model}, e.Renamed, e.Logged)
}

func viewSaved(b *batch, r journal.Record, e *tracker.ViewEntry) error {
	return b.changed(r, subject{"view", e.Name}, "", e.Query)
}

func reviewed(b *batch, r journal.Record, e *tracker.ReviewEntry) error {
	return b.changed(r, subject{"review", e.Subject.String()}, "", e.Comment)
}

// changed keeps an entry with its blob.
func (b *batch) changed(r journal.Record, of subject, renamed string, d tracker.Digest) error {
	text, err := b.blob(r, d)
	if err != nil {
		return err
	}
	b.subjects[of] = true
	if err := b.exec("INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?, ?, ?)", of.kind, of.name, stampOf(r).in(0), renamed, string(r.Line), text); err != nil {
		return fmt.Errorf("keep change of %s %q: %w", of.kind, of.name, err)
	}
	return nil
}
