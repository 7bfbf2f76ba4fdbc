package environ

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// goSettings are the settings of the go command that have a say in what is built, and the facts that tell them.
var goSettings = map[string]string{
	"GOVERSION":    "go.version",
	"GOFLAGS":      "go.flags",
	"GOOS":         "go.os",
	"GOARCH":       "go.arch",
	"GOAMD64":      "go.amd64",
	"GOARM64":      "go.arm64",
	"CGO_ENABLED":  "go.cgo",
	"GOEXPERIMENT": "go.experiment",
	"GOTOOLCHAIN":  "go.toolchain",
	"GODEBUG":      "go.debug",
	"CC":           "go.cc",
}

// toolchain asks the go command, away from any module: cells are built in one of their own.
func (l *look) toolchain() {
	if l.Engine != "" && l.Engine != "go" { // nobody asked for it
		return
	}
	out, err := l.tool(cmp.Or(l.Go, "go"), "env", "-json")
	var settings map[string]string
	if err == nil {
		err = json.Unmarshal(out, &settings)
	}
	if err != nil {
		l.facts.missing("go", err)
		return
	}
	for name, fact := range goSettings {
		l.facts.set(fact, l.screened(name, settings[name]))
	}
}

// tool runs a command that answers soon, in a folder that means nothing to it.
func (l *look) tool(name string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(l.ctx, toolTime)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Env, c.WaitDelay = os.TempDir(), l.Env, toolTime/10
	out, err := c.Output()
	switch exit := (*exec.ExitError)(nil); {
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("no command %s was found", name)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s did not answer in %v", name, toolTime)
	case errors.As(err, &exit):
		line, _, _ := strings.Cut(cmp.Or(string(exit.Stderr), string(out)), "\n")
		return nil, fmt.Errorf("%s %s: %w: %s", name, args[0], err, line)
	}
	return out, err
}
