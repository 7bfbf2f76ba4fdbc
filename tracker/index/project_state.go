package index

import (
	"encoding/json"
	"errors"

	"github.com/gemba-ml/gemba/tracker"
)

func environment(b *batch, at place, e *tracker.EnvironmentEntry) error {
	return b.exec("INSERT INTO environments (journal, entry, session, time, environment) VALUES (?, ?, ?, ?, ?)",
		at.journal, at.entry, e.Session.String(), timeText(e.Time), e.Environment.String())
}

func code(b *batch, at place, e *tracker.CodeEntry) error {
	tags, errTags := json.Marshal(append([]string{}, e.Tags...))
	flags, errFlags := json.Marshal(append([]string{}, e.Flags...))
	if err := errors.Join(errTags, errFlags); err != nil {
		return err
	}
	return b.exec(`INSERT INTO code_states (journal, entry, session, execution, time, repository, "commit", branch, remote, tags, flags, dirty, changes, missing)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		at.journal, at.entry, e.Session.String(), e.Execution.String(), timeText(e.Time), e.Repository, e.Commit, e.Branch, e.Remote,
		string(tags), string(flags), e.Dirty, e.Changes.String(), e.Missing)
}

func observation(b *batch, at place, e *tracker.FilesEntry) error {
	return b.exec(`INSERT INTO observations (journal, entry, session, execution, time, observed, read, written, processes, hosts, missing)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		at.journal, at.entry, e.Session.String(), e.Execution.String(), timeText(e.Time), e.Observed.String(),
		e.Read, e.Written, e.Processes, e.Hosts, e.Missing)
}

func snapshot(b *batch, at place, e *tracker.SnapshotEntry) error {
	return b.exec(`INSERT INTO snapshots (journal, entry, id, session, execution, started, name, path, tree, files, bytes, profile, checks, failed,
			owner, source, licence, sensitive, missing)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		at.journal, at.entry, e.Snapshot.String(), e.Session.String(), e.Execution.String(), timeText(e.Time), e.Name, e.Path,
		e.Tree.String(), e.Files, e.Bytes, e.Profile.String(), e.Checks.String(), e.Failed, e.Owner, e.Source, e.Licence, e.Sensitive, e.Missing)
}

func removed(b *batch, at place, e *tracker.RemovedEntry) error {
	b.purged = b.purged || e.Reason == "purged"
	return b.exec(`INSERT INTO removals (journal, entry, time, reason, remote, "by", removed, count, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		at.journal, at.entry, timeText(e.Time), e.Reason, e.Remote, e.By, e.Removed.String(), e.Count, e.Bytes)
}
