package build

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Packages of GoMLX v0.28.2, compute v0.1.2 and go-xla v0.4.1 that register a backend.
const (
	gomlxDefault = "github.com/gomlx/gomlx/backends/default" // the Go backend, and XLA's without the tag noxla
	goBackend    = "github.com/gomlx/compute/gobackend"
	xlaBackend   = "github.com/gomlx/go-xla/compute/xla"
)

// Variables that those packages read: which backend to use, and whether XLA may download its plugins.
const (
	backendEnv   = "GOMLX_BACKEND"
	noInstallEnv = "GOMLX_NO_AUTO_INSTALL"
	pluginsEnv   = "PJRT_PLUGIN_LIBRARY_PATH"
)

// chooseBackend picks a backend that is there. XLA needs a PJRT plugin; without one GoMLX would download it or panic.
// What the user's environment says is left alone.
func (j *job) chooseBackend() {
	hasDefault := find(j.reached, gomlxDefault) != nil
	hasXLA := find(j.reached, xlaBackend) != nil
	if !hasXLA && !hasDefault {
		if find(j.reached, goBackend) != nil {
			j.variant.backend = "go"
		}
		return
	}
	chosen, given := j.env.lookup(backendEnv)
	if !given {
		chosen = "go"
		if hasXLA && j.plugins.any(pluginDirs(j.env)) {
			chosen = "xla"
		}
		j.variant.env = append(j.variant.env, backendEnv+"="+chosen)
	}
	if _, given := j.env.lookup(noInstallEnv); !given {
		j.variant.env = append(j.variant.env, noInstallEnv+"=1")
	}
	j.variant.backend, _, _ = strings.Cut(chosen, ":")
	if j.variant.backend == "go" && hasDefault && !slices.Contains(j.variant.tags, "noxla") {
		j.variant.tags = append(j.variant.tags, "noxla")
	}
}

// PluginDir gives the first folder in which GoMLX's XLA backend finds a PJRT plugin with that environment, "" when there
// is none.
func PluginDir(env []string) string {
	seen := pluginFolders{}
	for _, dir := range pluginDirs(env) {
		if seen.has(dir) {
			return dir
		}
	}
	return ""
}

// Plugins lists the PJRT plugins that GoMLX's XLA backend finds with that environment, in the order in which it looks.
func Plugins(env []string) []string {
	var list []string
	for _, dir := range pluginDirs(env) {
		entries, _ := os.ReadDir(dir) // what is not there holds none
		for _, e := range entries {
			if plugin.MatchString(e.Name()) {
				list = append(list, filepath.Join(dir, e.Name()))
			}
		}
	}
	return list
}

// plugin matches the file names by which go-xla v0.4.1 knows PJRT plugins (pjrt/dynamiclib_base.go).
var plugin = regexp.MustCompile(`^pjrt(_c_api_.+_plugin|[-_]plugin[-_].+)\.(so|dylib|dll)$`)

// pluginFolders remembers which folders hold plugins; some are a system's own, with thousands of files.
type pluginFolders map[string]pluginFolder

type pluginFolder struct {
	changed time.Time
	plugin  bool
}

// any says that go-xla would find a PJRT plugin in one of those folders.
func (p pluginFolders) any(dirs []string) bool {
	return slices.ContainsFunc(dirs, p.has)
}

func (p pluginFolders) has(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return false
	}
	if seen, ok := p[dir]; ok && seen.changed.Equal(info.ModTime()) {
		return seen.plugin
	}
	entries, err := os.ReadDir(dir)
	found := err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return plugin.MatchString(e.Name()) })
	p[dir] = pluginFolder{info.ModTime(), found}
	return found
}

// pluginDirs are the folders where go-xla v0.4.1 looks, by pjrt/dynamiclib_*.go.
func pluginDirs(env environment) []string {
	if paths, given := env.lookup(pluginsEnv); given {
		return slices.DeleteFunc(strings.Split(paths, ":"), func(s string) bool { return s == "" })
	}
	home := env.get("HOME")
	dirs := []string{filepath.Join(home, ".local/lib/go-xla"), filepath.Join(home, ".local/lib/go-xla/nvidia"),
		filepath.Join(home, ".local/lib/gomlx/pjrt"), "/usr/local/lib/go-xla", "/usr/local/lib/go-xla/nvidia", "/usr/local/lib/gomlx/pjrt"}
	if runtime.GOOS == "darwin" {
		dirs = append(dirs, filepath.Join(home, "Library/Application Support/go-xla"))
	}
	for _, name := range []string{"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		for _, dir := range strings.Split(env.get(name), ":") {
			if filepath.IsAbs(dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	return append(dirs, systemDirs("/etc/ld.so.conf")...)
}

// systemDirs reads the folders of the dynamic loader's configuration (ld.so.conf).
func systemDirs(file string) []string {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	var dirs []string
	for s := bufio.NewScanner(f); s.Scan(); {
		line, _, _ := strings.Cut(strings.TrimSpace(s.Text()), "#")
		if pattern, ok := strings.CutPrefix(line, "include "); ok {
			included, _ := filepath.Glob(strings.TrimSpace(pattern))
			for _, i := range included {
				if i != file {
					dirs = append(dirs, systemDirs(i)...)
				}
			}
		} else if line != "" {
			dirs = append(dirs, line)
		}
	}
	return dirs
}
