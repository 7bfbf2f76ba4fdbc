package tracker

import "time"

// The events of this file tell on what a cell ran. Bytes that are many (the files of a snapshot, of a
// dirty work tree) are stored before the event, and the event holds their digests.

// EnvironmentCaptured tells the environment of a session as a document (see lineage/environ).
type EnvironmentCaptured struct {
	Session  ID
	Time     time.Time
	Document []byte
}

// CodeCaptured tells the code state of a cell execution, or of a session when Execution is zero.
type CodeCaptured struct {
	Session    ID
	Execution  ID
	Time       time.Time // when the work tree was looked at
	Repository string    // its root folder, empty when there is none
	Commit     string    // HEAD, empty before the first commit
	Branch     string    // empty when HEAD is detached
	Remote     string
	Tags       []string
	Flags      []string // what is special about the repository, in words: "bare", "merging", …
	Dirty      int      // how many paths differ from HEAD
	Changes    []byte   // document: a line for each of them (see lineage/gitstate); empty when there are none
	Missing    string   // why there is no code state, or what it lacks; for people
}

// FilesObserved tells what a cell execution read and wrote, which processes it started and which hosts it
// connected to, as a document (see lineage/observe).
type FilesObserved struct {
	Session   ID
	Execution ID
	Time      time.Time
	Observed  []byte
	Read      int
	Written   int
	Processes int
	Hosts     int
	Missing   string // what could not be observed, for people
}

// SnapshotTaken tells of files as they were at one moment; their bytes and trees are stored already.
type SnapshotTaken struct {
	Snapshot  ID
	Session   ID // zero when no cell took it
	Execution ID
	Time      time.Time
	Name      string
	Path      string // of what was taken, absolute
	Tree      Digest // document: see lineage/snapshot
	Files     int64
	Bytes     int64
	Profile   []byte // document: the profile of tables among the files, empty when there are none
	Checks    []byte // document: the data-quality rules and how each came out, empty without rules
	Failed    int    // how many rules failed
	Owner     string // the catalogue's line, as far as somebody wrote one
	Source    string
	Licence   string
	Sensitive string
	Missing   string // what the snapshot lacks, for people
}

// BlobsRemoved tells that bytes were taken out of the packs for good, or left to a remote.
type BlobsRemoved struct {
	Time   time.Time
	Reason string // "purged", "evicted" or "collected"
	Remote string // where evicted bytes still are
	By     string // who did it, and why
	List   []byte // document: a line for each blob
	Count  int64
	Bytes  int64
}

func (EnvironmentCaptured) event() {}
func (CodeCaptured) event()        {}
func (FilesObserved) event()       {}
func (SnapshotTaken) event()       {}
func (BlobsRemoved) event()        {}
