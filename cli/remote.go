package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/remote"
)

// remoteFile is where a ledger remembers its remote: an address, without anything secret, and a line end.
const remoteFile = "remote"

// whereabouts are a ledger's remote.
type whereabouts struct {
	address string
	says    string // what names it; empty: the command line
	fresh   bool   // it may be made when it is not there
}

// remoteOf returns a ledger's remote: the one that was named, else what gemba.json says, else the one
// that the ledger was last pushed to or came from.
func remoteOf(ledger string, named []string) (whereabouts, error) {
	if len(named) > 0 {
		return whereabouts{address: absolute(named[0], "."), fresh: true}, nil
	}
	project := filepath.Dir(ledger)
	s, err := settings.Load(project)
	if err != nil || s.Remote != "" {
		return whereabouts{address: absolute(s.Remote, project), says: settings.Name}, err
	}
	b, err := os.ReadFile(filepath.Join(ledger, remoteFile))
	if errors.Is(err, fs.ErrNotExist) {
		return whereabouts{}, withHint(wrongUse("this ledger has no remote yet"), "gemba push s3://bucket?region=…, oci://host/repository or a folder; or \"remote\" in %s", settings.Name)
	}
	return whereabouts{address: strings.TrimSpace(string(b)), says: filepath.Join(ledger, remoteFile)}, err
}

// absolute returns the address of a folder such that it does not depend on where somebody stands.
func absolute(address, dir string) string {
	if address == "" || strings.Contains(address, "://") {
		return address
	}
	if !filepath.IsAbs(address) {
		address = filepath.Join(dir, address)
	}
	if abs, err := filepath.Abs(address); err == nil {
		return abs
	}
	return address
}

// remoteToUse is remoteOf for those who go there: what the user did not name must have been agreed to, which yes does.
func (a *app) remoteToUse(ledger string, named []string, yes bool) (whereabouts, error) {
	p, err := remoteOf(ledger, named)
	if err != nil || p.says == "" || agreed(ledger, p.address) {
		return p, err
	}
	if !yes {
		if err := a.askToAgree(p); err != nil {
			return p, err
		}
	}
	p.fresh = true
	if err := agree(ledger, p.address); err != nil {
		return p, fmt.Errorf("remember that the remote was agreed to: %w", err)
	}
	return p, nil
}

// yesFlag adds --yes to a command that may go to a remote that its user did not name.
func yesFlag(c *cobra.Command, yes *bool) {
	c.Flags().BoolVarP(yes, "yes", "y", false, "agree to the remote that gemba.json names")
}

// remember keeps the address of a ledger's remote, to which the user agreed by naming it. Where that cannot be written it must be
// named again.
func (a *app) remember(ledger, address string) {
	err := os.WriteFile(filepath.Join(ledger, remoteFile), []byte(address+"\n"), 0o644)
	if err = errors.Join(err, agree(ledger, address)); err != nil {
		a.warn("the remote is not remembered: %v", err)
	}
}

// withRemote opens a remote and gives it to use; Ctrl-C ends it in order.
func (a *app) withRemote(ctx context.Context, p whereabouts, use func(context.Context, remote.Bucket) error) error {
	ctx, done := untilSignal(ctx)
	defer done()
	open := remote.OpenExisting
	if p.fresh {
		open = remote.Open
	}
	b, err := open(ctx, p.address)
	if err != nil {
		return remoteHint(err)
	}
	err = errors.Join(use(ctx, b), b.Close())
	if s := (stopped{}); errors.As(context.Cause(ctx), &s) {
		return withHint(s, "what was moved is not moved again: the same command goes on from there")
	}
	return remoteHint(err)
}

// remoteHint adds to an error of a remote that is gone what to try.
func remoteHint(err error) error {
	if errors.Is(err, remote.ErrGone) {
		return withHint(err, "mount or bring it back; gemba push REMOTE, with its address, makes a new one")
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
	a.warnOfBlobs(verb, r)
	for _, problem := range r.Problems {
		a.warn("%s", problem)
	}
	if len(r.Problems) > 0 {
		return errCorrupt
	}
	return nil
}

// warnOfBlobs says which blobs are not where somebody may look for them, and which still are where they must not be.
func (a *app) warnOfBlobs(verb string, r remote.Report) {
	taken := verb == "pulled" || verb == "took"
	switch {
	case r.Missing > 0 && !taken:
		a.warn("%s that entries name are not in this ledger either; gemba verify tells which", count(int(r.Missing), "blob", "blobs"))
	case r.Missing > 0:
		a.warn("%s that the new entries need did not come, since they are not there: %s", count(int(r.Missing), "blob", "blobs"), digestList(r.Lacking, r.Missing))
	}
	for _, address := range slices.Sorted(maps.Keys(r.Away)) {
		a.warn("%s left to another remote, and new entries need them: gemba pull %s brings them", were(int(r.Away[address])), address)
	}
	switch n := len(r.Purged); {
	case n > 0 && verb == "pushed":
		a.warn("%s purged here and %s still on the remote, from an earlier push, and no command takes them out of it: push to a new remote, which does not get them, and delete this one", were(n), are(n))
	case n > 0 && taken:
		a.warn("%s purged elsewhere and %s still in this ledger: gemba purge --blob DIGEST takes them out: %s", were(n), are(n), digestList(r.Purged, int64(n)))
	}
}

// were begins a sentence about so many blobs.
func were(n int) string {
	return count(n, "blob", "blobs") + map[bool]string{true: " was", false: " were"}[n == 1]
}

func are(n int) string { return map[bool]string{true: "is", false: "are"}[n == 1] }

// digestList names some of so many blobs.
func digestList(list []tracker.Digest, all int64) string {
	const few = 3
	var said []string
	for _, d := range list[:min(few, len(list))] {
		said = append(said, d.String())
	}
	if more := all - int64(len(said)); more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(said, ", ")
}

// movedJSON is what push, pull, clone and unbundle print with --json.
type movedJSON struct {
	Remote string `json:"remote"`
	remote.Report
}

// pull takes into a ledger what a bucket has, but for what was purged or collected.
func (a *app) pull(ctx context.Context, ledger string, b remote.Bucket, o remote.PullOptions) (remote.Report, error) {
	key, fault := loadKey()
	if fault != nil {
		a.warn("what is pulled is listed here unsigned: %v", fault)
	}
	o.Key, o.Now = key, a.now()
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
	stones, err := l.KnownTombstones(ctx, func(err error) { a.warn("%v", err) })
	removed := make(map[tracker.Digest]struct{})
	for d, stone := range stones {
		if slices.Contains(reasons, stone.Reason) {
			removed[d] = struct{}{}
		}
	}
	return removed, err
}
