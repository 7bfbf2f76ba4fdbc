// Package environ tells what cells run on: toolchain, compute plugins, system, processor, memory, devices,
// locale and the environment variables that matter, as facts that another machine's can be compared with.
// Nothing that changes by itself, such as free memory, is a fact. The package knows no kernel: what only the
// caller can know, it is given.
package environ

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Fact is one thing that is known of an environment, such as go.version.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Environment is what cells run on: facts sorted by name, each name once. FORMAT.md lists the names.
type Environment []Fact

// Value returns the value of a fact, empty when it is not known.
func (e Environment) Value(name string) string {
	i, ok := slices.BinarySearchFunc(e, name, func(f Fact, name string) int { return strings.Compare(f.Name, name) })
	if !ok {
		return ""
	}
	return e[i].Value
}

// Document returns the environment as a document of the ledger: a line of JSON for each fact. Equal
// environments have equal documents.
func (e Environment) Document() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, f := range e {
		_ = enc.Encode(f) // two strings always encode
	}
	return b.Bytes()
}

// Join returns the facts of both; where both know one, the second counts.
func Join(a, b Environment) Environment {
	all := facts{}
	for _, f := range append(slices.Clip(a), b...) {
		all[f.Name] = f.Value
	}
	return all.environment()
}

// Event returns the event that records the environment of a session.
func (e Environment) Event(session tracker.ID, at time.Time) tracker.EnvironmentCaptured {
	return tracker.EnvironmentCaptured{Session: session, Time: at, Document: e.Document()}
}

// Parse reads a document.
func Parse(document []byte) (Environment, error) {
	known := facts{}
	lines := bufio.NewReader(bytes.NewReader(document))
	for d := json.NewDecoder(lines); d.More(); {
		var f Fact
		if err := d.Decode(&f); err != nil {
			return nil, fmt.Errorf("read environment: %w", err)
		}
		known[f.Name] = f.Value
	}
	return known.environment(), nil
}

// facts are an environment being gathered, values by name.
type facts map[string]string

// set notes a fact, unless its value is empty. A text that would pass for a digest, which names a blob, gets "…" behind it.
func (f facts) set(name, value string) {
	value = strings.ToValidUTF8(strings.TrimSpace(value), "\ufffd")
	if _, err := tracker.ParseDigest(value); err == nil {
		value += "…"
	}
	if value != "" {
		f[name] = value
	}
}

// missing notes why something is not known.
func (f facts) missing(what string, err error) { f.set("missing."+what, err.Error()) }

func (f facts) environment() Environment {
	e := make(Environment, 0, len(f))
	for name, value := range f {
		e = append(e, Fact{name, value})
	}
	slices.SortFunc(e, func(a, b Fact) int { return strings.Compare(a.Name, b.Name) })
	return e
}
