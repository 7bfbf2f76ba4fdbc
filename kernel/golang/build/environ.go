package build

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// environment is that of the go command: NAME=value, the last one counts.
type environment []string

func (e environment) lookup(name string) (string, bool) {
	for _, s := range slices.Backward(e) {
		if n, v, ok := strings.Cut(s, "="); ok && n == name {
			return v, true
		}
	}
	return "", false
}

func (e environment) get(name string) string {
	v, _ := e.lookup(name)
	return v
}

// with gives the environment with variables set.
func (e environment) with(set ...string) environment { return append(slices.Clip(e), set...) }

// forModule takes back what a user set for modules of their own and what cannot hold for the one in dir: with it the go
// command would build nothing there.
func (e environment) forModule(dir string) environment {
	var set []string
	if flags := strings.Fields(e.get("GOFLAGS")); slices.Contains(flags, vendored) && !exists(filepath.Join(dir, "vendor")) {
		kept := slices.DeleteFunc(flags, func(flag string) bool { return flag == vendored })
		set = append(set, "GOFLAGS="+strings.Join(kept, " "))
	}
	if e.get("GO111MODULE") == "off" {
		set = append(set, "GO111MODULE=on")
	}
	if work := e.get("GOWORK"); work != "" && work != "off" && !mentions(work, dir) {
		set = append(set, "GOWORK=")
	}
	return e.with(set...)
}

const vendored = "-mod=vendor"

// mentions says that a go.work speaks of a folder.
func mentions(work, dir string) bool {
	text, err := os.ReadFile(work)
	return err == nil && bytes.Contains(text, []byte(dir))
}

// notBuilding are variables of Go that do not change what is built.
var notBuilding = []string{"GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOMAXPROCS", "GOGC", "GOMEMLIMIT",
	"GODEBUG", "GOTRACEBACK", "GOCOVERDIR", "GOTMPDIR", "GOPATH"}

// building is what of the environment has a say in what is built, as one text.
func (e environment) building() string {
	latest := map[string]string{}
	for _, s := range e {
		name, value, _ := strings.Cut(s, "=")
		if isBuilding(name) {
			latest[name] = value
		}
	}
	var lines []string
	for name, value := range latest {
		lines = append(lines, fmt.Sprintf("%s=%s", name, value))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func isBuilding(name string) bool {
	if slices.Contains(notBuilding, name) {
		return false
	}
	switch name {
	case "CC", "CXX", "FC", "AR", "PKG_CONFIG", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME":
		return true
	}
	for _, prefix := range []string{"GO", "CGO_"} {
		if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, "GONB_") && !strings.HasPrefix(name, "GOMLX_") {
			return true
		}
	}
	return false
}
