package gitstate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
)

// State is the code state of a folder's repository at one moment.
type State struct {
	Repository
	Time    time.Time // when it was looked at
	Commit  string    // HEAD, hexadecimal; empty before the first commit
	Branch  string    // without refs/heads/; empty when HEAD is detached
	Remote  string    // URL without credentials
	Tags    []string  // that lead to Commit, sorted
	Flags   []Flag
	Changes []Change // sorted by the bytes of their paths
	Missing []string // what could not be found out, for people
}

// Flag says what is special about a repository.
type Flag string

// The flags.
const (
	Absent       Flag = "absent" // there is no repository
	Bare         Flag = "bare"
	Shallow      Flag = "shallow"
	Linked       Flag = "linked worktree"
	Detached     Flag = "detached"
	Unborn       Flag = "no commits yet"
	Sparse       Flag = "sparse" // some of HEAD's files are not in the work tree on purpose
	Merging      Flag = "merging"
	Rebasing     Flag = "rebasing"
	Picking      Flag = "cherry-picking"
	Reverting    Flag = "reverting"
	Bisecting    Flag = "bisecting"
	Applying     Flag = "applying patches"
	Inaccessible Flag = "unreadable" // there is a repository, and gemba cannot read it
)

// operations are the files in a git folder that tell what is going on.
var operations = []struct {
	file string
	flag Flag
}{
	{"MERGE_HEAD", Merging},
	{"rebase-merge", Rebasing},
	{"rebase-apply/rebasing", Rebasing},
	{"rebase-apply/applying", Applying},
	{"CHERRY_PICK_HEAD", Picking},
	{"REVERT_HEAD", Reverting},
	{"BISECT_LOG", Bisecting},
}

// Is reports whether a flag is set.
func (s *State) Is(f Flag) bool { return slices.Contains(s.Flags, f) }

func (s *State) missing(format string, args ...any) {
	s.Missing = append(s.Missing, fmt.Sprintf(format, args...))
}

// Dirty is how many paths differ from HEAD. Files that git calls clean although their bytes are not HEAD's
// (see Filtered), and those left out of a sparse work tree, do not count, nor do the files inside a submodule, which
// counts itself.
func (s *State) Dirty() (n int) {
	for i := range s.Changes {
		if s.Changes[i].dirty() {
			n++
		}
	}
	return n
}

// Document returns the changes as a document, see FORMAT.md; empty when there are none.
func (s *State) Document() []byte {
	var b []byte
	for i := range s.Changes {
		b = s.Changes[i].appendJSON(b)
	}
	return b
}

// Event returns what a ledger is told of the state; whoever records it adds session and execution.
func (s *State) Event() tracker.CodeCaptured {
	flags := make([]string, len(s.Flags))
	for i, f := range s.Flags {
		flags[i] = string(f)
	}
	where := s.Root
	if where == "" {
		where = s.GitDir
	}
	return tracker.CodeCaptured{Time: s.Time, Repository: where, Commit: s.Commit, Branch: s.Branch, Remote: s.Remote,
		Tags: s.Tags, Flags: flags, Dirty: s.Dirty(), Changes: s.Document(), Missing: strings.Join(s.Missing, "; ")}
}

// shown is how many paths a message names.
const shown = 3

// Check returns what a policy has to say about a state: a message for people, empty when nothing is to
// be said, and whether no cell may run.
func (s *State) Check(p settings.Policy) (message string, refused bool) {
	n := s.Dirty()
	if p == settings.Record || p == "" || n == 0 {
		return "", false
	}
	var names []string
	for i := range s.Changes {
		if c := &s.Changes[i]; c.dirty() && len(names) < shown {
			names = append(names, fmt.Sprintf("%s (%s)", strings.ToValidUTF8(c.Path, "�"), c.Status))
		}
	}
	if n > shown {
		names = append(names, "…")
	}
	message = fmt.Sprintf("%d paths differ from the last commit: %s", n, strings.Join(names, ", "))
	if n == 1 {
		message = "1 path differs from the last commit: " + names[0]
	}
	if p == settings.Refuse {
		return message + `. No cell runs with "code": "refuse" in gemba.json; commit first, for instance with gemba commit -m MESSAGE`, true
	}
	return message, false
}
