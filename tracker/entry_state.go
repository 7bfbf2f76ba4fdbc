package tracker

// A document is a blob of JSON lines. Like in an entry, each JSON string in it that is a digest names a
// blob, and a member that DocumentMember knows names another document.

// DocumentMember reports whether a member with this name, of an entry or of a document, names a document.
func DocumentMember(name string) bool {
	switch name {
	case "tree", "changes", "observed", "environment", "profile", "checks", "removed":
		return true
	}
	return false
}

// EnvironmentEntry records EnvironmentCaptured.
type EnvironmentEntry struct {
	Header
	Environment Digest `json:"environment,omitzero"`
}

// CodeEntry records CodeCaptured.
type CodeEntry struct {
	Header
	Repository string   `json:"repository,omitempty"`
	Commit     string   `json:"commit,omitempty"` // HEAD
	Branch     string   `json:"branch,omitempty"`
	Remote     string   `json:"remote,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Flags      []string `json:"flags,omitempty"`
	Dirty      int      `json:"dirty,omitempty"`
	Changes    Digest   `json:"changes,omitzero"`
	Missing    string   `json:"missing,omitempty"`
}

// FilesEntry records FilesObserved.
type FilesEntry struct {
	Header
	Observed  Digest `json:"observed,omitzero"`
	Read      int    `json:"read,omitempty"`
	Written   int    `json:"written,omitempty"`
	Processes int    `json:"processes,omitempty"`
	Hosts     int    `json:"hosts,omitempty"`
	Missing   string `json:"missing,omitempty"`
}

// SnapshotEntry records SnapshotTaken.
type SnapshotEntry struct {
	Header
	Snapshot  ID     `json:"snapshot"`
	Name      string `json:"name,omitempty"`
	Path      string `json:"path,omitempty"`
	Tree      Digest `json:"tree,omitzero"`
	Files     int64  `json:"files"`
	Bytes     int64  `json:"bytes"`
	Profile   Digest `json:"profile,omitzero"`
	Checks    Digest `json:"checks,omitzero"`
	Failed    int    `json:"failed,omitempty"`
	Owner     string `json:"owner,omitempty"`
	Source    string `json:"source,omitempty"`
	Licence   string `json:"licence,omitempty"`
	Sensitive string `json:"sensitive,omitempty"`
	Missing   string `json:"missing,omitempty"`
}

// RemovedEntry records BlobsRemoved: a tombstone. Its document has a line {"sha256":…,"size":…} for each
// blob; the hash is bare, since it names no blob any more.
type RemovedEntry struct {
	Header
	Reason  string `json:"reason"`
	Remote  string `json:"remote,omitempty"`
	By      string `json:"by,omitempty"`
	Removed Digest `json:"removed,omitzero"`
	Count   int64  `json:"count"`
	Bytes   int64  `json:"bytes"`
}
