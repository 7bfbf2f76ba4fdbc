package tracker

// handleState turns the events that tell on what cells ran into entries.
func (s *scribe) handleState(e Event) {
	switch e := e.(type) {
	case EnvironmentCaptured:
		h := header(e.Time, e.Session, ID{})
		s.append(&EnvironmentEntry{Header: h, Environment: s.put(s.document(e.Document), h)})
	case CodeCaptured:
		s.codeCaptured(e)
	case FilesObserved:
		h := header(e.Time, e.Session, e.Execution)
		s.append(&FilesEntry{Header: h, Observed: s.put(s.document(e.Observed), h), Read: e.Read, Written: e.Written,
			Processes: e.Processes, Hosts: e.Hosts, Missing: s.clip(e.Missing)})
	case CellUsed:
		s.cellUsed(e)
	case SnapshotTaken:
		s.snapshotTaken(e)
	case BlobsRemoved:
		h := header(e.Time, ID{}, ID{})
		s.append(&RemovedEntry{Header: h, Reason: s.clip(e.Reason), Remote: s.clip(e.Remote), By: s.clip(e.By),
			Removed: s.put(e.List, h), Count: e.Count, Bytes: e.Bytes})
	default:
		s.handleRun(e)
	}
}

func (s *scribe) codeCaptured(e CodeCaptured) {
	h := header(e.Time, e.Session, e.Execution)
	tags := make([]string, len(e.Tags))
	for i, tag := range e.Tags {
		tags[i] = s.clip(tag)
	}
	s.append(&CodeEntry{Header: h, Repository: s.clip(e.Repository), Commit: s.clip(e.Commit), Branch: s.clip(e.Branch),
		Remote: s.clip(e.Remote), Tags: tags, Flags: e.Flags, Dirty: e.Dirty, Changes: s.put(s.document(e.Changes), h), Missing: s.clip(e.Missing)})
}

func (s *scribe) snapshotTaken(e SnapshotTaken) {
	h := header(e.Time, e.Session, e.Execution)
	s.append(&SnapshotEntry{Header: h, Snapshot: e.Snapshot, Name: s.clip(e.Name), Path: s.clip(e.Path), Tree: e.Tree,
		Files: e.Files, Bytes: e.Bytes, Profile: s.put(s.document(e.Profile), h), Checks: s.put(s.document(e.Checks), h), Failed: e.Failed,
		Owner: s.clip(e.Owner), Source: s.clip(e.Source), Licence: s.clip(e.Licence), Sensitive: s.clip(e.Sensitive), Missing: s.clip(e.Missing)})
}
