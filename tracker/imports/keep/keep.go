// Package keep records in a ledger what package imports reads: a Keeper is its Sink. It compares with what the ledger has, so that
// importing again adds only what is new, also after an import that was killed. A run shows when all of it is recorded, and
// not before. It must not know one source from another, nor open a file by itself.
package keep

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/imports"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Recorder takes events; *tracker.Recorder is one.
type Recorder interface {
	Record(tracker.Event)
	Flush(context.Context) error
}

// Store keeps the bytes of artifacts; *blob.Bulk is one.
type Store interface {
	PutReader(io.Reader) (tracker.Digest, int64, error)
	Hold() (release func(), err error)
	Sync() error
}

// Index tells what the ledger has; *index.Index is one.
type Index interface {
	Sync(context.Context) error
	Run(context.Context, tracker.ID) (index.Run, error)
	Artifacts(ctx context.Context, run tracker.ID, under string) ([]index.Artifact, error)
	Series(context.Context, index.SeriesSearch) ([]tracker.Metric, error)
	ExperimentNamed(context.Context, string) (index.Experiment, error)
	Model(context.Context, string) (index.Model, error)
	Versions(context.Context, string) ([]index.ModelVersion, error)
}

// Options set up a Keeper. All but Clean are required.
type Options struct {
	From  string // the source's name
	Place string // that is imported, for those who ask where a run came from
	// Open is called when there is something to record, once.
	Open func(context.Context) (Recorder, Store, error)
	// Index returns what the ledger has, nil when there is no ledger.
	Index func(context.Context) (Index, error)
	Now   func() time.Time
	// Clean takes the secrets out of a name, as the recorder will; nil: there are none.
	Clean func(string) string
	// Fault and Left are told as imports.Sink is.
	Fault func(error)
	Left  func(string)
}

// Sum is what an import came to.
type Sum struct {
	Runs, New, Changed, Same int
	Points, Artifacts        int // that were added
	Models                   int // with versions
	Faults                   int
}

// Keeper records what a source tells. Close it in the end, also after an error.
type Keeper struct {
	Options
	ctx      context.Context
	sum      Sum
	recorder Recorder // nil while there is nothing to record
	store    Store
	index    Index // nil while there is no ledger
	asked    bool
	release  func()          // of the hold on the packs, nil while nothing was put
	pending  []tracker.Event // not yet recorded: they name bytes that are not yet durable
	weight   int64           // of pending and of what was put, about, in bytes
	told     map[tracker.ID]bool
	places   map[string]tracker.ID // of experiments, by name
	seen     map[string]bool       // models and their versions that were told
}

// New returns a Keeper.
func New(ctx context.Context, o Options) *Keeper {
	if o.Clean == nil {
		o.Clean = func(s string) string { return s }
	}
	return &Keeper{Options: o, ctx: ctx, told: map[tracker.ID]bool{}, places: map[string]tracker.ID{}, seen: map[string]bool{}}
}

var _ imports.Sink = (*Keeper)(nil)

// Sum returns what was recorded up to now.
func (k *Keeper) Sum() Sum { return k.sum }

// Fault counts what could not be read.
func (k *Keeper) Fault(err error) {
	k.sum.Faults++
	k.Options.Fault(err)
}

// Left passes on what is not imported.
func (k *Keeper) Left(what string) { k.Options.Left(what) }

// ownError is an error of the ledger, where others are faults of what is imported.
type ownError struct{ error }

func (e ownError) Unwrap() error { return e.error }

func own(err error) error {
	if err != nil {
		return ownError{err}
	}
	return nil
}

// ours reports whether an error is not about what is imported.
func (k *Keeper) ours(err error) bool {
	var o ownError
	return errors.As(err, &o) || k.ctx.Err() != nil
}

// ledger returns what the ledger has, nil when there is none.
func (k *Keeper) ledger() (Index, error) {
	if k.index != nil || k.asked && k.recorder == nil {
		return k.index, nil
	}
	k.asked = true
	x, err := k.Options.Index(k.ctx)
	if err != nil {
		return nil, own(err)
	}
	k.index = x
	return x, nil
}

// open opens the ledger for recording.
func (k *Keeper) open() (err error) {
	if k.recorder == nil {
		k.recorder, k.store, err = k.Options.Open(k.ctx)
	}
	return own(err)
}

// tell puts an event behind those that wait.
func (k *Keeper) tell(e tracker.Event) {
	k.pending = append(k.pending, e)
	k.weight += weigh(e)
}

// weigh returns about how many bytes an event takes.
func weigh(e tracker.Event) int64 {
	size := int64(512)
	if l, ok := e.(tracker.RunLogged); ok {
		size += 64 * int64(len(l.Metrics)+len(l.Params)+len(l.Tags))
		for _, t := range l.Tags {
			size += int64(len(t.Value))
		}
		for _, p := range l.Params {
			size += int64(len(p.Value))
		}
		for _, in := range l.Inputs {
			size += int64(len(in.Schema) + len(in.Profile) + len(in.Source))
		}
	}
	return size
}

// maxWeight is how much waits at most until it is recorded, about, in bytes: much less than a recorder's queue takes.
const maxWeight = 16 << 20

// settle records what waits when that is much.
func (k *Keeper) settle() error {
	if k.weight < maxWeight {
		return nil
	}
	return k.commit()
}

// commit makes the bytes durable that waiting events name, and then records the events.
func (k *Keeper) commit() error {
	if len(k.pending) > 0 {
		if err := k.open(); err != nil {
			return err
		}
	}
	if k.release != nil {
		if err := k.store.Sync(); err != nil {
			return own(err)
		}
	}
	for _, e := range k.pending {
		k.recorder.Record(e)
	}
	if len(k.pending) > 0 {
		if err := k.recorder.Flush(k.ctx); err != nil {
			return own(err)
		}
	}
	k.pending, k.weight = nil, 0
	if k.release != nil {
		k.release()
		k.release = nil
	}
	return nil
}

// Close records what waits. It closes neither the recorder nor the store.
func (k *Keeper) Close() error {
	err := k.commit()
	if k.release != nil {
		k.release()
		k.release = nil
	}
	return err
}

// fresh brings the index up to date with what was recorded, and returns it.
func (k *Keeper) fresh() (Index, error) {
	if err := k.commit(); err != nil {
		return nil, err
	}
	x, err := k.ledger()
	if err == nil && x != nil {
		err = own(x.Sync(k.ctx))
	}
	return x, err
}

// put stores a file's bytes.
func (k *Keeper) put(f imports.File) (d tracker.Digest, size int64, err error) {
	if err := k.open(); err != nil {
		return d, 0, err
	}
	r, err := f.Open()
	if err != nil {
		return d, 0, err
	}
	defer r.Close()
	if k.release == nil {
		if k.release, err = k.store.Hold(); err != nil {
			return d, 0, own(err)
		}
	}
	from := &reading{Reader: r}
	d, size, err = k.store.PutReader(from)
	if err != nil && from.err == nil {
		err = own(err)
	}
	k.weight += size / 4 // bytes on their way to the disk weigh less than those in memory
	return d, size, err
}

// reading remembers why reading failed.
type reading struct {
	io.Reader
	err error
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// sumOf hashes a file's bytes without storing them.
func sumOf(f imports.File) (d tracker.Digest, err error) {
	r, err := f.Open()
	if err != nil {
		return d, err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return d, fmt.Errorf("read %s: %w", f.Path, err)
	}
	h.Sum(d[:0])
	return d, nil
}

// short writes the beginning of a hash.
func short(sum []byte) string { return hex.EncodeToString(sum[:16]) }
