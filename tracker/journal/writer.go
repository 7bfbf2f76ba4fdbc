package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Options of a writer.
type Options struct {
	Key      *Key             // signs the checkpoints; nil: they are not signed
	KeyFault error            // why there is no key, for the record
	Writer   string           // what writes: "kernel", "run"
	Gemba    string           // version of this program
	Host     string           // empty: what the system says
	Now      func() time.Time // nil: time.Now
}

// Writer appends to one journal and its pack; it is a tracker.Journal. Its journal stays locked
// until Close or the end of the process, by which readers know that it lives. It has one user, but
// Sync may run beside the other methods.
type Writer struct {
	chain
	pack *blob.Pack
	now  func() time.Time
}

var _ tracker.Journal = (*Writer)(nil)

// Create starts a new journal in the ledger at dir, which is made when there is none. The journal is
// signed, and listed in the ledger-wide journal, before Create returns.
func Create(dir string, o Options) (*Writer, error) {
	l := newLayout(dir)
	if err := l.create(); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w, err := l.newWriter(o)
	if err != nil {
		return nil, err
	}
	if err := w.open(o); err != nil {
		w.abandon()
		return nil, fmt.Errorf("create journal: %w", err)
	}
	return w, nil
}

// newWriter makes and locks the files of a new journal.
func (l layout) newWriter(o Options) (*Writer, error) {
	id := tracker.NewID()
	file, err := os.OpenFile(l.lines(id.String()), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("create journal: %w", err)
	}
	w := &Writer{chain: chain{layout: l, name: id.String(), id: id, key: o.Key, file: file}, now: o.Now}
	if err = waitLock(file); err == nil { // a reader may look whether it is locked
		w.pack, err = blob.CreatePack(l.pack(id))
	}
	if err == nil {
		err = blob.SyncDir(l.packs())
	}
	if err != nil {
		w.abandon()
		return nil, fmt.Errorf("create journal: %w", err)
	}
	return w, nil
}

// open writes, signs and lists the first entry.
func (w *Writer) open(o Options) error {
	if err := w.keepKey(w.key); err != nil {
		return err
	}
	if o.Host == "" {
		o.Host, _ = os.Hostname() // stays empty when the system does not say
	}
	first := &tracker.JournalOpenedEntry{
		Header: w.head(), Format: Format, Journal: w.id, Key: w.verifier(),
		Writer: o.Writer, Gemba: o.Gemba, Host: o.Host, PID: os.Getpid(),
	}
	if err := errors.Join(w.Append(first), w.Flush(), w.Sync()); err != nil {
		return err
	}
	if err := w.list(stateOpened); errors.Is(err, ErrDamaged) {
		return w.Append(&tracker.GapEntry{Header: w.head(), Reason: "not listed ledger-wide: " + err.Error()})
	} else if err != nil {
		return err
	}
	w.listCut()
	if o.KeyFault == nil {
		return nil
	}
	return w.Append(&tracker.GapEntry{Header: w.head(), Reason: "checkpoints are not signed: " + o.KeyFault.Error()})
}

func (w *Writer) head() tracker.Header { return tracker.Header{Time: w.now()} }

func (w *Writer) verifier() string { return w.key.verifierKey(origin(w.id)) }

// keepKey puts the public key into the ledger, for those who verify without the user's configuration.
func (l layout) keepKey(key *Key) error {
	if key == nil {
		return nil
	}
	return writeOnce(l.key(key.ID()), []byte(key.verifierKey("gemba")+"\n"), 0o644)
}

// list records the journal's present state in the ledger-wide journal.
func (w *Writer) list(state string) error {
	note, err := w.note()
	if err != nil {
		return err
	}
	return w.record(&tracker.CheckpointEntry{
		Header: w.head(), Journal: w.id, State: state, Key: w.verifier(), Checkpoint: string(note),
	}, w.key)
}

// listCut lists the journals whose writers are gone without having closed them, so that what was
// signed of them cannot be taken away unseen. What fails is left to the next writer.
func (w *Writer) listCut() {
	all, err := w.readStates()
	if err != nil {
		return
	}
	ledger := &Ledger{layout: w.layout}
	for id, listed := range all.journals {
		if listed.ended {
			continue
		}
		if state, err := ledger.State(id); err != nil || state == Live {
			continue
		}
		note, err := w.readSmall(w.checkpoint(id.String()))
		if err != nil {
			continue
		}
		if _, err := openCheckpoint(note, verifierOf(listed.key)...); err == nil {
			_ = w.record(&tracker.CheckpointEntry{
				Header: w.head(), Journal: id, State: stateCut, Key: listed.key, Checkpoint: string(note),
			}, w.key)
		}
	}
}

// ID returns the journal's id.
func (w *Writer) ID() tracker.ID { return w.id }

// Put collects a blob for the next Flush and returns its digest.
func (w *Writer) Put(b []byte) (tracker.Digest, error) { return w.pack.Put(b) }

// Append collects an entry for the next Flush. It fails only for an entry that is none or too long.
func (w *Writer) Append(e tracker.Entry) error { return w.append(e) }

// Pending returns the bytes collected and not yet handed to the operating system.
func (w *Writer) Pending() int { return len(w.buf) + w.pack.Pending() }

// Flush hands what was collected to the operating system, blobs before the entries that name them.
// After an error the next Flush tries the same bytes again.
func (w *Writer) Flush() error {
	if err := w.pack.Flush(); err != nil {
		return err
	}
	return w.flush()
}

// Sync makes durable and signs what was flushed.
func (w *Writer) Sync() error { return w.sync(w.pack.Sync) }

// Close writes the closing entry, signs the whole journal, and lists it as closed. When the ledger
// cannot be written the journal stays as it is, and its files are closed all the same.
func (w *Writer) Close() error {
	err := w.Append(&tracker.JournalClosedEntry{Header: w.head()})
	for _, step := range []func() error{w.Flush, w.Sync, func() error { return w.list(stateClosed) }} {
		if err == nil {
			err = step()
		}
	}
	if cerr := errors.Join(w.pack.Close(), w.file.Close()); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("close journal: %w", err)
	}
	return nil
}

// abandon takes back a journal that could not be opened, unless it was listed before that failed: a
// journal that is listed must be there.
func (w *Writer) abandon() {
	if w.pack != nil {
		_ = w.pack.Close()
	}
	_ = w.file.Close()
	all, err := w.readStates()
	if err != nil && !errors.Is(err, fs.ErrNotExist) || len(all.of(w.id).states) > 0 {
		return
	}
	for _, path := range []string{w.lines(w.name), w.hashes(w.name), w.checkpoint(w.name)} {
		_ = os.Remove(path)
	}
	_ = blob.RemovePack(w.layout.pack(w.id))
}
