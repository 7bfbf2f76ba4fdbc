package tracker

// handleState turns the events that tell on what cells ran into entries.
func (s *scribe) handleState(e Event) {
	switch e := e.(type) {
	case EnvironmentCaptured:
		h := header(e.Time, e.Session, ID{})
		s.append(&EnvironmentEntry{Header: h, Environment: s.put(e.Document, h)})
	case CodeCaptured:
		s.codeCaptured(e)
	case FilesObserved:
		h := header(e.Time, e.Session, e.Execution)
		s.append(&FilesEntry{Header: h, Observed: s.put(e.Observed, h), Read: e.Read, Written: e.Written,
			Processes: e.Processes, Hosts: e.Hosts, Missing: clip(e.Missing)})
	case SnapshotTaken:
		s.snapshotTaken(e)
	case BlobsRemoved:
		h := header(e.Time, ID{}, ID{})
		s.append(&RemovedEntry{Header: h, Reason: clip(e.Reason), Remote: clip(e.Remote), By: clip(e.By),
			Removed: s.put(e.List, h), Count: e.Count, Bytes: e.Bytes})
	}
}

func (s *scribe) codeCaptured(e CodeCaptured) {
	h := header(e.Time, e.Session, e.Execution)
	tags := make([]string, len(e.Tags))
	for i, tag := range e.Tags {
		tags[i] = clip(tag)
	}
	s.append(&CodeEntry{Header: h, Repository: clip(e.Repository), Commit: clip(e.Commit), Branch: clip(e.Branch),
		Remote: clip(e.Remote), Tags: tags, Flags: e.Flags, Dirty: e.Dirty, Changes: s.put(e.Changes, h), Missing: clip(e.Missing)})
}

func (s *scribe) snapshotTaken(e SnapshotTaken) {
	h := header(e.Time, e.Session, e.Execution)
	s.append(&SnapshotEntry{Header: h, Snapshot: e.Snapshot, Name: clip(e.Name), Path: clip(e.Path), Tree: e.Tree,
		Files: e.Files, Bytes: e.Bytes, Profile: s.put(e.Profile, h), Checks: s.put(e.Checks, h), Failed: e.Failed,
		Owner: clip(e.Owner), Source: clip(e.Source), Licence: clip(e.Licence), Sensitive: clip(e.Sensitive), Missing: clip(e.Missing)})
}
