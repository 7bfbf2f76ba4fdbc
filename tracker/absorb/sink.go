package absorb

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Store keeps the bytes of artifacts; *blob.Bulk is one.
type Store interface {
	PutReader(io.Reader) (tracker.Digest, int64, error)
	Hold() (release func(), err error)
	Sync() error
}

// Recorder takes the events; *tracker.Recorder is one.
type Recorder interface {
	Record(tracker.Event)
	Flush(context.Context) error
}

// Options set up a Follower. Folder, Recorder and Store are required.
type Options struct {
	Folder   string // of track logs
	Recorder Recorder
	Store    Store

	// Known tells how far an earlier reader recorded the runs of a log, in bytes of it; nil: there was none.
	Known func(ctx context.Context, log tracker.ID) (map[tracker.ID]int64, error)
	// Experiment returns the id of the experiment of a name, and whether it is in the ledger already; nil: none is.
	Experiment func(ctx context.Context, name string) (id tracker.ID, known bool, err error)

	// Live has logs read while their programs live. Who sets it must own the folder (see Own).
	Live bool
	Now  func() time.Time // nil: time.Now

	Screen tracker.Screen // takes secrets out of artifacts that are texts; nil: nothing does
}

// sink is where the events of all logs of a folder go.
type sink struct {
	Options
	ctx         context.Context
	experiments map[string]tracker.ID
	release     func()          // of the hold on the packs, nil while nothing is put
	late        []tracker.Event // that name bytes which are not yet durable
	spent       []string        // files whose bytes are stored by then
}

func (s *sink) now() time.Time { return s.Now() }

func (s *sink) record(e tracker.Event) { s.Recorder.Record(e) }

// opened tells of a new run, or of one that goes on.
func (s *sink) opened(r *run) error {
	e := tracker.RunChanged{Run: r.parsed.run, Parent: r.parsed.parent, Session: r.parsed.session, Execution: r.parsed.execution, Time: time.Unix(0, r.Started),
		Name: r.Name, Status: tracker.RunRunning, User: r.User, Source: r.Source, Started: time.Unix(0, r.Started)}
	if r.Goes && r.Session == "" {
		e.Started = time.Time{} // that of a session's run is told by each of its programs: the first one counts
	}
	if r.Experiment != "" {
		id, err := s.experiment(r.Experiment)
		if err != nil {
			return err
		}
		e.Experiment = id
	}
	s.record(e)
	return nil
}

// experiment returns the id of an experiment, which is made when there is none of that name.
func (s *sink) experiment(name string) (tracker.ID, error) {
	if id, known := s.experiments[name]; known {
		return id, nil
	}
	id, known := tracker.ExperimentNamed(name), false
	if s.Experiment != nil {
		found, is, err := s.Experiment(s.ctx, name)
		if err != nil {
			return id, err
		}
		if known = is; known {
			id = found
		}
	}
	if !known {
		s.record(tracker.ExperimentChanged{Experiment: id, Time: s.now(), Name: name, Stage: tracker.Active})
	}
	s.experiments[name] = id
	return id, nil
}

// artifact is the record of a file that a run keeps.
type artifact struct {
	Path    string `json:"path"`
	Kind    string `json:"kind"`
	Media   string `json:"media"`
	Stored  string `json:"stored"`
	Bytes   int64  `json:"bytes"`
	Missing string `json:"missing"`
}

// artifact stores the bytes of an artifact. That they are durable is known at the next flush, and told then.
func (s *sink) artifact(r *run, a artifact) error {
	e := tracker.ArtifactLogged{Run: r.parsed.run, Session: r.parsed.session, Execution: r.parsed.execution, Time: s.now(), Path: a.Path, Kind: a.Kind, Media: a.Media, Files: 1, Bytes: a.Bytes}
	var err error
	if a.Missing != "" {
		err = errors.New(a.Missing)
	} else {
		e.Artifact, e.Bytes, err = s.put(r, a)
	}
	if err != nil && a.Missing == "" && !errors.Is(err, fs.ErrNotExist) {
		return err // the next Poll tries again
	}
	if err != nil {
		s.record(tracker.Gap{Session: r.parsed.session, Execution: r.parsed.execution, Time: s.now(), Reason: "artifact " + a.Path + ": " + err.Error()})
		return nil
	}
	s.late = append(s.late, e)
	s.spent = append(s.spent, filepath.Join(s.Folder, a.Stored))
	return nil
}

func (s *sink) put(of *run, a artifact) (d tracker.Digest, size int64, err error) {
	name := a.Stored
	if !filepath.IsLocal(name) || filepath.Base(name) != name {
		return d, 0, errDamaged
	}
	f, err := os.Open(filepath.Join(s.Folder, name))
	if err != nil {
		return d, 0, err
	}
	defer f.Close()
	if s.release == nil {
		if s.release, err = s.Store.Hold(); err != nil {
			return d, 0, err
		}
	}
	r, secrets, err := tracker.ScreenArtifact(f, a.Kind, s.Screen)
	if err != nil {
		return d, 0, err
	}
	if d, size, err = s.Store.PutReader(r); err == nil && secrets > 0 {
		s.record(tracker.Gap{Session: of.parsed.session, Execution: of.parsed.execution, Time: s.now(), Reason: tracker.Screened(a.Path, secrets)})
	}
	return d, size, err
}

// flush makes the artifacts durable and tells them, has the rest told, waits until all is recorded, and removes the files whose
// bytes are stored. In this order, since the rest says how far a log is recorded.
func (s *sink) flush(rest func()) error {
	if s.release != nil {
		if err := s.Store.Sync(); err != nil {
			return err
		}
	}
	for _, e := range s.late {
		s.record(e)
	}
	s.late = nil
	rest()
	if err := s.Recorder.Flush(s.ctx); err != nil {
		return err
	}
	if s.release != nil {
		s.release()
		s.release = nil
	}
	for _, file := range s.spent {
		_ = os.Remove(file) // what stays is removed with the folder's leftovers
	}
	s.spent = nil
	return nil
}
