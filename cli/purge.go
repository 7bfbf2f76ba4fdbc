package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/remote"
	"github.com/gemba-ml/gemba/tracker/secrets"
)

// purgeOptions are the flags of purge.
type purgeOptions struct {
	blobs  []string
	match  string
	dryRun bool
	yes    bool
	asJSON bool
}

func purgeCommand(a *app) *cobra.Command {
	var o purgeOptions
	c := &cobra.Command{
		Use:   "purge (--blob DIGEST... | --match REGEXP)",
		Short: "Take bytes out of the ledger for good",
		Long: `purge removes blobs from the ledger's packs, whatever needs them. A signed tombstone says that they were removed, by
whom and when, and the ledger still verifies. It asks first. What it was called with is not recorded.

Entries themselves cannot be altered: a path, a name or an error's name that holds the text stays, and purge says so.
Copies elsewhere are not touched: notebooks, bundles, backups, other ledgers. A disk may keep what was on it. Once the purge is
pushed, no clone, pull or reading takes the bytes from a remote any more; but a remote keeps what was brought there before, and
no command takes it out: push to a new remote, which does not get it, and delete the old one.`,
		Example: `  gemba purge --match 'hunter2'
  gemba purge --blob sha256:9f86d08 --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			ctx, done := untilSignal(c.Context())
			defer done()
			err := a.purge(ctx, o, args)
			if s := (stopped{}); errors.As(context.Cause(ctx), &s) {
				return s
			}
			return err
		},
	}
	f := c.Flags()
	f.StringArrayVar(&o.blobs, "blob", nil, "remove the blob with this `digest`, or its first digits")
	f.StringVar(&o.match, "match", "", "remove every blob in which this regular `expression` matches (Go's syntax)")
	f.BoolVar(&o.dryRun, "dry-run", false, "only tell what would be removed")
	f.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	jsonFlag(c, &o.asJSON)
	return c
}

// purged is what `purge --json` tells.
type purged struct {
	Found  []foundBlob `json:"found"`
	Spoken []string    `json:"entries,omitempty"` // that say the text themselves
	*gc.Removal
}

// foundBlob is a blob to remove.
type foundBlob struct {
	Digest tracker.Digest `json:"digest"`
	Size   int64          `json:"size"`
	Use    string         `json:"use,omitempty"` // the first that needs it
}

func (a *app) purge(ctx context.Context, o purgeOptions, args []string) error {
	if len(o.blobs) > 0 {
		o.blobs = append(o.blobs, args...)
	} else if len(args) > 0 {
		return wrongUse("%q is not expected: say --blob %s", args[0], args[0])
	}
	if (len(o.blobs) > 0) == (o.match != "") {
		return wrongUse("say what to remove: --blob DIGEST or --match REGEXP, not both")
	}
	ledger, err := journal.Open(a.ledgerToRead())
	if err != nil {
		return ledgerHint(err)
	}
	p := &purging{app: a, ledger: ledger, options: o}
	if err := p.find(ctx); err != nil {
		return err
	}
	if err := p.explain(ctx); err != nil {
		return err
	}
	if len(p.found) == 0 || o.dryRun {
		return p.finish(nil)
	}
	if err := p.confirm(); err != nil {
		return err
	}
	return p.remove(ctx)
}

// purging is one call of purge.
type purging struct {
	*app
	ledger  *journal.Ledger
	options purgeOptions
	pattern *regexp.Regexp // nil: blobs are named
	found   []foundBlob
	spoken  []string
	unread  int // blobs and packs that could not be looked through
}

// find looks for the blobs to remove.
func (p *purging) find(ctx context.Context) (err error) {
	if p.options.match == "" {
		return p.findNamed()
	}
	if p.pattern, err = regexp.Compile(p.options.match); err != nil {
		return wrongUse("read --match: %v", err)
	}
	found := func(f secrets.Found) { p.found = append(p.found, foundBlob{Digest: f.Digest, Size: f.Size}) }
	return secrets.Find(ctx, p.ledger.Blobs(), p.pattern, found, func(err error) {
		p.unread++
		p.warn("not looked through: %v", err)
	})
}

// findNamed finds the blobs that digests, or their first digits, name.
func (p *purging) findNamed() error {
	for _, text := range p.options.blobs {
		digits := strings.ToLower(strings.TrimPrefix(text, "sha256:"))
		if strings.Trim(digits, "0123456789abcdef") != "" || len(digits) < 4 || len(digits) > 64 {
			return wrongUse("read --blob: %q is no digest: want sha256: and 64 hexadecimal digits, or the first of them", text)
		}
		var found []foundBlob
		visit := func(_ string, f blob.Frame) error {
			same := func(b foundBlob) bool { return b.Digest == f.Digest }
			if strings.HasPrefix(f.Digest.String(), "sha256:"+digits) && !slices.ContainsFunc(found, same) {
				found = append(found, foundBlob{Digest: f.Digest, Size: f.Raw})
			}
			return nil
		}
		if err := p.ledger.Blobs().Scan(visit, func(name string, err error) { p.warn("%s: %v", name, err) }); err != nil {
			return err
		}
		switch len(found) {
		case 0:
			return fmt.Errorf("find blob %s: %w", text, blob.ErrNotFound)
		case 1:
			p.found = append(p.found, found[0])
		default:
			return withHint(wrongUse("blob %s is ambiguous: %d begin with it", text, len(found)), "%s or %s", found[0].Digest, found[1].Digest)
		}
	}
	return nil
}

// explain finds out what needs the blobs, and which entries say the text themselves.
func (p *purging) explain(ctx context.Context) error {
	list := p.digests()
	uses, err := gc.Uses(ctx, p.ledger, list, func(r journal.Record) {
		if p.pattern != nil && p.pattern.Match(r.Line) {
			p.spoken = append(p.spoken, fmt.Sprintf("journal %s, entry %d", r.Journal.Short(), r.N))
		}
	})
	for i, d := range list {
		if u, ok := uses[d]; ok {
			p.found[i].Use = useText(u)
		}
	}
	return err
}

func (p *purging) digests() (list []tracker.Digest) {
	for _, f := range p.found {
		list = append(list, f.Digest)
	}
	return list
}

// useText says what needs a blob: "cell.outputs of cell 1234abcd".
func useText(u gc.Use) string {
	switch {
	case !u.Execution.IsZero():
		return fmt.Sprintf("%s of cell %s", u.Kind, u.Execution.Short())
	case !u.Session.IsZero():
		return fmt.Sprintf("%s of session %s", u.Kind, u.Session.Short())
	}
	return string(u.Kind)
}

// shownBlobs is how many blobs a person is shown; --json has all.
const shownBlobs = 20

func (p *purging) show() error {
	t := &table{columns: []column{{title: "BLOB"}, {"SIZE", true}, {title: "NEEDED BY"}}}
	for _, f := range p.found[:min(len(p.found), shownBlobs)] {
		t.add(cell{f.Digest.String()[:len("sha256:")+16], yellow}, cell{text: humanBytes(f.Size)}, cell{text: orDash(f.Use)})
	}
	if err := t.print(p.stdout); err != nil {
		return err
	}
	if more := len(p.found) - shownBlobs; more > 0 {
		fmt.Fprintf(p.stdout, "… and %s more; --dry-run --json lists all\n", thousands(more))
	}
	return nil
}

// confirm asks a person.
func (p *purging) confirm() error {
	if p.options.yes {
		return nil
	}
	in, ok := p.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return withHint(wrongUse("purge asks before it removes, and there is nobody to ask"), "--dry-run to see what it finds, --yes to remove it")
	}
	if err := p.show(); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "Remove %s for good? [y/N] ", count(len(p.found), "blob", "blobs"))
	answer, _ := bufio.NewReader(in).ReadString('\n') // no answer is a no
	if a := strings.ToLower(strings.TrimSpace(answer)); a != "y" && a != "yes" {
		return fmt.Errorf("purge: %w: nothing was removed", errDeclined)
	}
	return nil
}

var errDeclined = errors.New("not confirmed")

func (p *purging) remove(ctx context.Context) error {
	recorder := p.openStrictRecorder(p.ledger.Dir(), "purge")
	r, err := gc.Remove(ctx, p.ledger.Dir(), recorder, p.digests(), gc.Why{Reason: gc.Purged, By: userName() + ": gemba purge", Now: p.now})
	err = errors.Join(err, recorder.Close())
	if r == nil {
		return err
	}
	return errors.Join(err, p.finish(r))
}

// finish tells what was found and, unless r is nil, removed.
func (p *purging) finish(r *gc.Removal) error {
	if p.options.asJSON {
		if err := printJSON(p.stdout, purged{p.found, p.spoken, r}); err != nil {
			return err
		}
	} else if err := p.tell(r); err != nil {
		return err
	}
	if p.unread > 0 || r != nil && len(r.Left)+len(r.Problems) > 0 {
		return errFailed
	}
	return nil
}

func (p *purging) tell(r *gc.Removal) error {
	switch {
	case len(p.found) == 0:
		fmt.Fprintln(p.stdout, "no blob matches")
	case r == nil:
		if err := p.show(); err != nil {
			return err
		}
	default:
		fmt.Fprintf(p.stdout, "purged %s, %s\n", count(int(r.Blobs), "blob", "blobs"), humanBytes(r.Bytes))
		if at, err := remoteOf(p.ledger.Dir(), nil); err == nil {
			p.warn("the remote %s may still hold them: gemba push tells it, so that nobody takes them from there; to be rid of them, push to a new one and delete it", remote.Harmless(at.address))
		}
		for _, l := range r.Left {
			p.warn("%s was left: %s", l.Digest.String()[:len("sha256:")+16], l.Reason)
		}
		for _, problem := range r.Problems {
			p.warn("%s", problem)
		}
	}
	if n := len(p.spoken); n > 0 {
		p.warn("%s the text in a path or a name, and no entry can be altered: %s%s", map[bool]string{true: "an entry has", false: thousands(n) + " entries have"}[n == 1],
			strings.Join(p.spoken[:min(n, 5)], "; "), map[bool]string{true: "; …"}[n > 5])
	}
	return nil
}
