package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/remote"
)

// remoteFile is where a ledger remembers its remote: an address, without anything secret, and a line end.
const remoteFile = "remote"

// remoteOf returns the address of a ledger's remote: the one that was named, else what gemba.json says, else the one
// that the ledger was last pushed to or came from.
func remoteOf(ledger string, named []string) (string, error) {
	if len(named) > 0 {
		return named[0], nil
	}
	s, err := settings.Load(filepath.Dir(ledger))
	if err != nil || s.Remote != "" {
		return s.Remote, err
	}
	b, err := os.ReadFile(filepath.Join(ledger, remoteFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", withHint(wrongUse("this ledger has no remote yet"), "gemba push s3://bucket?region=…, oci://host/repository or a folder; or \"remote\" in %s", settings.Name)
	}
	return strings.TrimSpace(string(b)), err
}

// remember keeps the address of a ledger's remote. Where that cannot be written it must be named again.
func remember(ledger, address string) {
	if !strings.Contains(address, "://") {
		if path, err := filepath.Abs(address); err == nil {
			address = path
		}
	}
	_ = os.WriteFile(filepath.Join(ledger, remoteFile), []byte(address+"\n"), 0o644)
}

// withRemote opens the remote at address and gives it to use; Ctrl-C ends it in order.
func (a *app) withRemote(ctx context.Context, address string, use func(context.Context, remote.Bucket) error) error {
	ctx, done := untilSignal(ctx)
	defer done()
	b, err := remote.Open(ctx, address)
	if err != nil {
		return err
	}
	err = errors.Join(use(ctx, b), b.Close())
	if s := (stopped{}); errors.As(context.Cause(ctx), &s) {
		return withHint(s, "what was moved is not moved again: the same command goes on from there")
	}
	return err
}

// told returns what tells a person how far a push or pull got.
func (a *app) told(doing string) (tell func(remote.Report), end func()) {
	if !painterFor(a.stderr) {
		return nil, func() {}
	}
	said := false
	tell = func(r remote.Report) {
		said = true
		fmt.Fprintf(a.stderr, "\r\x1b[K%s %s, %s, %s", doing, count(int(r.Blobs), "blob", "blobs"), humanBytes(r.Bytes), count(int(r.Entries), "entry", "entries"))
	}
	return tell, func() {
		if said {
			fmt.Fprint(a.stderr, "\r\x1b[K")
		}
	}
}

// moved says what a push or pull did, and what is wrong on the other side: then the command fails.
func (a *app) moved(verb, preposition, address string, r remote.Report, asJSON bool) error {
	if asJSON {
		if err := printJSON(a.stdout, movedJSON{remote.Harmless(address), r}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.stdout, "%s %s of %s and %s (%s) %s %s\n", verb, count(int(r.Entries), "entry", "entries"), count(r.Journals, "journal", "journals"),
			count(int(r.Blobs), "blob", "blobs"), humanBytes(r.Bytes), preposition, remote.Harmless(address))
	}
	if r.Missing > 0 {
		a.warn("%s that entries name are not in this ledger either; gemba verify tells which", count(int(r.Missing), "blob", "blobs"))
	}
	for _, problem := range r.Problems {
		a.warn("%s", problem)
	}
	if len(r.Problems) > 0 {
		return errCorrupt
	}
	return nil
}

// movedJSON is what push, pull, clone and unbundle print with --json.
type movedJSON struct {
	Remote string `json:"remote"`
	remote.Report
}

// pull takes into a ledger what a bucket has, but for what was purged or collected here.
func (a *app) pull(ctx context.Context, ledger string, b remote.Bucket, o remote.PullOptions) (remote.Report, error) {
	key, fault := loadKey()
	if fault != nil {
		a.warn("what is pulled is listed here unsigned: %v", fault)
	}
	o.Key, o.Now = key, a.now()
	gone, err := a.removed(ctx, ledger, gc.Purged, gc.Collected)
	if err != nil {
		return remote.Report{}, err
	}
	o.Unless = gone
	return remote.Pull(ctx, ledger, b, o)
}

// removed returns the blobs that were taken out of a ledger for one of these reasons.
func (a *app) removed(ctx context.Context, ledger string, reasons ...string) (map[tracker.Digest]struct{}, error) {
	l, err := journal.Open(ledger)
	if errors.Is(err, journal.ErrNoLedger) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	stones, err := l.Tombstones(ctx, func(err error) { a.warn("%v", err) })
	removed := make(map[tracker.Digest]struct{})
	for d, stone := range stones {
		if slices.Contains(reasons, stone.Reason) {
			removed[d] = struct{}{}
		}
	}
	return removed, err
}
