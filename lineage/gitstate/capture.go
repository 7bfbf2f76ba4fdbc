package gitstate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/gemba-ml/gemba/lineage/files"
)

// Options say how a Capturer works. All may be left zero.
type Options struct {
	Store          Store                       // nil: no contents are kept, only told of
	Screen         func([]byte) (clean []byte) // takes secrets out of what is stored; nil: nothing is taken out
	UntrackedLimit int64                       // larger untracked files are named, not kept; 0: the settings' default
	UntrackedTotal int64                       // of all untracked files together; 0: 100 times UntrackedLimit
	Leave          string                      // a folder whose untracked files are not the user's: the ledger; may be empty
	Parallel       bool                        // take all cores: for a person who waits, not beside a cell
	Reading        func(path string)           // told of each file of the work tree that was read, before it is closed; may be nil
	Now            func() time.Time            // nil: time.Now
}

const (
	defaultUntracked = 10_000_000
	untrackedTimes   = 100
)

// Capturer captures the code state of one folder, again and again, and remembers between captures what it read. It is
// for one goroutine at a time.
type Capturer struct {
	dir     string
	options Options
	depth   int // of submodules

	repository Repository
	rules      *rules
	refs       *refs
	objects    *objects
	index      *gitIndex
	indexFault error
	indexAt    remembered
	folders    *indexFolder
	trees      map[string]plumbing.Hash // of the commit that was HEAD last
	staged     *stagedDiff
	stagedOf   stagedKey
	memory     *memory
	objectsMu  sync.Mutex
	objectsPut map[plumbing.Hash]kept
	modulesMu  sync.Mutex
	modules    map[string]*Capturer
	pacer      *pacer // the submodules' too
}

// stagedKey says of what a stagedDiff was made.
type stagedKey struct {
	index *gitIndex
	tree  plumbing.Hash
}

// NewCapturer returns a Capturer for the repository that dir is in, if it is in one.
func NewCapturer(dir string, o Options) *Capturer {
	if o.UntrackedLimit == 0 {
		o.UntrackedLimit = defaultUntracked
	}
	if o.UntrackedTotal == 0 {
		o.UntrackedTotal = untrackedTimes * o.UntrackedLimit
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Capturer{dir: dir, options: o, pacer: &pacer{}}
}

// Forget drops what was remembered: the next capture stores all contents again. It is for when the store lost some.
func (c *Capturer) Forget() {
	c.Close()
	c.objects, c.rules, c.index, c.indexFault, c.staged, c.trees = nil, nil, nil, nil, nil, nil
}

// Close frees what the Capturer holds open.
func (c *Capturer) Close() {
	if c.objects != nil {
		c.objects.close()
	}
	for _, m := range c.modules {
		m.Close()
	}
}

// Capture tells the code state as it is now. What could not be found out is said in the state; an error means
// that ctx ended.
func (c *Capturer) Capture(ctx context.Context) (State, error) { return c.CaptureAt(ctx, nil) }

// CaptureAt is Capture at a pace: it asks now and then for how many times as long as it worked it is to rest, so that others
// have the machine meanwhile. It is not for a Capturer that takes all cores.
func (c *Capturer) CaptureAt(ctx context.Context, pace func() float64) (State, error) {
	c.pacer.begin(pace)
	return c.capture(ctx)
}

// settles is how often a state is captured again because HEAD moved meanwhile.
const settles = 3

func (c *Capturer) capture(ctx context.Context) (State, error) {
	for try := 1; ; try++ {
		state, before, err := c.once(ctx)
		if err != nil || before == (head{}) || c.refs.head() == before {
			return state, err
		}
		if try == settles {
			state.missing("HEAD moved while the state was captured: what differs from it may not be exact")
			return state, nil
		}
	}
}

// once captures the state, and tells where HEAD pointed when it began.
func (c *Capturer) once(ctx context.Context) (state State, h head, err error) {
	state.Time = c.options.Now()
	r, err := Find(c.dir)
	if err != nil {
		flag := Inaccessible
		if errors.Is(err, ErrNoRepository) {
			flag, err = Absent, ErrNoRepository
		}
		state.Flags = append(state.Flags, flag)
		state.missing("%v", err)
		return state, head{}, nil
	}
	c.at(r)
	state.Repository = r
	h = c.describe(&state)
	if state.Is(Inaccessible) || state.Is(Bare) {
		return state, h, nil
	}
	w := &work{Capturer: c, Repository: r, ctx: ctx}
	err = w.compare(&state)
	return state, h, err
}

// at makes c look at a repository: all that is known of another one is dropped.
func (c *Capturer) at(r Repository) {
	if c.repository != r || c.objects == nil {
		c.Forget()
		c.repository, c.refs, c.objects = r, &refs{Repository: r}, openObjects(r.Common)
		c.memory = &memory{known: map[string]*content{}}
		c.objectsPut, c.modules = map[plumbing.Hash]kept{}, map[string]*Capturer{}
	}
	c.rules = refreshRules(r, c.rules)
}

// describe tells everything but what differs.
func (c *Capturer) describe(s *State) head {
	cfg := c.rules.config
	s.Missing = append(s.Missing, cfg.faults...)
	h := c.refs.head()
	s.Commit, s.Branch = h.commit, strings.TrimPrefix(h.ref, "refs/heads/")
	s.Remote = remoteOf(cfg, s.Branch)
	c.flags(s, h)
	if why := unreadable(cfg); why != "" {
		s.Flags = append(s.Flags, Inaccessible)
		s.missing("%s: only HEAD and branch are recorded", why)
		return h
	}
	if h.commit != "" {
		s.Tags = c.refs.tagsAt(h.commit, c.objects.peel)
	}
	return h
}

// unreadable says why gemba cannot read a repository's objects or references, empty when it can.
func unreadable(c *config) string {
	if f := c.last("extensions.objectformat"); f != "" && !strings.EqualFold(f, "sha1") {
		return "the repository names its objects by " + strings.ToUpper(f) + ", which go-git cannot read"
	}
	if f := c.last("extensions.refstorage"); f != "" && !strings.EqualFold(f, "files") {
		return "the repository keeps its references as " + f + ", which gemba cannot read"
	}
	if v := c.last("core.repositoryformatversion"); v != "" && v != "0" && v != "1" {
		return "the repository has format version " + v + ", which gemba does not know"
	}
	return ""
}

func (c *Capturer) flags(s *State, h head) {
	set := func(on bool, f Flag) {
		if on && !s.Is(f) {
			s.Flags = append(s.Flags, f)
		}
	}
	set(s.Root == "", Bare)
	set(exists(filepath.Join(s.Common, "shallow")), Shallow)
	set(s.GitDir != s.Common, Linked)
	set(h.ref == "" && h.commit != "", Detached)
	set(h.commit == "", Unborn)
	for _, o := range operations {
		set(exists(filepath.Join(s.GitDir, filepath.FromSlash(o.file))), o.flag)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// loadIndex reads the index if it changed. One that cannot be read is replaced by what HEAD holds, so that
// the work tree can be compared at all.
func (c *Capturer) loadIndex(s *State, tree plumbing.Hash) {
	file := filepath.Join(s.GitDir, "index")
	if c.index == nil || !c.indexAt.holds(file) || c.indexFault != nil {
		c.indexAt = remember(file)
		if c.index, c.indexFault = readIndex(s.GitDir); c.indexFault != nil {
			c.index = c.objects.asIndex(tree)
		}
		c.folders = foldersOf(c.index.entries)
	}
	if c.indexFault != nil {
		s.missing("%v: the work tree is compared with HEAD alone, and what is staged is not recorded", c.indexFault)
	}
}

// stage compares index and HEAD, unless that was done for the same two.
func (c *Capturer) stage(s *State, tree plumbing.Hash) {
	key := stagedKey{c.index, tree}
	if c.staged != nil && c.stagedOf == key {
		return
	}
	var err error
	c.staged, err = diffHead(c.objects, c.index, tree)
	c.stagedOf = key
	if err != nil {
		c.stagedOf = stagedKey{}
		s.missing("HEAD cannot be compared with the index: %v", err)
	}
}

// headTree returns the tree of HEAD, zero before the first commit.
func (c *Capturer) headTree(s *State) plumbing.Hash {
	if s.Commit == "" {
		return plumbing.ZeroHash
	}
	if tree, ok := c.trees[s.Commit]; ok {
		return tree
	}
	tree, err := c.objects.treeOf(plumbing.NewHash(s.Commit))
	if err != nil {
		s.missing("HEAD: %v", err)
		return plumbing.ZeroHash
	}
	c.trees = map[string]plumbing.Hash{s.Commit: tree}
	return tree
}

// work is one capture.
type work struct {
	*Capturer
	Repository
	ctx     context.Context
	root    *files.Root
	entries []indexEntry
}

// compare finds what differs from HEAD.
func (w *work) compare(s *State) (err error) {
	if w.root, err = files.OpenRoot(s.Root); err != nil {
		s.missing("the work tree cannot be read: %v", err)
		return nil
	}
	w.root.Closing = w.options.Reading
	defer func() { _ = w.root.Close() }()
	tree := w.headTree(s)
	w.loadIndex(s, tree)
	w.stage(s, tree)
	w.entries = w.index.entries
	scan := &scan{work: w}
	if err := scan.run(w.root, !w.options.Parallel); err != nil {
		return fmt.Errorf("capture code state: %w", err)
	}
	s.Missing = append(s.Missing, scan.missing...)
	all := w.withStagedDeletions(scan.found)
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.path, b.path) })
	w.budget(all)
	changes, err := w.judge(all)
	if err != nil {
		return fmt.Errorf("capture code state: %w", err)
	}
	w.memory.next()
	s.Changes = renamed(changes)
	if slices.ContainsFunc(s.Changes, func(c Change) bool { return c.Status == Left && c.Module == "" }) {
		s.Flags = append(s.Flags, Sparse)
	}
	return nil
}
