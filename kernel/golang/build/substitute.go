package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

const gonbModule = "github.com/janpfeifer/gonb"

// substitute has the go command take another copy of gonb's module. An overlay would be simpler, but it may not replace
// files of the module cache, nor of what is instrumented for coverage. The user's go.mod and go.work stay as they are: the
// go command is given others.
func (j *job) substitute(gonbui *pkg, text []byte) {
	root, state := filepath.Dir(gonbui.Dir), ""
	if gonbui.Local {
		state = treeState(root)
	}
	copied, err := copyModule(root, state, filepath.Join(j.opts.CacheDir, "overlay"), text)
	if err != nil {
		return
	}
	j.use(copied)
	dir := filepath.Join(j.opts.Dir, ".gemba")
	if j.module.read("go.work") != nil {
		err = j.writeWork(dir, root, copied)
		j.variant.goEnv = []string{"GOWORK=" + filepath.Join(dir, "go.work")}
	} else {
		err = j.writeMod(dir, copied)
		j.variant.flags = []string{"-modfile=" + filepath.Join(dir, "go.mod")}
	}
	if err != nil {
		j.variant.goEnv, j.variant.flags = nil, nil
		return
	}
	j.variant.shown = copied
}

// treeState changes with each change in the files of a folder.
func treeState(root string) string {
	var b strings.Builder
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil {
			fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return b.String()
}

// copyModule copies a module in a state, without what no cell can import, to a folder that is named by what it holds.
func copyModule(root, state, below string, text []byte) (string, error) {
	h := sha256.New()
	io.WriteString(h, root+"\x00"+state)
	h.Write(text)
	target := filepath.Join(below, "gonb-"+hex.EncodeToString(h.Sum(nil)[:12]))
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	if err := os.MkdirAll(below, 0o700); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(below, "new-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	if err := copyFiles(root, temp); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(temp, "gonbui", "gonbui.go"), text, 0o600); err != nil {
		return "", err
	}
	if err := os.Rename(temp, target); err != nil && !exists(target) {
		return "", err
	}
	prune(below, keptOverlays)
	return target, nil
}

// notCopied are the folders of gonb that hold no packages for cells, and most of its size.
var notCopied = map[string]bool{"docs": true, "examples": true, "binder": true, "cmd": true, "testdata": true}

func copyFiles(root, target string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && notCopied[d.Name()]:
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(target, rel), 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(target, rel), data, 0o600)
	})
}

// writeMod writes a copy of go.mod, and of go.sum, that takes gonb from a folder.
func (j *job) writeMod(dir, gonb string) error {
	file, err := modfile.Parse(filepath.Join(j.opts.Dir, "go.mod"), j.module.read("go.mod"), nil)
	if err != nil {
		return fmt.Errorf("parse go.mod: %w", err)
	}
	if err := file.AddReplace(gonbModule, "", gonb, ""); err != nil {
		return fmt.Errorf("replace gonb: %w", err)
	}
	data, err := file.Format()
	if err != nil {
		return fmt.Errorf("format go.mod: %w", err)
	}
	return writeAll(dir, map[string][]byte{"go.mod": data, "go.sum": j.module.read("go.sum")})
}

// writeWork does the same for go.work, whose folders it makes absolute. A module that go.work uses from a folder, root,
// may not be replaced there: it is used from the other folder.
func (j *job) writeWork(dir, root, gonb string) error {
	file, err := modfile.ParseWork(filepath.Join(j.opts.Dir, "go.work"), j.module.read("go.work"), nil)
	if err != nil {
		return fmt.Errorf("parse go.work: %w", err)
	}
	used := false
	for _, u := range file.Use {
		if !filepath.IsAbs(u.Path) {
			u.Path = filepath.Join(j.opts.Dir, u.Path)
		}
		if filepath.Clean(u.Path) == root {
			u.Path, used = gonb, true
		}
		u.Syntax.Token[len(u.Syntax.Token)-1] = modfile.AutoQuote(u.Path)
	}
	if !used {
		if err := file.AddReplace(gonbModule, "", gonb, ""); err != nil {
			return fmt.Errorf("replace gonb: %w", err)
		}
	}
	return writeAll(dir, map[string][]byte{"go.work": modfile.Format(file.Syntax), "go.work.sum": j.module.read("go.work.sum")})
}

// writeAll writes files that changed.
func writeAll(dir string, data map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, text := range data {
		path := filepath.Join(dir, name)
		if old, err := os.ReadFile(path); err == nil && string(old) == string(text) {
			continue
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
