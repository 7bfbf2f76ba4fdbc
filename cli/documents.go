package cli

import (
	"cmp"
	"strings"

	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/observe"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
)

// documents reads the documents of package lineage for package account.
type documents struct{}

// Observed reads what a cell touched.
func (documents) Observed(document []byte) (t account.Touched, err error) {
	d, err := observe.Parse(document)
	for _, f := range d.Files {
		t.Files = append(t.Files, touchedFile(f))
	}
	for _, p := range d.Processes {
		t.Commands = append(t.Commands, strings.ToValidUTF8(string(p.Command), "�"))
	}
	for _, h := range d.Hosts {
		t.Connected = append(t.Connected, h.Host)
	}
	return t, err
}

func touchedFile(f observe.File) account.File {
	return account.File{
		Path: strings.ToValidUTF8(string(f.Path), "�"), Read: f.Read, Written: f.Written, Created: f.Created, Removed: f.Removed, Absent: f.Absent, Size: f.Size,
		Before: bareDigest(f.Before, f.BeforeSHA256), After: bareDigest(f.After, f.AfterSHA256),
		Kept: !f.Before.IsZero() || !f.After.IsZero(), Missing: cmp.Or(f.Missing, f.Why),
	}
}

// bareDigest returns a digest without its algorithm.
func bareDigest(d tracker.Digest, hash string) string {
	return cmp.Or(strings.TrimPrefix(d.String(), "sha256:"), hash)
}

// Changes reads which paths differ from a commit, and how.
func (documents) Changes(document []byte) (list []account.PathState, err error) {
	all, err := gitstate.ParseChanges(document)
	for _, c := range all {
		list = append(list, account.PathState{Path: strings.ToValidUTF8(c.Path, "�"), State: strings.TrimSpace(string(c.Status) + " " + c.Digest.String() + c.Commit)})
	}
	return list, err
}

// Facts reads an environment.
func (documents) Facts(document []byte) ([]account.Fact, error) {
	e, err := environ.Parse(document)
	return factsOf(e), err
}

// Modules returns the facts of a module.
func (documents) Modules(goMod, goSum string) ([]account.Fact, error) {
	e, err := environ.Modules(goMod, goSum)
	return factsOf(e), err
}

// Join joins two environments.
func (documents) Join(a, b []account.Fact) []account.Fact {
	return factsOf(environ.Join(environmentOf(a), environmentOf(b)))
}

// Differences compares two environments.
func (documents) Differences(a, b []account.Fact) (list []account.FactChange) {
	for _, d := range environ.Diff(environmentOf(a), environmentOf(b)) {
		list = append(list, account.FactChange(d))
	}
	return list
}

func factsOf(e environ.Environment) (list []account.Fact) {
	for _, f := range e {
		list = append(list, account.Fact(f))
	}
	return list
}

func environmentOf(list []account.Fact) (e environ.Environment) {
	for _, f := range list {
		e = append(e, environ.Fact(f))
	}
	return e
}
