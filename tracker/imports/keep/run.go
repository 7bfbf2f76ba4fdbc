package keep

import (
	"cmp"
	"errors"
	"mime"
	"path"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/imports"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/mlflow"
)

// maxPoints is how many points an event has at most.
const maxPoints = 1 << 16

// Run records a run, or what is new in it. One that cannot be read to its end is a fault, and not shown.
func (k *Keeper) Run(r imports.Run) error {
	if err := k.ctx.Err(); err != nil {
		return err
	}
	k.sum.Runs++
	known, found, err := k.known(r.ID)
	if err != nil {
		return err
	}
	before := stateIn(known.Tags, Tag)
	if before != "" {
		now, err := k.stateOf(r)
		if err != nil {
			return k.fault(err)
		}
		if now == before {
			k.sum.Same++
			return nil
		}
	}
	t := &telling{Keeper: k, run: r, known: known, found: found, whole: before != "", state: newState(head(r)), begun: len(k.pending), weighed: k.weight, sum: k.sum}
	if err := t.all(); err != nil {
		t.takeBack()
		return k.fault(err)
	}
	k.told[r.ID] = true
	return k.settle()
}

// fault passes on the ledger's own errors; another one only leaves out a run.
func (k *Keeper) fault(err error) error {
	if err == nil || k.ours(err) {
		return err
	}
	k.Fault(err)
	return nil
}

// known returns what the ledger has of a run.
func (k *Keeper) known(id tracker.ID) (index.Run, bool, error) {
	x, err := k.ledger()
	if err == nil && k.told[id] {
		x, err = k.fresh()
	}
	if err != nil || x == nil {
		return index.Run{}, false, err
	}
	r, err := x.Run(k.ctx, id)
	if errors.Is(err, index.ErrNotFound) {
		return index.Run{}, false, nil
	}
	return r, err == nil, own(err)
}

// telling is a run that is being recorded.
type telling struct {
	*Keeper
	run     imports.Run
	known   index.Run // what the ledger has of it
	found   bool      // it has something
	whole   bool      // and an import came to its end
	state   *state
	begun   int // where in pending the run begins
	weighed int64
	cut     bool // some of it is recorded already
	sum     Sum  // before it
	batch   tracker.RunLogged
}

// takeBack forgets what waits of a run that could not be read.
func (t *telling) takeBack() {
	points, artifacts := t.sum.Points, t.sum.Artifacts
	if t.cut {
		points, artifacts = t.Keeper.sum.Points, t.Keeper.sum.Artifacts
		t.pending = nil
	} else {
		t.pending, t.weight = t.pending[:t.begun], max(t.weight, t.weighed)
	}
	t.Keeper.sum.Points, t.Keeper.sum.Artifacts = points, artifacts
}

func (t *telling) all() error {
	experiment, err := t.experiment(t.run.Experiment)
	if err != nil {
		return err
	}
	if !t.found { // put away until all of it is there
		t.tell(tracker.RunChanged{Run: t.run.ID, Experiment: experiment, Parent: t.run.Parent, Time: t.Now(), Name: t.run.Name, Status: cmp.Or(t.run.Status, tracker.RunFinished),
			Stage: tracker.Deleted, User: t.run.User, Source: t.run.Source, Started: t.run.Started, Ended: t.run.Ended})
	}
	t.batch = tracker.RunLogged{Run: t.run.ID, Params: t.params(), Tags: t.tags(t.run.Tags, t.known.Tags), Inputs: t.inputs()}
	if err := t.points(); err != nil {
		return err
	}
	if err := t.files(); err != nil {
		return err
	}
	t.batch.Tags = append(t.batch.Tags, t.Keeper.tag(Tag, t.state.String()))
	t.flush()
	t.end(experiment)
	if t.found && t.whole {
		t.Keeper.sum.Changed++
	} else {
		t.Keeper.sum.New++
	}
	return nil
}

// flush puts what was gathered behind what waits.
func (t *telling) flush() {
	if len(t.batch.Params)+len(t.batch.Tags)+len(t.batch.Inputs)+len(t.batch.Metrics) == 0 {
		return
	}
	t.batch.Time = t.Now()
	t.tell(t.batch)
	t.batch = tracker.RunLogged{Run: t.run.ID}
}

// room records what waits of a run that is large.
func (t *telling) room() error {
	if t.weight < maxWeight {
		return nil
	}
	t.flush()
	t.cut = true
	return t.commit()
}

// end tells how the run ended, and shows it.
func (t *telling) end(experiment tracker.ID) {
	e := tracker.RunChanged{Run: t.run.ID, Time: t.Now()}
	if !t.whole || t.run.Stage == tracker.Deleted && t.known.Stage != tracker.Deleted {
		e.Stage = cmp.Or(t.run.Stage, tracker.Active)
	}
	if t.found {
		set(&e.Experiment, t.known.Experiment, experiment)
		set(&e.Parent, t.known.Parent, t.run.Parent)
		set(&e.Name, t.known.Name, t.run.Name)
		set(&e.Status, t.known.Status, t.run.Status)
		set(&e.User, t.known.User, t.run.User)
		set(&e.Source, t.known.Source, t.run.Source)
		setTime(&e.Started, t.known.Started, t.run.Started)
		setTime(&e.Ended, t.known.Ended, t.run.Ended)
	}
	if e != (tracker.RunChanged{Run: e.Run, Time: e.Time}) {
		t.tell(e)
	}
}

// set tells a member that is another than the ledger's.
func set[T comparable](to *T, known, now T) {
	if known != now {
		*to = now
	}
}

func setTime(to *time.Time, known, now time.Time) {
	if !known.Equal(now) {
		*to = now
	}
}

// params returns those that the ledger does not have. One that has another value there, which it keeps for good, becomes a tag.
func (t *telling) params() (list []tracker.Param) {
	known := map[string]string{}
	for _, p := range t.known.Params {
		known[p.Key] = p.Value
	}
	for _, p := range t.run.Params {
		value, has := known[p.Key]
		switch {
		case !has:
			p.Type = cmp.Or(p.Type, mlflow.TypeOf(p.Value)) // who has nothing but text means what it looks like
			list = append(list, p)
			known[p.Key] = p.Value
		case value != p.Value && t.Clean(p.Value) != value:
			t.run.Tags = append(t.run.Tags, tracker.Tag{Key: "gemba.import.param." + p.Key, Value: p.Value})
		}
	}
	return list
}

// tags returns those that the ledger does not have, or has with another value.
func (k *Keeper) tags(all, known []tracker.Tag) (list []tracker.Tag) {
	have := map[string]string{}
	for _, t := range known {
		have[t.Key] = t.Value
	}
	for _, t := range all {
		if value, has := have[t.Key]; !has || value != t.Value {
			list = append(list, t)
			have[t.Key] = t.Value
		}
	}
	return list
}

func (t *telling) inputs() (list []tracker.Input) {
	known := map[[2]string]bool{}
	for _, in := range t.known.Inputs {
		known[[2]string{in.Name, in.Digest}] = true
	}
	for _, in := range t.run.Inputs {
		if !known[[2]string{in.Name, in.Digest}] {
			list = append(list, in)
		}
	}
	return list
}

// points tells the points that the ledger does not have.
func (t *telling) points() error {
	if t.run.Points == nil {
		return nil
	}
	have := map[string]*had{}
	return t.run.Points(func(m tracker.Metric) error {
		t.state.point(m)
		m.Key = t.Clean(m.Key)
		if t.found {
			h, err := t.had(have, m.Key)
			if err != nil || h.take(m) {
				return err
			}
		}
		t.batch.Metrics = append(t.batch.Metrics, m)
		t.Keeper.sum.Points++
		if len(t.batch.Metrics) < maxPoints {
			return nil
		}
		if err := t.ctx.Err(); err != nil {
			return err
		}
		t.flush()
		return t.room()
	})
}

// files stores the files that the ledger does not have.
func (t *telling) files() error {
	known := map[string]tracker.Digest{}
	if x, err := t.ledger(); err != nil {
		return err
	} else if x != nil && t.found {
		all, err := x.Artifacts(t.ctx, t.run.ID, "")
		if err != nil {
			return own(err)
		}
		for _, a := range all {
			known[a.Path] = a.Digest
		}
	}
	for _, f := range t.run.Files {
		d, size, err := t.put(f)
		if err != nil {
			return err
		}
		t.state.file(f.Path, d)
		if known[f.Path] == d {
			continue
		}
		t.tell(tracker.ArtifactLogged{Run: t.run.ID, Time: t.Now(), Path: f.Path, Kind: cmp.Or(f.Kind, "file"), Media: cmp.Or(f.Media, mediaOf(f.Path)),
			Artifact: d, Files: 1, Bytes: size})
		t.Keeper.sum.Artifacts++
		if err := t.room(); err != nil {
			return err
		}
	}
	return nil
}

// mediaOf is what a file's name says of its content.
func mediaOf(name string) string {
	media, _, _ := strings.Cut(mime.TypeByExtension(path.Ext(name)), ";")
	return media
}
