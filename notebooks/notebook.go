package notebooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// Notebook is a notebook of nbformat 4: the bytes that were read, with places for its cells.
type Notebook struct {
	// Cells are the notebook's cells in order. Use Insert to add one.
	Cells []*Cell

	minor      int
	metadata   []byte
	metadataAt int // where it begins, behind the start of tail, or before the end of head when that is negative; 0: there is none
	style      style
	head, tail []byte   // the file up to and from the brackets around the cells
	gaps       [][]byte // before, between and after the cells: one more than there are cells
}

// What makes a file unreadable as a notebook of nbformat 4; every error of Parse wraps one of them.
var (
	ErrNotNotebook = errors.New("not a Jupyter notebook")
	ErrTruncated   = errors.New("the file ends in the middle of the notebook")
	ErrVersion     = errors.New("nbformat version not supported")
)

// Read reads a notebook of nbformat 4.0 to 4.5; see Parse.
func Read(r io.Reader) (*Notebook, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read notebook: %w", err)
	}
	return Parse(b)
}

// Parse reads a notebook from its bytes, which it keeps. Later minor versions of nbformat 4 are read
// too, since their readers must ignore what they do not know. What cannot be read is said in one
// line that tells what to do.
func Parse(b []byte) (*Notebook, error) {
	if err := checkText(b); err != nil {
		return nil, err
	}
	if !json.Valid(b) {
		return nil, jsonError(bytes.TrimSpace(b))
	}
	object := bytes.TrimLeft(b, " \t\r\n")
	top, err := members(object)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; name an .ipynb file", ErrNotNotebook, err)
	}
	n := &Notebook{style: styleOf(object)}
	if err := n.readVersion(object, top); err != nil {
		return nil, err
	}
	if err := n.readCells(object, top); err != nil {
		return nil, err
	}
	n.head = append(bytes.Clone(b[:len(b)-len(object)]), n.head...)
	return n, nil
}

// checkText refuses what is no JSON text at all.
func checkText(b []byte) error {
	switch {
	case len(bytes.TrimSpace(b)) == 0:
		return fmt.Errorf("%w: the file is empty; create the notebook again, or restore it", ErrNotNotebook)
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		return fmt.Errorf("%w: it begins with a byte order mark; save it as UTF-8 without one", ErrNotNotebook)
	case !utf8.Valid(b):
		return fmt.Errorf("%w: it is not UTF-8 text; save it as UTF-8, or name an .ipynb file", ErrNotNotebook)
	}
	return nil
}

// endOfInput is what encoding/json says of a text that could go on.
const endOfInput = "unexpected end of JSON input"

// jsonError says why a text is not JSON, and tells one that was cut from one that never was a notebook.
func jsonError(text []byte) error {
	var whole json.RawMessage
	err := json.Unmarshal(text, &whole)
	if err != nil && err.Error() == endOfInput && text[0] == '{' {
		return fmt.Errorf("%w, after line %d: restore it, for example from .ipynb_checkpoints",
			ErrTruncated, 1+bytes.Count(text, []byte("\n")))
	}
	return fmt.Errorf("%w: it is not JSON (%w); name an .ipynb file, or restore this one", ErrNotNotebook, err)
}

func (n *Notebook) readVersion(b []byte, top []member) error {
	major := -1
	for _, field := range []struct {
		name string
		into *int
	}{{"nbformat", &major}, {"nbformat_minor", &n.minor}} {
		m, ok := find(top, field.name)
		if !ok {
			continue
		}
		if json.Unmarshal(b[m.start:m.end], field.into) != nil {
			return fmt.Errorf("%w: %s is %s, not a whole number", ErrNotNotebook, field.name, b[m.start:m.end])
		}
	}
	switch {
	case major == -1:
		return fmt.Errorf("%w: it has no nbformat field; name an .ipynb file", ErrNotNotebook)
	case major < 4:
		return fmt.Errorf("%w: this is nbformat %d; open and save it in JupyterLab, or run: jupyter nbconvert --to notebook FILE",
			ErrVersion, major)
	case major > 4:
		return fmt.Errorf("%w: this is nbformat %d, newer than the 4.5 that gemba reads; save it as nbformat 4", ErrVersion, major)
	}
	return nil
}

func (n *Notebook) readCells(b []byte, top []member) error {
	if m, ok := find(top, "metadata"); ok {
		n.metadata = b[m.start:m.end]
	}
	m, ok := find(top, "cells")
	if !ok {
		return fmt.Errorf("%w: it has no cells field; restore it, or create the notebook again", ErrNotNotebook)
	}
	list := b[m.start:m.end]
	places, err := elements(list)
	if err != nil {
		return fmt.Errorf("%w: cells: %w; restore it, or create the notebook again", ErrNotNotebook, err)
	}
	n.head, n.tail = b[:m.start+1], b[m.end-1:]
	n.placeMetadata(top, m)
	last := 1 // after the bracket
	for i, place := range places {
		c, err := parseCell(list[place[0]:place[1]], n.style)
		if err != nil {
			return fmt.Errorf("%w: cell %d: %w; mend it in JupyterLab, or restore the file", ErrNotNotebook, i+1, err)
		}
		n.Cells = append(n.Cells, c)
		n.gaps = append(n.gaps, list[last:place[0]])
		last = place[1]
	}
	n.gaps = append(n.gaps, list[last:len(list)-1])
	return nil
}

// placeMetadata finds out on which side of the cells the metadata are.
func (n *Notebook) placeMetadata(top []member, cells member) {
	m, ok := find(top, "metadata")
	switch {
	case ok && m.start < cells.start:
		n.metadataAt = m.start - len(n.head)
	case ok:
		n.metadataAt = m.start - (cells.end - 1)
	}
}

// setWidgets puts the states of widgets into the metadata, nil nothing. A notebook without metadata, which nbformat asks for, stays as it is.
func (n *Notebook) setWidgets(states map[string]any) error {
	if states == nil || n.metadataAt == 0 {
		return nil
	}
	b, err := replace(n.metadata, "widgets", n.style.layOut(states, 2), n.style, 2)
	if err != nil {
		return fmt.Errorf("write metadata: %w", err)
	}
	part, at := &n.tail, n.metadataAt
	if at < 0 {
		part, at = &n.head, len(n.head)+at
	}
	*part = splice(*part, at, at+len(n.metadata), b)
	if n.metadata = b; n.metadataAt < 0 {
		n.metadataAt = at - len(n.head)
	}
	return nil
}

// Bytes returns the notebook as it is written to a file: what was read, but for what was changed.
func (n *Notebook) Bytes() []byte {
	b := bytes.Clone(n.head)
	for i, c := range n.Cells {
		b = append(append(b, n.gaps[i]...), c.raw...)
	}
	b = append(b, n.gaps[len(n.Cells)]...)
	return append(b, n.tail...)
}

// NewCodeCell returns a code cell that Insert can put into n. It has an id when the notebook's minor
// version asks for ids (4.5 on).
func (n *Notebook) NewCodeCell(id, source string, tags ...string) *Cell {
	fields := map[string]any{
		"cell_type": "code", "execution_count": nil, "metadata": map[string]any{},
		"outputs": []any{}, "source": splitLines(source),
	}
	if len(tags) > 0 {
		fields["metadata"] = map[string]any{"tags": tags}
	}
	if n.minor >= 5 {
		fields["id"] = id
	} else {
		id = ""
	}
	return &Cell{Type: Code, ID: id, Source: source, Tags: tags, style: n.style, raw: n.style.layOut(fields, cellDepth)}
}

// Insert puts c before the cell at i; i equal to the number of cells puts it at the end.
func (n *Notebook) Insert(i int, c *Cell) {
	if len(n.Cells) == 0 {
		n.gaps = [][]byte{[]byte(n.style.line(cellDepth)), []byte(n.style.line(cellDepth - 1))}
	} else {
		n.gaps = slices.Insert(n.gaps, max(i, 1), []byte(","+n.style.line(cellDepth)))
	}
	n.Cells = slices.Insert(n.Cells, i, c)
}

// Kernel is what a notebook says about the kernel it is for; each is empty when it does not say.
type Kernel struct {
	Name     string // of the kernelspec
	Language string // of language_info, else of the kernelspec
}

// Kernel returns which kernel the notebook is for.
func (n *Notebook) Kernel() Kernel {
	var spec, info struct{ Name, Language string }
	if len(n.metadata) == 0 || lookup(n.metadata, "kernelspec", &spec) != nil || lookup(n.metadata, "language_info", &info) != nil {
		return Kernel{Name: spec.Name, Language: spec.Language}
	}
	if info.Name != "" {
		return Kernel{Name: spec.Name, Language: info.Name}
	}
	return Kernel{Name: spec.Name, Language: spec.Language}
}
