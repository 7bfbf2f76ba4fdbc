package environ

import (
	"fmt"
	"path/filepath"
	"strings"
)

// compute tells which of GoMLX's backends cells can compute on: Go's is always there, XLA's with a PJRT plugin.
// Names of plugins may tell their platform but not their version, so they are told by their SHA-256.
func (l *look) compute() {
	backends := "go"
	if l.Plugins == nil {
		l.facts.set("compute.backends", backends)
		return
	}
	digests := openDigests(l.Cache)
	for _, path := range l.Plugins() {
		fact := "compute.plugin." + strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		if _, twice := l.facts[fact+".path"]; twice {
			continue // the first one found is the one that is used
		}
		backends = "go xla"
		l.facts.set(fact+".path", path)
		sum, err := digests.of(l.ctx, path)
		if err != nil {
			l.facts.missing(fact, fmt.Errorf("read plugin: %w", err))
			continue
		}
		l.facts.set(fact+".sha256", sum)
	}
	l.facts.set("compute.backends", backends)
	digests.save()
}
