package index

import (
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// projections maps a kind of entry to what it does to the tables. A kind that is missing here is not
// projected: it concerns the journals alone, or a newer gemba wrote it.
var projections = map[tracker.Kind]func(*batch, journal.Record) error{
	tracker.KindJournalOpened: of(journalOpened),
	tracker.KindSessionOpened: of(sessionOpened),
	tracker.KindSessionClosed: of(sessionClosed),
	tracker.KindCellStarted:   of(cellStarted),
	tracker.KindCellOutputs:   of(cellOutputs),
	tracker.KindCellFinished:  of(cellFinished),
	tracker.KindInterrupted:   of(interrupted),
	tracker.KindGap:           of(gap),
	tracker.KindEnvironment:   of(environment),
	tracker.KindCode:          of(code),
	tracker.KindFiles:         of(observation),
	tracker.KindUsage:         of(used),
	tracker.KindSnapshot:      of(snapshot),
	tracker.KindRemoved:       of(removed),
}

// of makes a projection of one type of entry usable for any record.
func of[E tracker.Entry](project func(*batch, place, E) error) func(*batch, journal.Record) error {
	return func(b *batch, r journal.Record) error {
		e, ok := r.Entry.(E)
		if !ok {
			return nil
		}
		return project(b, place{r.Journal.String(), r.N}, e)
	}
}

// place names an entry: the key of every row.
type place struct {
	journal string
	entry   int64
}

// take projects an entry, and reports whether it is one about runs.
func (b *batch) take(r journal.Record) (runs bool, err error) {
	kind := r.Entry.Head().Kind
	if project, ok := projections[kind]; ok {
		return false, project(b, r)
	}
	if project, ok := runProjections[kind]; ok {
		return true, project(b, r)
	}
	return false, nil
}

// timeLayout has one width, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

// timeText writes a time for the tables, the zero time as the empty string.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

func journalOpened(b *batch, at place, e *tracker.JournalOpenedEntry) error {
	return b.exec("INSERT INTO journals (id, writer) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET writer = excluded.writer",
		at.journal, e.Writer)
}

func sessionOpened(b *batch, at place, e *tracker.SessionOpenedEntry) error {
	b.sessions[e.Session] = true
	return b.exec(`INSERT INTO sessions (journal, entry, id, status, started, engine, engine_version, gemba, notebook, dir, host, user, pid, command)
		VALUES (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		at.journal, at.entry, e.Session.String(), timeText(e.Time), e.Engine, e.EngineVersion, e.Gemba, e.Notebook, e.Dir, e.Host, e.User, e.PID, e.Command)
}

func sessionClosed(b *batch, at place, e *tracker.SessionClosedEntry) error {
	b.sessions[e.Session] = true
	return b.exec("UPDATE sessions SET status = 'closed', ended = ?, end_reason = ? WHERE id = ? AND journal = ?",
		timeText(e.Time), e.Reason, e.Session.String(), at.journal)
}

func cellStarted(b *batch, at place, e *tracker.CellStartedEntry) error {
	return b.exec(`INSERT INTO cells (journal, entry, id, session, status, started, count, cell_id, notebook, silent, source, source_size)
		VALUES (?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?)`,
		at.journal, at.entry, e.Execution.String(), e.Session.String(), timeText(e.Time), e.Count, e.CellID, e.Notebook, e.Silent, e.Source.String(), e.SourceSize)
}

func cellOutputs(b *batch, at place, e *tracker.CellOutputsEntry) error {
	return b.exec(`INSERT INTO outputs (journal, entry, execution, time, digest, size, count, messages, tail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		at.journal, at.entry, e.Execution.String(), timeText(e.Time), e.Outputs.String(), e.Size, e.Count, e.Messages, e.Tail)
}

// cellFinished completes the row that cellStarted made, or makes one where the start was lost in a gap.
func cellFinished(b *batch, at place, e *tracker.CellFinishedEntry) error {
	found, err := finishCell(b, at, e)
	if err != nil || found {
		return err
	}
	start := &tracker.CellStartedEntry{Header: e.Header}
	if err := cellStarted(b, at, start); err != nil {
		return err
	}
	_, err = finishCell(b, at, e)
	return err
}

func finishCell(b *batch, at place, e *tracker.CellFinishedEntry) (found bool, err error) {
	n, err := b.change(`UPDATE cells SET status = ?, finished = ?, wall_ns = ?, build_ns = ?, run_ns = ?, user_cpu_ns = ?, system_cpu_ns = ?,
			max_rss = ?, reused = ?, backend = ?, error_name = ?, error_value = ?, declarations = ?, names = ?, program = ?, go_mod = ?, go_sum = ?, redactions = ?, redacted = ?,
			messages = ?, output_bytes = ?, output_sha256 = ?, truncated = ?, dropped_bytes = ?
		WHERE id = ? AND journal = ?`,
		string(e.Status), timeText(e.Time), int64(e.Wall), int64(e.Build), int64(e.Run), int64(e.UserCPU), int64(e.SystemCPU),
		e.MaxRSS, e.Reused, e.Backend, e.ErrorName, e.ErrorValue.String(), e.Declarations.String(), e.Names.String(), e.Program.String(), e.GoMod.String(), e.GoSum.String(), e.Redactions, strings.Join(e.Redacted, " "),
		e.Messages, e.OutputBytes, e.OutputSHA256, e.Truncated, e.DroppedBytes,
		e.Execution.String(), at.journal)
	return n > 0, err
}

func interrupted(b *batch, at place, e *tracker.InterruptedEntry) error {
	return b.exec(`INSERT INTO interrupts (journal, entry, session, execution, time, "by") VALUES (?, ?, ?, ?, ?, ?)`,
		at.journal, at.entry, e.Session.String(), e.Execution.String(), timeText(e.Time), e.By)
}

func gap(b *batch, at place, e *tracker.GapEntry) error {
	return b.exec("INSERT INTO gaps (journal, entry, session, execution, time, reason, since, events, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		at.journal, at.entry, e.Session.String(), e.Execution.String(), timeText(e.Time), e.Reason, timeText(e.Since), e.Events, e.Bytes)
}
