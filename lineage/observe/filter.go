package observe

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A rule says which paths hold no data. One of its members is set.
type rule struct {
	below   string // a folder, absolute
	start   string // how the path begins
	element string // a file or folder of that name, anywhere
	suffix  string // how the path ends
	why     string
}

// rules are the same everywhere. FORMAT.md names them; what they leave out is nowhere recorded.
var rules = []rule{
	{below: "/proc", why: "the system's own"},
	{below: "/sys", why: "the system's own"},
	{below: "/dev", why: "the system's own"},
	{below: "/run", why: "the system's own"},
	{below: "/bin", why: "programs"},
	{below: "/sbin", why: "programs"},
	{below: "/usr/bin", why: "programs"},
	{below: "/usr/sbin", why: "programs"},
	{below: "/usr/local/bin", why: "programs"},
	{below: "/usr/libexec", why: "programs"},
	{start: "/lib", why: "libraries"}, // /lib64 too
	{start: "/usr/lib", why: "libraries"},
	{start: "/usr/local/lib", why: "libraries"},
	{below: "/usr/include", why: "libraries"},
	{below: "/usr/local/go", why: "the Go toolchain"},
	{below: "/System", why: "libraries"},
	{below: "/Library", why: "libraries"},
	{below: "/usr/share/zoneinfo", why: "time zones"},
	{below: "/usr/share/locale", why: "languages"},
	{below: "/usr/share/i18n", why: "languages"},
	{below: "/usr/share/ca-certificates", why: "certificates"},
	{below: "/usr/share/mime", why: "names of formats"},
	{below: "/usr/share/terminfo", why: "terminals"},
	{below: "/etc/ssl", why: "certificates"},
	{below: "/etc/pki", why: "certificates"},
	{below: "/etc/ca-certificates", why: "certificates"},
	{start: "/etc/ld.so", why: "the dynamic linker's"},
	{start: "/etc/host", why: "the resolver's"}, // hosts, hostname, host.conf
	{start: "/etc/resolv.conf", why: "the resolver's"},
	{start: "/etc/nsswitch.conf", why: "the resolver's"},
	{start: "/etc/gai.conf", why: "the resolver's"},
	{start: "/etc/services", why: "the resolver's"},
	{start: "/etc/protocols", why: "the resolver's"},
	{start: "/etc/passwd", why: "the names of users"},
	{start: "/etc/group", why: "the names of users"},
	{start: "/etc/localtime", why: "time zones"},
	{start: "/etc/timezone", why: "time zones"},
	{start: "/etc/mime.types", why: "names of formats"},
	{start: "/etc/locale", why: "languages"},
	{start: "/etc/inputrc", why: "the shell's"},
	{start: "/etc/profile", why: "the shell's"},
	{start: "/etc/bash", why: "the shell's"},
	{element: ".git", why: "the repository, which the code state tells of"},
	{element: ".gemba", why: "the ledger"},
	{element: ".ipynb_checkpoints", why: "Jupyter's copies of notebooks"},
	{element: "site-packages", why: "Python's packages"},
	{element: "dist-packages", why: "Python's packages"},
	{element: "__pycache__", why: "Python's caches"},
	{element: ".venv", why: "Python's packages"},
	{element: "node_modules", why: "JavaScript's packages"},
	{suffix: ".so", why: "libraries"},
	{suffix: ".dylib", why: "libraries"},
	{suffix: ".dll", why: "libraries"},
}

// goRules leave out what the Go that is installed reads and writes for itself, and gemba's cache.
func goRules() []rule {
	var list []rule
	leave := func(why string, paths ...string) {
		for _, path := range paths {
			if filepath.IsAbs(path) {
				list = append(list, rule{below: filepath.Clean(path), why: why})
			}
		}
	}
	home, _ := os.UserHomeDir()
	leave("Go's module cache", os.Getenv("GOMODCACHE"), filepath.Join(home, "go", "pkg"))
	for _, path := range filepath.SplitList(os.Getenv("GOPATH")) {
		leave("Go's module cache", filepath.Join(path, "pkg"))
	}
	leave("Go's build cache", os.Getenv("GOCACHE"))
	if cache, err := os.UserCacheDir(); err == nil {
		leave("Go's build cache", filepath.Join(cache, "go-build"))
		leave("gemba's cache", filepath.Join(cache, "gemba"))
	}
	list = append(list, rule{start: filepath.Join(os.TempDir(), "go-build"), why: "Go's build cache"})
	leave("the Go toolchain", os.Getenv("GOROOT"))
	if command, err := exec.LookPath("go"); err == nil {
		if real, err := filepath.EvalSymlinks(command); err == nil {
			leave("the Go toolchain", filepath.Dir(filepath.Dir(real)))
		}
	}
	return list
}

// filter decides which paths are data.
type filter struct {
	root   string // of the work tree: what is in it is data wherever it lies, but for elements
	rules  []rule
	inside []rule          // those that can leave out something in the work tree
	files  map[string]bool // single files that are none
}

func newFilter(root string, leave []string, files ...string) *filter {
	f := &filter{root: root, rules: append(append([]rule(nil), rules...), goRules()...), files: map[string]bool{}}
	for _, path := range leave {
		f.rules = append(f.rules, rule{below: filepath.Clean(path), why: "left out by the session"})
	}
	for _, r := range f.rules {
		if r.start == "" && (r.below == "" || within(r.below, root)) {
			f.inside = append(f.inside, r)
		}
	}
	for _, path := range files {
		f.files[path] = true
	}
	return f
}

// data says that what is at path, absolute and clean, is data.
func (f *filter) data(path string) bool {
	list, tail := f.rules, path
	if within(path, f.root) {
		list, tail = f.inside, path[len(f.root):]
	}
	for i := range list {
		if list[i].fits(path, tail) {
			return false
		}
	}
	return !f.files[path]
}

// fits says that the rule leaves out a path; its tail is what of it has the elements that count.
func (r *rule) fits(path, tail string) bool {
	switch {
	case r.element != "":
		return hasElement(tail, r.element)
	case r.suffix != "":
		base := filepath.Base(path)
		return strings.HasSuffix(base, r.suffix) || strings.Contains(base, r.suffix+".") // libx.so.6
	case r.start != "":
		return strings.HasPrefix(path, r.start)
	}
	return within(path, r.below)
}

// within says that a path is a folder or lies below it.
func within(path, folder string) bool {
	rest, ok := strings.CutPrefix(path, folder)
	return ok && (rest == "" || rest[0] == filepath.Separator || strings.HasSuffix(folder, string(filepath.Separator)))
}

func hasElement(path, element string) bool {
	for {
		i := strings.Index(path, element)
		if i < 0 {
			return false
		}
		end := i + len(element)
		if (i == 0 || path[i-1] == filepath.Separator) && (end == len(path) || path[end] == filepath.Separator) {
			return true
		}
		path = path[end:]
	}
}
