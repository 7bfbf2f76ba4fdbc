package gitstate

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	format "github.com/go-git/go-git/v5/plumbing/format/config"
)

// config is what git's configuration files say, those of the system and the user first. Names are section.key
// or section.subsection.key, section and key in lower case.
type config struct {
	values map[string][]string // in the order of their files
	read   map[string]remembered
	faults []string // what could not be read, for people
}

// maxIncludes is how deep configuration files may include each other; git allows ten.
const maxIncludes = 10

// configFiles returns where git looks for configuration, the last word last.
func configFiles(r Repository) []string {
	files := []string{"/etc/gitconfig"}
	if home, err := os.UserHomeDir(); err == nil {
		files = append(files, filepath.Join(userConfig(home), "config"), filepath.Join(home, ".gitconfig"))
	}
	return append(files, filepath.Join(r.Common, "config"))
}

// userConfig is git's folder among the user's configuration.
func userConfig(home string) string {
	if dir := os.Getenv("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "git")
	}
	return filepath.Join(home, ".config", "git")
}

// readConfig reads the configuration of r, or returns before when no file of it changed.
func readConfig(r Repository, before *config) *config {
	if before != nil && before.fresh() {
		return before
	}
	c := &config{values: map[string][]string{}, read: map[string]remembered{}}
	for _, file := range configFiles(r) {
		c.file(r, file, 0)
	}
	if c.is("extensions.worktreeconfig", false) {
		c.file(r, filepath.Join(r.GitDir, "config.worktree"), 0)
	}
	return c
}

// fresh reports whether no file that was read, or missed, changed.
func (c *config) fresh() bool {
	for file, r := range c.read {
		if !r.holds(file) {
			return false
		}
	}
	return true
}

func (c *config) file(r Repository, path string, depth int) {
	if _, again := c.read[path]; again && depth > 0 || depth > maxIncludes {
		return
	}
	c.read[path] = remember(path)
	b, err := os.ReadFile(path)
	if err != nil {
		return
	}
	var parsed format.Config
	if err := format.NewDecoder(bytes.NewReader(b)).Decode(&parsed); err != nil {
		c.faults = append(c.faults, "git's configuration "+path+" could not be read wholly: "+err.Error())
	}
	for _, section := range parsed.Sections {
		name := strings.ToLower(section.Name)
		c.options(r, path, name, section.Options, depth)
		for _, sub := range section.Subsections {
			c.options(r, path, name+"."+sub.Name, sub.Options, depth)
		}
	}
}

func (c *config) options(r Repository, path, section string, options format.Options, depth int) {
	for _, o := range options {
		name := section + "." + strings.ToLower(o.Key)
		c.values[name] = append(c.values[name], o.Value)
		condition, conditional := strings.CutPrefix(section, "includeif.")
		if name == "include.path" || conditional && strings.EqualFold(o.Key, "path") && includes(r, path, condition) {
			c.file(r, relativeTo(filepath.Dir(path), expandHome(o.Value)), depth+1)
		}
	}
}

// includes reports whether the condition of an includeIf holds. Conditions on remotes and branches do not.
func includes(r Repository, path, condition string) bool {
	kind, pattern, _ := strings.Cut(condition, ":")
	if kind != "gitdir" && kind != "gitdir/i" {
		return false
	}
	pattern = expandHome(pattern)
	if rest, ok := strings.CutPrefix(pattern, "./"); ok {
		pattern = filepath.ToSlash(filepath.Dir(path)) + "/" + rest
	} else if !strings.HasPrefix(pattern, "/") {
		pattern = "**/" + pattern
	}
	if strings.HasSuffix(pattern, "/") {
		pattern += "**"
	}
	return wildmatch(pattern, filepath.ToSlash(r.GitDir), kind == "gitdir/i")
}

func expandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return path
	}
	return filepath.Join(home, rest)
}

// last returns what was said last, empty when nothing was.
func (c *config) last(name string) string {
	if v := c.values[name]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

// is returns a truth value as git reads it; a key without a value is true.
func (c *config) is(name string, otherwise bool) bool {
	if len(c.values[name]) == 0 {
		return otherwise
	}
	switch strings.ToLower(c.last(name)) {
	case "true", "yes", "on", "1", "":
		return true
	case "false", "no", "off", "0":
		return false
	}
	return otherwise
}
