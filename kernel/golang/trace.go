package golang

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

var (
	// ended finds what a Go program says first when it cannot go on: a panic, a fatal error, a signal in C code.
	ended = regexp.MustCompile(`(?m)^(?:(panic|fatal error): (.*(?:\n\tpanic: .*)*)|(SIG[A-Z]+: .*))$`)
	// recovered is what the runtime adds to the value of a panic.
	recovered = regexp.MustCompile(` \[recovered(?:, repanicked)?\]$`)
	// goroutine finds the first stack of a trace, which is the one that is to blame.
	goroutine = regexp.MustCompile(`(?s)(?:^|\n)goroutine \d.*?(?:\n\n|$)`)
	// frame finds the places in cells on a stack.
	frame = regexp.MustCompile(`(?m)^\t(?:.*/)?(Cell\[\d+\]):(\d+)`)
)

// again begins a panic that followed from the one before it.
const again = "\n\tpanic: "

// shownFrames is how many calls the traceback shows; a recursion without end has millions.
const shownFrames = 5

// lastWords gives name and value of an error whose program said why it ended, "" when it did not.
func lastWords(stderr string) (name, value string) {
	m := ended.FindStringSubmatch(stderr)
	switch {
	case m == nil:
		return "", ""
	case m[3] != "":
		return "fatal error", strings.TrimSpace(m[3])
	}
	value = m[2]
	if i := strings.LastIndex(value, again); i >= 0 {
		value = value[i+len(again):]
	}
	return m[1], recovered.ReplaceAllString(strings.TrimSpace(value), "")
}

// trace lists the cells' own lines on the stack that a program ended with, the innermost call first.
func (x *execution) trace(stderr string) []string {
	if !ended.MatchString(stderr) {
		return nil
	}
	var out []string
	var last source.Diagnostic
	for _, m := range frame.FindAllStringSubmatch(goroutine.FindString(stderr), shownFrames) {
		line, _ := strconv.Atoi(m[2])
		place := source.Diagnostic{File: m[1], Line: line}
		if place == last {
			continue
		}
		last = place
		out = append(out, fmt.Sprintf("%s:%d", place.File, place.Line))
		if text, ok := x.line(place); ok {
			text, _ = around(text, 0)
			out = append(out, numbered(line, text))
		}
	}
	return out
}
