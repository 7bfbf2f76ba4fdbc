package golang

import (
	"strings"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// A renamer passes messages on and corrects the stack traces among them: an executable that is run again
// still calls its cells by the numbers they had when it was built.
type renamer struct {
	wire.Front
	names *strings.Replacer
	held  string // the beginning of a line of a stack trace whose end has not come yet
}

// replacer renames cells in stack traces from key to value.
func replacer(rename map[string]string) *strings.Replacer {
	var pairs []string
	for from, to := range rename {
		pairs = append(pairs, "\t"+from+":", "\t"+to+":")
	}
	return strings.NewReplacer(pairs...)
}

// renamed returns a front end that sees stack traces with cells renamed from key to value, and a function
// to be called when nothing more comes.
func renamed(front wire.Front, rename map[string]string) (wire.Front, func()) {
	if len(rename) == 0 {
		return front, func() {}
	}
	r := &renamer{Front: front, names: replacer(rename)}
	return r, r.flush
}

func (r *renamer) Publish(t wire.Type, content any, buffers ...[]byte) {
	stream, ok := content.(wire.StreamContent)
	if !ok || stream.Name != "stderr" {
		r.Front.Publish(t, content, buffers...)
		return
	}
	text := r.held + stream.Text
	last := strings.LastIndexByte(text, '\n') + 1
	r.held = ""
	if strings.HasPrefix(text[last:], "\t") {
		text, r.held = text[:last], text[last:]
	}
	r.send(text)
}

func (r *renamer) flush() {
	r.send(r.held)
	r.held = ""
}

func (r *renamer) send(text string) {
	if text != "" {
		r.Front.Publish(wire.Stream, wire.StreamContent{Name: "stderr", Text: r.names.Replace(text)})
	}
}
