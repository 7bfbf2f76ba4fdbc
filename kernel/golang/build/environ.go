package build

import (
	"fmt"
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
