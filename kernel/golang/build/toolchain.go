package build

import (
	"encoding/json"
	"fmt"
	"os"
)

// A toolchain is what `go env` says of the Go that is used.
type toolchain struct {
	GOVERSION   string
	GOROOT      string
	GOTOOLDIR   string
	GOMODCACHE  string
	GOFLAGS     string
	GOOS        string
	GOARCH      string
	GOHOSTOS    string
	GOHOSTARCH  string
	CC          string
	CGO_ENABLED string
}

// readToolchain asks the go command; go.mod and go.work may name another toolchain than the installed one.
func (j *job) readToolchain() (toolchain, error) {
	var t toolchain
	out, err := j.tool(command{path: j.goCommand, env: j.env, args: []string{"env", "-json"}, data: true})
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(out, &t); err != nil {
		return t, fmt.Errorf("read go env: %w", err)
	}
	return t, nil
}

// stamp changes when the installed go command does.
func stamp(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return path
	}
	return fmt.Sprint(path, info.Size(), info.ModTime().UnixNano())
}
