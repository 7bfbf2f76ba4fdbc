package python

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/wire"
)

//go:embed site.py program.py
var programSources embed.FS

// spoolVariable tells a program's Python processes in which folder they are to leave what they tell.
const spoolVariable = "GEMBA_SPOOL"

// Site returns the files of a folder which, first on PYTHONPATH, lets each Python process tell what it does. Modules are offered to
// them behind all that they would find by themselves. The files are always the same, so the folder may be kept, and with it what Python compiles.
func Site(modules fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{
		"sitecustomize.py": programSource("site.py"), "names.py": []byte(Source("names.py")), "_gemba_program.py": programModule(),
	}
	err := fs.WalkDir(modules, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files["modules/"+name], err = fs.ReadFile(modules, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read Python modules: %w", err)
	}
	return files, nil
}

// future is what Python lets stand at the beginning of a file alone.
const future = "from __future__ import annotations\n"

// programModule is the hook as one module: Python keeps the compiled form of modules.
func programModule() []byte {
	text := bytes.NewBufferString(future)
	for _, name := range []string{"spool.py", "hook.py", "kernel.py"} {
		text.WriteString(strings.Replace(Source(name), future, "", 1))
	}
	text.WriteString(strings.Replace(string(programSource("program.py")), future, "", 1))
	return text.Bytes()
}

func programSource(name string) []byte {
	text, _ := programSources.ReadFile(name) // embedded: all parts are there
	return text
}

// Environ returns the variables, each "NAME=value", with which a program's Python processes find site, a folder with the files of
// Site, and leave what they tell in spool, a folder of their own. Path is the PYTHONPATH that they would have.
func Environ(path, site, spool string) []string {
	folders := slices.DeleteFunc(filepath.SplitList(path), func(folder string) bool { return folder == site })
	return []string{
		"PYTHONPATH=" + strings.Join(append([]string{site}, folders...), string(filepath.ListSeparator)),
		spoolVariable + "=" + spool,
	}
}

// Told is what the Python processes of a program told.
type Told struct {
	Facts   wire.Facts
	Session Session // of the program itself, or of the first of its Python processes
	Found   bool    // there was one
}

// ReadProgram reads what the Python processes of a program left in the folder spool. Root is the id of the program's first process:
// where that is not one that told all, Seen.Children says that only the work tree's change tells of files.
func ReadProgram(spool string, root int) Told {
	entries, err := os.ReadDir(spool) // by name, which is by time
	m := merged{hosts: map[string]bool{}}
	if err != nil {
		m.miss("what its Python processes did: " + err.Error())
	}
	for _, e := range entries {
		m.add(NewReader(filepath.Join(spool, e.Name())), root)
	}
	if !m.root {
		m.seen.Children = true
	}
	m.seen.Hosts = slices.Sorted(maps.Keys(m.hosts))
	m.Facts.Seen = m.seen
	return m.Told
}

// merged is what several processes told.
type merged struct {
	Told
	seen  wire.Seen
	hosts map[string]bool
	root  bool // the first process is among them
}

// add takes in what one process told.
func (m *merged) add(r *Reader, root int) {
	session, told := r.Session()
	if !told {
		m.miss("what a Python process did: its hook could not write it down")
		return
	}
	if own := session.PID == root; own || !m.Found {
		m.Session, m.root = session, m.root || own
	}
	m.Found = true
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.take("program")
	if c == nil {
		c = newCell()
	}
	if !c.ended {
		m.miss("the last of what a Python process did: it was killed, was replaced by another program, or goes on")
	}
	m.merge(c.facts())
}

func (m *merged) miss(what string) {
	m.seen.Children = true
	if !slices.Contains(m.seen.Missed, what) {
		m.seen.Missed = append(m.seen.Missed, what)
	}
}

func (m *merged) merge(f wire.Facts) {
	m.seen.Opened = append(m.seen.Opened, f.Seen.Opened...)
	m.seen.Processes = append(m.seen.Processes, f.Seen.Processes...)
	m.seen.Children = m.seen.Children || f.Seen.Children
	for _, why := range f.Seen.Missed {
		m.miss(why)
	}
	for _, host := range f.Seen.Hosts {
		m.hosts[host] = true
	}
	for _, module := range f.Imports {
		if !slices.ContainsFunc(m.Facts.Imports, func(had wire.Module) bool { return had.Name == module.Name }) {
			m.Facts.Imports = append(m.Facts.Imports, module)
		}
	}
	for _, seed := range f.Seeds {
		if !slices.Contains(m.Facts.Seeds, seed) {
			m.Facts.Seeds = append(m.Facts.Seeds, seed)
		}
	}
}
