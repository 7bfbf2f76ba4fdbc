package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/proxy/python"
	"github.com/gemba-ml/gemba/kernel/wire"
	trackpython "github.com/gemba-ml/gemba/tracker/track/python"
)

// pythonSight is what is seen of a program by its Python processes. A nil one sees nothing.
type pythonSight struct {
	folder string // private, where they leave what they tell
	site   string
	python bool // the program is Python
}

// watchPython prepares what lets Python processes tell what they do. A program that cannot be observed runs all the same.
func (p *program) watchPython() *pythonSight {
	if p.recorder == nil || os.Getenv("GEMBA_OBSERVE") == "off" {
		return nil
	}
	folder, err := os.MkdirTemp("", "gemba-exec-")
	if err != nil {
		p.log("observe Python processes: " + err.Error())
		return nil
	}
	s := &pythonSight{folder: folder, python: p.words.isPython()}
	if s.site, err = layPython(cacheDir(), folder); err != nil {
		p.log("observe Python processes: " + err.Error())
		s.close()
		return nil
	}
	return s
}

func (s *pythonSight) spool() string { return filepath.Join(s.folder, "told.jsonl") }

func (s *pythonSight) close() {
	if s != nil {
		_ = os.RemoveAll(s.folder) // it is in the system's temporary folder
	}
}

// environ is what the program's environment has for its Python processes: the hook comes first, and the module gemba behind what
// the user has.
func (s *pythonSight) environ() []string {
	if s == nil {
		return nil
	}
	modules := filepath.Join(s.site, "modules")
	path := []string{s.site}
	for _, folder := range filepath.SplitList(os.Getenv("PYTHONPATH")) {
		if folder != s.site && folder != modules {
			path = append(path, folder)
		}
	}
	path = append(path, modules)
	return []string{"PYTHONPATH=" + strings.Join(path, string(filepath.ListSeparator)), python.SpoolVariable + "=" + s.spool()}
}

// add adds what was seen. Where the program itself is not Python, or did not tell all, the work tree tells of files too.
func (s *pythonSight) add(f *wire.Facts, c *exec.Cmd) {
	self := wire.Process{Command: strings.Join(c.Args, " "), PID: c.Process.Pid}
	if s == nil {
		f.Seen.Children, f.Seen.Processes = true, []wire.Process{self}
		return
	}
	defer s.close()
	reader := python.NewReader(s.spool())
	told, found := reader.Session()
	if found {
		facts, _ := reader.Read("")
		f.Seen, f.Imports, f.Seeds = facts.Seen, facts.Imports, facts.Seeds
	} else if s.python {
		f.Seen.Missed = append(f.Seen.Missed, "files that Python opened outside of this folder: its hook did not start, as with python -I, -E or -S")
	}
	f.Seen.Children = f.Seen.Children || told.PID != self.PID
	f.Seen.Processes = slices.Insert(f.Seen.Processes, 0, self)
}

// layPython returns a folder with the files for Python processes: one in the user's cache, where Python's own compiled ones stay too, or
// when that is not to be had, one in folder.
func layPython(cache, folder string) (string, error) {
	files, err := pythonFiles()
	if err != nil {
		return "", err
	}
	if cache != "" {
		kept := filepath.Join(cache, "python-"+digestOf(files))
		if holds(kept, files) || layWhole(kept, files) == nil && holds(kept, files) {
			return kept, nil
		}
	}
	own := filepath.Join(folder, "site")
	return own, lay(own, files)
}

// pythonFiles are the hook and the module gemba, by the paths that they have in their folder.
func pythonFiles() (map[string][]byte, error) {
	files, modules := map[string][]byte{}, trackpython.Source()
	for name, text := range python.Files() {
		files[name] = []byte(text)
	}
	err := fs.WalkDir(modules, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files["modules/"+name], err = fs.ReadFile(modules, name)
		return err
	})
	return files, err
}

// digestOf names files by what they hold.
func digestOf(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d\n", name, len(files[name]))
		_, _ = h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// holds reports whether a folder holds files as they should be.
func holds(folder string, files map[string][]byte) bool {
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name))); err != nil || !bytes.Equal(got, want) {
			return false
		}
	}
	return true
}

// layWhole puts files into a folder that others, who may do the same at the same time, see whole or not at all.
func layWhole(folder string, files map[string][]byte) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return err
	}
	draft, err := os.MkdirTemp(filepath.Dir(folder), "python-draft-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(draft) }() // gone when it was renamed
	if err := lay(draft, files); err != nil {
		return err
	}
	return os.Rename(draft, folder)
}

func lay(folder string, files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
