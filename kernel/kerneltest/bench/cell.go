//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// A cell is code with what it must print.
type cell struct {
	code  string
	want  string // part of its stdout
	bytes int    // of its stdout, unless 0
}

// outcome is what a cell printed and said.
type outcome struct {
	stdout  strings.Builder
	errors  []string
	status  string
	matches []string
}

// execute runs a cell and returns the time its front end waits for it. It fails if the cell does or
// does not print what it should; lost bytes are not an error but are told.
func (k *kernel) execute(ctx context.Context, c cell) (took time.Duration, lost int, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request := map[string]any{"code": c.code, "silent": false, "store_history": true, "user_expressions": struct{}{},
		"allow_stdin": false, "stop_on_error": true}
	*k.spec.executed++
	a, err := k.request(ctx, wire.ExecuteRequest, request, true)
	if err != nil {
		return 0, 0, err
	}
	o, err := k.read(a)
	if err != nil {
		return 0, 0, err
	}
	printed := o.stdout.String()
	if o.status != wire.StatusOK || !strings.Contains(printed, c.want) {
		return 0, 0, fmt.Errorf("%s: status %q, stdout %.200q where %q should be: %.2000s",
			k.spec.name, o.status, printed, c.want, strings.Join(o.errors, "\n"))
	}
	if c.bytes > 0 {
		lost = c.bytes - len(printed)
	}
	return a.took, lost, nil
}

// complete asks for completions at the end of code, which must have want among them.
func (k *kernel) complete(ctx context.Context, code, want string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	content := map[string]any{"code": code, "cursor_pos": len(code)} // code is ASCII
	a, err := k.request(ctx, wire.CompleteRequest, content, true)
	if err != nil {
		return 0, err
	}
	o, err := k.read(a)
	if err != nil {
		return 0, err
	}
	if !slices.ContainsFunc(o.matches, func(m string) bool { return strings.HasSuffix(m, want) }) {
		return 0, fmt.Errorf("%s completes %q to %q, not to %s", k.spec.name, code, o.matches, want)
	}
	return a.took, nil
}

// read checks the signatures of an answer's messages and decodes them.
func (k *kernel) read(a answer) (*outcome, error) {
	o := &outcome{}
	for _, h := range a.messages {
		m, err := wire.Parse(h.frames, k.key)
		if err != nil {
			return nil, fmt.Errorf("%s sent: %w", k.spec.name, err)
		}
		if err := o.add(m); err != nil {
			return nil, fmt.Errorf("%s sent %s: %w", k.spec.name, m.Header.Type, err)
		}
	}
	return o, nil
}

func (o *outcome) add(m wire.Message) error {
	var content struct {
		Name, Text string
		Status     string
		EName      string
		EValue     string
		Matches    []string
	}
	if err := json.Unmarshal(m.Content, &content); err != nil {
		return err
	}
	switch m.Header.Type {
	case wire.Stream:
		if content.Name == "stdout" {
			o.stdout.WriteString(content.Text)
		} else {
			o.errors = append(o.errors, content.Text)
		}
	case wire.ErrorType:
		o.errors = append(o.errors, content.EName+": "+content.EValue)
	case wire.ExecuteReply:
		o.status = content.Status
	case wire.CompleteReply:
		o.matches = content.Matches
	}
	return nil
}
