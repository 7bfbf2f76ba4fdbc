package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	goversion "go/version"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"
)

// A module is the go.mod, and go.work if the user made one, of the folder in which cells are built.
type module struct {
	dir  string
	name string
	mu   sync.Mutex
	seen map[string]seenFile // by file name

	goMod, goSum string // what it starts with, empty for no requirements
}

type seenFile struct {
	stat string
	data []byte
}

// write makes go.mod anew. The go command is not run for it: a kernel has to start at once.
func (m *module) write(goCommand string) error {
	if err := os.MkdirAll(tempDir(m.dir), 0o700); err != nil {
		return fmt.Errorf("make build folder: %w", err)
	}
	text, err := m.first(goVersion(goCommand))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(m.dir, "go.mod"), text, 0o644); err != nil {
		return fmt.Errorf("write go.mod: %w", err)
	}
	sum := filepath.Join(m.dir, "go.sum")
	if m.goSum != "" {
		if err := os.WriteFile(sum, []byte(m.goSum), 0o644); err != nil {
			return fmt.Errorf("write go.sum: %w", err)
		}
	} else if err := os.Remove(sum); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove go.sum: %w", err)
	}
	return nil
}

// first gives go.mod as it is at first. One that was made with a newer Go than the installed one asks for that Go only
// because it was there.
func (m *module) first(installed string) ([]byte, error) {
	if m.goMod == "" {
		return fmt.Appendf(nil, "module %s\n\ngo %s\n", m.name, installed), nil
	}
	f, err := modfile.Parse("go.mod", []byte(m.goMod), nil)
	if err == nil {
		err = f.AddModuleStmt(m.name)
	}
	if err != nil {
		return nil, fmt.Errorf("read the go.mod to start with: %w", err)
	}
	if f.Go == nil || goversion.Compare("go"+f.Go.Version, "go"+installed) > 0 {
		f.DropToolchainStmt()
		if err := f.AddGoStmt(installed); err != nil {
			return nil, fmt.Errorf("read the go.mod to start with: %w", err)
		}
	}
	return f.Format()
}

var release = regexp.MustCompile(`^go(1\.\d+(?:\.\d+)?)\b`)

// goVersion is the version for go.mod.
func goVersion(goCommand string) string {
	if m := release.FindStringSubmatch(installed(goCommand)); m != nil {
		return m[1]
	}
	return "1.26"
}

// installed reads the version of an installed Go, such as go1.26.8, from the file VERSION beside its bin folder, and
// takes the one that built this program where there is none.
func installed(goCommand string) string {
	if real, err := filepath.EvalSymlinks(goCommand); err == nil {
		if data, err := os.ReadFile(filepath.Join(filepath.Dir(real), "..", "VERSION")); err == nil {
			version, _, _ := strings.Cut(string(data), "\n")
			return strings.TrimSpace(version)
		}
	}
	return runtime.Version()
}

// read gives a file of the module, nil when there is none. It is read again only when it changed.
func (m *module) read(name string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	path := filepath.Join(m.dir, name)
	info, err := os.Stat(path)
	if err != nil {
		delete(m.seen, name)
		return nil
	}
	stat := fmt.Sprint(info.Size(), info.ModTime().UnixNano())
	if s, ok := m.seen[name]; ok && s.stat == stat {
		return s.data
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	m.seen[name] = seenFile{stat, data}
	return data
}

// digest names the module's requirements: the same for two sessions that need the same.
func (m *module) digest() string {
	h := sha256.New()
	for _, line := range strings.Split(string(m.read("go.mod")), "\n") {
		if !strings.HasPrefix(line, "module ") {
			fmt.Fprintln(h, line)
		}
		if strings.Contains(line, "=> .") {
			fmt.Fprintln(h, m.dir) // relative paths mean something else elsewhere
		}
	}
	if work := m.read("go.work"); work != nil {
		fmt.Fprintln(h, m.dir)
		h.Write(work)
	}
	h.Write(m.read("vendor/modules.txt"))
	h.Write(m.read("go.sum")) // the go command is to check modules against each one anew
	return hex.EncodeToString(h.Sum(nil))
}

// parsed gives go.mod; an unreadable one is as good as an empty one, since the go command will say what is wrong.
func (m *module) parsed() *modfile.File {
	f, err := modfile.Parse("go.mod", m.read("go.mod"), nil)
	if err != nil {
		return &modfile.File{}
	}
	return f
}
