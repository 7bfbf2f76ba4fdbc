package tracker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// The kinds of entries, format 1.
const (
	KindJournalOpened Kind = "journal.opened"
	KindJournalClosed Kind = "journal.closed"
	KindLedgerOpened  Kind = "ledger.opened"
	KindCheckpoint    Kind = "journal.checkpoint"
	KindSessionOpened Kind = "session.opened"
	KindSessionClosed Kind = "session.closed"
	KindCellStarted   Kind = "cell.started"
	KindCellOutputs   Kind = "cell.outputs"
	KindCellFinished  Kind = "cell.finished"
	KindInterrupted   Kind = "interrupted"
	KindGap           Kind = "gap"
	KindEnvironment   Kind = "environment"
	KindCode          Kind = "code"
	KindFiles         Kind = "cell.files"
	KindUsage         Kind = "cell.usage"
	KindSnapshot      Kind = "snapshot"
	KindRemoved       Kind = "blobs.removed"
	KindExperiment    Kind = "experiment"
	KindRun           Kind = "run"
	KindLogged        Kind = "run.logged"
	KindArtifact      Kind = "run.artifact"
	KindModel         Kind = "model"
	KindView          Kind = "view"
	KindReview        Kind = "review"
)

// kinds maps each kind to a maker of its Go type. A new kind of the same format is one line here.
var kinds = map[Kind]func() Entry{
	KindJournalOpened: func() Entry { return new(JournalOpenedEntry) },
	KindJournalClosed: func() Entry { return new(JournalClosedEntry) },
	KindLedgerOpened:  func() Entry { return new(LedgerOpenedEntry) },
	KindCheckpoint:    func() Entry { return new(CheckpointEntry) },
	KindSessionOpened: func() Entry { return new(SessionOpenedEntry) },
	KindSessionClosed: func() Entry { return new(SessionClosedEntry) },
	KindCellStarted:   func() Entry { return new(CellStartedEntry) },
	KindCellOutputs:   func() Entry { return new(CellOutputsEntry) },
	KindCellFinished:  func() Entry { return new(CellFinishedEntry) },
	KindInterrupted:   func() Entry { return new(InterruptedEntry) },
	KindGap:           func() Entry { return new(GapEntry) },
	KindEnvironment:   func() Entry { return new(EnvironmentEntry) },
	KindCode:          func() Entry { return new(CodeEntry) },
	KindFiles:         func() Entry { return new(FilesEntry) },
	KindUsage:         func() Entry { return new(UsageEntry) },
	KindSnapshot:      func() Entry { return new(SnapshotEntry) },
	KindRemoved:       func() Entry { return new(RemovedEntry) },
	KindExperiment:    func() Entry { return new(ExperimentEntry) },
	KindRun:           func() Entry { return new(RunEntry) },
	KindLogged:        func() Entry { return new(LoggedEntry) },
	KindArtifact:      func() Entry { return new(ArtifactEntry) },
	KindModel:         func() Entry { return new(ModelEntry) },
	KindView:          func() Entry { return new(ViewEntry) },
	KindReview:        func() Entry { return new(ReviewEntry) },
}

// kindOf is the table the other way round.
var kindOf = func() map[reflect.Type]Kind {
	m := make(map[reflect.Type]Kind, len(kinds))
	for kind, make := range kinds {
		m[reflect.TypeOf(make())] = kind
	}
	return m
}()

// EncodeEntry returns e as one line of JSON without its line end. It sets the entry's kind.
func EncodeEntry(e Entry) ([]byte, error) {
	kind, ok := kindOf[reflect.TypeOf(e)]
	if !ok {
		return nil, fmt.Errorf("encode entry: no kind for %T", e)
	}
	e.Head().Kind = kind
	e.Head().Time = encodable(e.Head().Time)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("encode %s entry: %w", kind, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// encodable returns t in UTC, or no time when a clock has jumped to a year that JSON has no form for (RFC 3339).
func encodable(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// ErrEntry says that a line is not an entry.
var ErrEntry = errors.New("not an entry")

// DecodeEntry parses one line of a journal. A kind it does not know becomes an *UnknownEntry.
func DecodeEntry(line []byte) (Entry, error) {
	kind, err := kindOfLine(line)
	if err != nil {
		return nil, err
	}
	var e Entry
	if newEntry, known := kinds[kind]; known {
		e = newEntry()
	} else {
		e = &UnknownEntry{Line: bytes.Clone(line)}
	}
	if err := json.Unmarshal(line, e); err != nil {
		return nil, fmt.Errorf("decode %s entry: %w: %w", kind, ErrEntry, err)
	}
	e.Head().Kind = kind
	return e, nil
}

// kindPrefix is how gemba begins every line; it saves parsing a line twice.
var kindPrefix = []byte(`{"kind":"`)

func kindOfLine(line []byte) (Kind, error) {
	if rest, ok := bytes.CutPrefix(line, kindPrefix); ok {
		if end := bytes.IndexAny(rest, `"\`); end > 0 && rest[end] == '"' {
			return Kind(rest[:end]), nil
		}
	}
	var head struct{ Kind Kind }
	if err := json.Unmarshal(line, &head); err != nil {
		return "", fmt.Errorf("decode entry: %w: %w", ErrEntry, err)
	}
	if head.Kind == "" {
		return "", fmt.Errorf("decode entry: %w: it has no kind", ErrEntry)
	}
	return head.Kind, nil
}
