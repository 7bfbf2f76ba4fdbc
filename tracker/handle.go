package tracker

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// handle turns one event into entries and blobs. Nothing here touches the disk.
func (s *scribe) handle(e Event) {
	switch e := e.(type) {
	case SessionOpened:
		s.sessionOpened(e)
	case CellStarted:
		s.cellStarted(e)
	case CellOutput:
		s.cellOutput(e)
	case CellFinished:
		s.cellFinished(e)
	case Interrupted:
		s.append(&InterruptedEntry{Header: header(e.Time, e.Session, e.Execution), By: s.clip(e.By)})
	case Gap:
		s.append(&GapEntry{Header: header(e.Time, e.Session, e.Execution), Reason: s.clip(e.Reason)})
	case SessionClosed:
		s.cutBatches(true, true)
		s.append(&SessionClosedEntry{Header: header(e.Time, e.Session, ID{}), Reason: s.clip(e.Reason)})
	default:
		s.handleState(e)
	}
}

func header(t time.Time, session, execution ID) Header {
	return Header{Time: t, Session: session, Execution: execution}
}

// maxField is how long a text inside an entry may be in bytes. Longer ones are cut: a path or a
// name of that length is no longer one, and a line must stay short.
const maxField = 4096

// clip makes a text fit for an entry. One that would pass for a digest, which names a blob, gets a
// sign behind it that no digest has.
func clip(s string) string {
	if _, err := ParseDigest(s); err == nil {
		return s + "…"
	}
	if len(s) <= maxField {
		return s
	}
	end := maxField
	for end > maxField-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// append adds an entry, which tells of the secrets replaced since the one before. It can fail only for an
// entry that cannot be encoded, which is recorded instead.
func (s *scribe) append(e Entry) {
	e.Head().Redactions, e.Head().Redacted = s.tally.count, s.tally.rules
	s.tally = tally{}
	if err := s.journal.Append(e); err != nil {
		h := e.Head()
		_ = s.journal.Append(&GapEntry{Header: header(s.options.Now(), h.Session, h.Execution), Reason: clip(err.Error())})
	}
}

// put stores b as a blob and returns its digest. Nothing to store is no blob.
func (s *scribe) put(b []byte, of Header) Digest {
	if len(b) == 0 {
		return Digest{}
	}
	d, err := s.journal.Put(b)
	if err != nil {
		s.append(&GapEntry{Header: of, Reason: clip(err.Error()), Bytes: int64(len(b))})
	}
	return d
}

func (s *scribe) sessionOpened(e SessionOpened) {
	s.append(&SessionOpenedEntry{
		Header: header(e.Time, e.Session, ID{}),
		Engine: s.clip(e.Engine), EngineVersion: s.clip(e.EngineVersion), Gemba: s.clip(e.Gemba),
		Notebook: s.clip(e.Notebook), Dir: s.clip(e.Dir), Host: s.clip(e.Host), User: s.clip(e.User),
		PID: e.PID, Command: s.clip(e.Command),
	})
}

func (s *scribe) cellStarted(e CellStarted) {
	h := header(e.Time, e.Session, e.Execution)
	c := newCell(h, s.options)
	s.cells[e.Execution] = c
	source := s.source(e.Source)
	started := &CellStartedEntry{
		Header: h, Count: e.Count, CellID: s.clip(e.CellID), Notebook: s.clip(e.Notebook),
		Source: s.put(source, h), SourceSize: int64(len(source)), Silent: e.Silent,
	}
	c.waiting.tally.take(&s.tally)
	s.append(started)
}

// cell returns the running cell of an execution, which is made up when its start was lost.
func (s *scribe) cell(execution ID, t time.Time) *cell {
	c, ok := s.cells[execution]
	if !ok {
		c = newCell(header(t, ID{}, execution), s.options)
		s.cells[execution] = c
	}
	return c
}

func (s *scribe) cellOutput(e CellOutput) {
	c := s.cell(e.Execution, e.Time)
	c.add(e)
	if c.batch.full() {
		s.cut(c)
	}
}

func (s *scribe) cellFinished(e CellFinished) {
	c := s.cell(e.Execution, e.Time)
	delete(s.cells, e.Execution)
	c.release(true)
	s.cut(c)
	s.keepTail(c)
	h := header(e.Time, c.head.Session, e.Execution)
	finished := &CellFinishedEntry{
		Header: h, Status: e.Status, ErrorName: s.clip(e.ErrorName), ErrorValue: s.put(s.text(e.ErrorValue), h),
		Wall: max(0, e.Time.Sub(c.head.Time)), Build: e.Build, Run: e.Run, UserCPU: e.UserCPU, SystemCPU: e.SystemCPU,
		MaxRSS: e.MaxRSS, Reused: e.Reused, Backend: s.clip(e.Backend),
		Declarations: s.put(s.document(names(e.Declarations)), h), Program: s.put(s.text(e.Program), h),
		Names: s.put(s.document(e.Names.encode()), h),
		GoMod: s.put([]byte(e.GoMod), h), GoSum: s.put([]byte(e.GoSum), h),
		Messages: c.messages, OutputBytes: c.bytes, OutputSHA256: c.sum(),
		Truncated: c.truncated, DroppedBytes: c.dropped,
	}
	s.tally.take(&c.waiting.tally)
	s.append(finished)
}

// names returns a list of names as the blob holds them; no name is no blob.
func names(list []string) []byte {
	if len(list) == 0 {
		return nil
	}
	b, _ := json.Marshal(list) // strings always encode
	return b
}

// encode returns the names as the blob holds them; what is not known is no blob.
func (n Names) encode() []byte {
	if n.Bound == nil && len(n.Used)+len(n.Imports)+len(n.Seeds) == 0 {
		return nil
	}
	b, _ := json.Marshal(n) // strings always encode
	return b
}

// cutBatches writes the outputs that have waited long enough, or all of them; at the end also those that
// wait for what would complete them.
func (s *scribe) cutBatches(all, end bool) {
	for _, c := range s.cells {
		if due, ok := c.due(s.options.Batch); all || ok && due <= 0 {
			c.release(end || c.overdue())
			s.cut(c)
		}
	}
}

// cut writes a cell's batch.
func (s *scribe) cut(c *cell) {
	if !c.batch.empty() {
		s.outputs(c, c.cut(), false)
	}
}

// keepTail writes the end of outputs that were too many.
func (s *scribe) keepTail(c *cell) {
	for batch := range slices.Values(c.tail.batches()) {
		s.outputs(c, batch, true)
	}
}

func (s *scribe) outputs(c *cell, b encoded, tail bool) {
	h := header(b.time, c.head.Session, c.head.Execution)
	s.append(&CellOutputsEntry{
		Header: h, Outputs: s.put(b.lines, h), Size: int64(len(b.lines)), Count: b.count, Messages: b.messages, Tail: tail,
	})
}

// recordLosses writes a gap for each cell execution of which something did not fit into the queue.
func (s *scribe) recordLosses() {
	s.mu.Lock()
	lost := s.lost
	s.lost = nil
	s.mu.Unlock()
	for execution, l := range lost {
		h := header(s.options.Now(), ID{}, execution)
		if c, running := s.cells[execution]; running {
			h.Session = c.head.Session
			c.inexact = true
		}
		reason := fmt.Sprintf("%d events were not recorded: %s", l.events, l.reason)
		s.append(&GapEntry{Header: h, Reason: s.clip(reason), Since: l.since.UTC(), Events: l.events, Bytes: l.bytes})
	}
}
