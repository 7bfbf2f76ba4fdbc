package build

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A store is what is known of packages as long as go.mod, environment, flags and the go command stay what they are. It
// is kept between sessions, so that a notebook opened again builds without asking the go command.
type store struct {
	Toolchain toolchain
	Graphs    map[string]packages // what imports what, by tags; nothing of it need be compiled
	Exports   map[string]packages // compiled packages, by variant
	Prints    map[string]string   // of folders whose files may change: what they held when they were listed
	path      string              // of the file it is kept in
}

// storeFormat is part of each store's name: another version reads other files.
const storeFormat = "5"

// storeKey names a store.
func (j *job) storeKey() string {
	h := sha256.New()
	for _, part := range []string{storeFormat, j.module.digest(), j.env.building(), stamp(j.goCommand),
		strings.Join(j.flags.listed, " "), strings.Join(j.flags.tags, ","), fmt.Sprint(j.request.Wasm != nil)} {
		io.WriteString(h, part+"\x00")
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// openStore finds the store for the module as it is now.
func (j *job) openStore() error {
	key := j.storeKey()
	if j.stores[key] == nil {
		s, err := j.loadStore(filepath.Join(j.opts.CacheDir, "build", key+".json"))
		if err != nil {
			return err
		}
		j.stores[key] = s
	}
	j.store, j.key = j.stores[key], key
	j.finder.at(j.store.Toolchain.GOROOT, j.store.Toolchain.GOMODCACHE)
	if j.store.stale() {
		j.store.forget()
	}
	return nil
}

func (j *job) loadStore(path string) (*store, error) {
	s := &store{path: path}
	if data, err := os.ReadFile(path); err == nil && json.Unmarshal(data, s) == nil && s.Toolchain.GOROOT != "" {
		j.use(path)
		return s, nil
	}
	s = &store{path: path}
	s.forget()
	var err error
	s.Toolchain, err = j.readToolchain()
	return s, err
}

func (s *store) forget() {
	s.Graphs, s.Exports, s.Prints = map[string]packages{}, map[string]packages{}, map[string]string{}
}

// save keeps the store. What cannot be kept is listed again by the next session, so errors do not matter.
func (s *store) save() {
	data, err := json.Marshal(s)
	if err == nil && writeFile(s.path, data) == nil {
		prune(filepath.Dir(s.path), keptStores)
	}
}

// stale says that files of a local package changed since it was listed.
func (s *store) stale() bool {
	for dir, old := range s.Prints {
		if fingerprint(dir) != old {
			return true
		}
	}
	return false
}

// note takes fingerprints of the local packages of a list.
func (s *store) note(list packages) {
	for _, p := range list {
		for _, dir := range p.folders() {
			if s.Prints[dir] == "" {
				s.Prints[dir] = fingerprint(dir)
			}
		}
	}
}

// prints is one text for the state of the local packages among those.
func (s *store) prints(list []*pkg) string {
	var b strings.Builder
	for _, p := range list {
		for _, dir := range p.folders() {
			fmt.Fprintln(&b, dir, s.Prints[dir])
		}
	}
	return b.String()
}

// folders are those of a local package, none of another one.
func (p *pkg) folders() []string {
	if !p.Local {
		return nil
	}
	return append([]string{p.Dir}, p.Embeds...)
}

// fingerprint changes when a file of a folder does: names, sizes and times of change.
func fingerprint(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err.Error()
	}
	h := sha256.New()
	for _, e := range entries {
		if info, err := e.Info(); err == nil && !info.IsDir() {
			fmt.Fprintln(h, info.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// compiled says that every package of a list still has its compiled form: the build cache drops what is old.
func compiled(list []*pkg) bool {
	return !slices.ContainsFunc(list, func(p *pkg) bool {
		if p.Export == "" {
			return true
		}
		_, err := os.Stat(p.Export)
		return err != nil
	})
}

// graph gives what is known of packages under the tags chosen so far.
func (j *job) graph() packages {
	key := strings.Join(j.variant.tags, ",")
	if j.store.Graphs[key] == nil {
		j.store.Graphs[key] = packages{}
	}
	return j.store.Graphs[key]
}
