package golang

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gemba-ml/gemba/kernel/golang/gopls"
	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// patience is how long a question of the editor may wait for gopls, which may just be starting.
const patience = 5 * time.Second

// file is what gopls knows the cell's program as. It never reads it: it is given the text.
const file = "main.go"

// Complete proposes what may stand at cursor: commands and their arguments on a command line, else what
// gopls proposes for the cell among the declarations in force.
func (e *Engine) Complete(ctx context.Context, code string, cursor int) wire.Completion {
	offset := byteOffset(code, cursor)
	none := wire.Completion{Matches: []string{}, CursorStart: cursor, CursorEnd: cursor, Metadata: map[string]any{}}
	if start, names, ok := completeCommand(code, offset); ok {
		return completion(code, start, offset, names)
	}
	view := source.NewView(e.current().decls, code, e.builder.Find)
	place, ok := view.Program(offset)
	if !ok {
		return none
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	items, err := e.gopls.Complete(ctx, file, view.Text, place)
	if err != nil {
		e.log.Debug("complete", "error", err)
		return none
	}
	return fromGopls(code, view, items, none)
}

// fromGopls turns gopls's items into the protocol's matches, which all replace one stretch of the cell:
// that of the first item.
func fromGopls(code string, view source.View, items []gopls.Item, none wire.Completion) wire.Completion {
	if len(items) == 0 {
		return none
	}
	start, ok := view.Cell(items[0].ReplaceStart)
	end, ok2 := view.Cell(items[0].ReplaceEnd)
	if !ok || !ok2 || end > len(code) {
		return none
	}
	c := completion(code, start, end, nil)
	var types []map[string]any
	for _, item := range items {
		if item.ReplaceStart != items[0].ReplaceStart || item.ReplaceEnd != items[0].ReplaceEnd {
			continue
		}
		c.Matches = append(c.Matches, item.NewText)
		types = append(types, map[string]any{
			"start": c.CursorStart, "end": c.CursorEnd, "text": item.NewText, "type": item.Kind, "signature": item.Detail,
		})
	}
	c.Metadata["_jupyter_types_experimental"] = types // how IPython tells front ends the kinds of matches
	return c
}

// completion says that any of matches may replace the bytes from start to end of code.
func completion(code string, start, end int, matches []string) wire.Completion {
	return wire.Completion{
		Matches:     append([]string{}, matches...),
		CursorStart: utf8.RuneCountInString(code[:start]),
		CursorEnd:   utf8.RuneCountInString(code[:end]),
		Metadata:    map[string]any{},
	}
}

// completeCommand proposes the names of commands where the cursor stands in the first word of a line that
// begins with "%". It reports false where the line is Go.
func completeCommand(code string, offset int) (start int, names []string, ok bool) {
	begin := strings.LastIndexByte(code[:offset], '\n') + 1
	line := code[begin:offset]
	sign := strings.TrimPrefix(line, source.Prefix)
	if sign == "" || sign[0] != '%' && sign[0] != '!' {
		return 0, nil, false
	}
	if sign[0] == '!' || strings.ContainsAny(sign, " \t") {
		return offset, nil, true
	}
	for _, name := range commandNames() {
		if strings.HasPrefix(name, sign) {
			names = append(names, name)
		}
	}
	return offset - len(sign), names, true
}

// commandNames lists all commands with their signs, sorted.
func commandNames() []string {
	var names []string
	for _, c := range commands() {
		for _, name := range c.names {
			names = append(names, "%"+name)
		}
	}
	for _, name := range source.Magics() {
		names = append(names, "%%"+name)
	}
	slices.Sort(names)
	return names
}

// byteOffset turns a position that counts code points into one that counts bytes. A position outside the
// text is the nearest one in it.
func byteOffset(code string, cursor int) int {
	offset := 0
	for ; cursor > 0 && offset < len(code); cursor-- {
		_, size := utf8.DecodeRuneInString(code[offset:])
		offset += size
	}
	return offset
}
