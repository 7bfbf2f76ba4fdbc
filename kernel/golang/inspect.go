package golang

import (
	"context"
	"strings"
	"unicode"

	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// Inspect documents what stands at cursor: a command's help, else what gopls knows of a name or, between
// the brackets of a call, of the function that is called.
func (e *Engine) Inspect(ctx context.Context, code string, cursor, _ int) wire.Inspection {
	offset := byteOffset(code, cursor)
	if text, ok := inspectCommand(code, offset); ok {
		return inspection(text, text)
	}
	view := source.NewView(e.current().decls, code, e.builder.Find)
	place, ok := view.Program(offset)
	if !ok {
		return inspection("", "")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	doc, found, err := e.gopls.Inspect(ctx, file, view.Text, place)
	if err != nil {
		e.log.Debug("inspect", "error", err)
	}
	if !found {
		return inspection("", "")
	}
	return inspection(doc.Plain, doc.Markdown)
}

// inspection is the answer with this text, or that nothing was found when it is empty.
func inspection(plain, markdown string) wire.Inspection {
	if plain == "" {
		return wire.Inspection{Data: map[string]any{}, Metadata: map[string]any{}}
	}
	return wire.Inspection{Found: true, Metadata: map[string]any{}, Data: map[string]any{"text/plain": plain, "text/markdown": markdown}}
}

// inspectCommand gives the help of the command on whose line the cursor stands. It reports false where
// the line is Go.
func inspectCommand(code string, offset int) (text string, ok bool) {
	begin := strings.LastIndexByte(code[:offset], '\n') + 1
	line, _, _ := strings.Cut(code[begin:], "\n")
	line = strings.TrimPrefix(line, source.Prefix)
	if line == "" || line[0] != '%' && line[0] != '!' {
		return "", false
	}
	name := line[1:]
	if end := strings.IndexFunc(name, unicode.IsSpace); end >= 0 {
		name = name[:end]
	}
	if c, found := commandNamed(name); found && line[0] == '%' {
		return strings.TrimSpace("%"+name+" "+c.args) + ": " + c.help, true
	}
	return "", true
}
