package gc

import (
	"bytes"
	"fmt"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/reach"
)

// measured is what is known of a blob.
type measured struct {
	raw, stored int64
	kind        string
	session     int32 // that needs it, or one of the words below
	cell        int32
	lastSession int32 // the last that counted it, from 1
	lastCell    int32
	recipe      bool
	chunk       bool // it is only known as a part of another
}

const (
	nobody int32 = -1
	shared int32 = -2
)

// meter finds out what needs each blob.
type meter struct {
	ledger   *journal.Ledger
	usage    *Usage
	blobs    map[tracker.Digest]*measured
	sessions map[sessionKey]int32
	cells    map[tracker.ID]int32

	documents map[tracker.Digest]Share // what a document that several sessions need leads to, with itself
}

// sessionKey names a session, or the entries of a journal that belong to none.
type sessionKey struct{ session, journal tracker.ID }

func (m *meter) journal(id tracker.ID) {
	for r, err := range m.ledger.Lines(id, journal.Position{}) {
		if err != nil {
			m.problem(err)
			continue
		}
		h := peek(r.Line)
		at := owner{kind: kindsOf[h.kind], session: m.session(h, id, r.Line), cell: nobody}
		if at.kind == "" {
			at.kind = kindOther
		}
		if !h.execution.IsZero() {
			at.cell = m.cell(h, at.session)
		}
		m.line(r.Line, at)
	}
}

// owner is what needs a blob.
type owner struct {
	kind          string
	session, cell int32
}

// head is what begins an entry's line.
type head struct {
	kind               string
	session, execution tracker.ID
}

// peek reads the beginning of a line as gemba writes it; what is written otherwise counts for its journal.
func peek(line []byte) (h head) {
	line = line[:min(len(line), 256)]
	text := func(name string) string {
		_, rest, _ := bytes.Cut(line, []byte(name))
		value, _, _ := bytes.Cut(rest, []byte(`"`))
		return string(value)
	}
	h.kind = text(`{"kind":"`)
	h.session, _ = tracker.ParseID(text(`"session":"`)) // stays zero where there is none
	h.execution, _ = tracker.ParseID(text(`"execution":"`))
	return h
}

func (m *meter) session(h head, id tracker.ID, line []byte) int32 {
	key := sessionKey{h.session, id}
	if !h.session.IsZero() {
		key.journal = tracker.ID{}
	}
	n, ok := m.sessions[key]
	if !ok {
		n = int32(len(m.usage.Sessions))
		m.sessions[key] = n
		m.usage.Sessions = append(m.usage.Sessions, SessionUsage{Session: h.session, Journal: id, Kinds: make(map[string]int64)})
	}
	if h.kind == string(tracker.KindSessionOpened) {
		if e, err := tracker.DecodeEntry(line); err == nil {
			opened := e.(*tracker.SessionOpenedEntry)
			s := &m.usage.Sessions[n]
			s.Started, s.Notebook = opened.Time, opened.Notebook
		}
	}
	return n
}

func (m *meter) cell(h head, session int32) int32 {
	n, ok := m.cells[h.execution]
	if !ok {
		n = int32(len(m.usage.Cells))
		m.cells[h.execution] = n
		m.usage.Cells = append(m.usage.Cells, CellUsage{Execution: h.execution, Session: h.session})
		m.usage.Sessions[session].Cells++
	}
	return n
}

// line counts what a line needs for its owner.
func (m *meter) line(line []byte, at owner) {
	visit := func(d tracker.Digest, document bool) bool { return m.visit(d, document, at) }
	if err := reach.Walk(line, m.ledger.Blobs(), visit, func(_ tracker.Digest, err error) { m.problem(err) }); err != nil {
		m.problem(err)
	}
}

// visit counts a blob and returns whether to go on into it. Where it was gone into before by others, often enough
// that everything below is known to be shared, the sum of that is added instead.
func (m *meter) visit(d tracker.Digest, document bool, at owner) bool {
	b := m.blobs[d]
	if b == nil {
		return false // removed, or lost: it takes nothing
	}
	session, cell := b.session, b.cell
	first := m.count(b, at)
	if !document && !b.recipe || !first.session && !first.cell {
		return false
	}
	if session != b.session || cell != b.cell {
		m.chunks(d, b, at)
		return document
	}
	below := m.below(d, document)
	if first.session {
		s := &m.usage.Sessions[at.session]
		s.add(below)
		s.Kinds[at.kind] += below.Stored
	}
	if first.cell {
		m.usage.Cells[at.cell].add(below)
	}
	return false
}

// firsts says for whom a blob was counted for the first time.
type firsts struct{ session, cell bool }

// count counts a blob for its owner, once for a session and once for a cell.
func (m *meter) count(b *measured, at owner) (first firsts) {
	if b.session == nobody {
		b.kind, b.session, b.cell = at.kind, at.session, at.cell
	}
	if b.session != at.session {
		b.session = shared
	}
	if b.cell != at.cell {
		b.cell = shared
	}
	if b.lastSession != at.session+1 {
		b.lastSession, first.session = at.session+1, true
		s := &m.usage.Sessions[at.session]
		s.add(b.share())
		s.Kinds[at.kind] += b.stored
	}
	if at.cell != nobody && b.lastCell != at.cell+1 {
		b.lastCell, first.cell = at.cell+1, true
		m.usage.Cells[at.cell].add(b.share())
	}
	return first
}

func (b *measured) share() Share {
	if b.chunk {
		return Share{Stored: b.stored}
	}
	return Share{Logical: b.raw, Stored: b.stored}
}

func (s *Share) add(t Share) {
	s.Logical += t.Logical
	s.Stored += t.Stored
}

// chunks counts the chunks of a blob for its owner.
func (m *meter) chunks(d tracker.Digest, b *measured, at owner) {
	for _, c := range m.chunksOf(d, b) {
		m.count(c, at)
	}
}

func (m *meter) chunksOf(d tracker.Digest, b *measured) (all []*measured) {
	if !b.recipe {
		return nil
	}
	chunks, err := m.ledger.Blobs().Chunks(d)
	if err != nil {
		m.problem(err)
	}
	for _, c := range chunks {
		if part := m.blobs[c.Digest]; part != nil {
			part.chunk = part.chunk || part.session == nobody
			all = append(all, part)
		}
	}
	return all
}

// below sums up what a blob leads to, without itself.
func (m *meter) below(d tracker.Digest, document bool) Share {
	if sum, known := m.documents[d]; known {
		return sum
	}
	sum, seen := Share{}, make(map[*measured]bool)
	add := func(b *measured) (fresh bool) {
		if fresh = !seen[b]; fresh {
			seen[b] = true
			sum.add(b.share())
		}
		return fresh
	}
	top := m.blobs[d]
	seen[top] = true
	visit := func(e tracker.Digest, document bool) bool {
		b := m.blobs[e]
		if b == nil || e != d && !add(b) {
			return false
		}
		for _, c := range m.chunksOf(e, b) {
			add(c)
		}
		return document
	}
	member := "blob"
	if document {
		member = "tree"
	}
	line := fmt.Appendf(nil, "{%q:%q}", member, d)
	_ = reach.Walk(line, m.ledger.Blobs(), visit, func(_ tracker.Digest, err error) { m.problem(err) }) // the line is well formed
	m.documents[d] = sum
	return sum
}
