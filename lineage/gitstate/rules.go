package gitstate

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// rules are what configuration, attributes and ignore files say, as far as they were read. Files of rules are read
// again when their stamps changed.
type rules struct {
	config         *config
	executable     bool // the file system knows which files can be executed
	links          bool // and symbolic links
	fold           bool // it takes capital letters for small ones
	trustChange    bool
	checkInode     bool
	converts       bool           // the configuration alone says that files are converted
	userIgnore     *ignoreFile    // info/exclude before core.excludesFile
	userAttributes *attributeFile // core.attributesFile
	info           *attributeFile // info/attributes: it comes before all others
	macros         macros

	read       map[string]remembered // the files outside of the work tree, of which these were made
	ignores    map[string]*ruleFile[ignoreFile]
	attributes map[string]*ruleFile[attributeFile]
}

// ruleFile is what was parsed from a file in the work tree.
type ruleFile[T any] struct {
	remembered
	parent, parsed *T
}

// refreshRules returns the rules of a repository: those before when nothing changed.
func refreshRules(r Repository, before *rules) *rules {
	if before != nil {
		c := readConfig(r, before.config)
		if c == before.config && before.fresh() {
			return before
		}
	}
	u := &rules{config: readConfig(r, nil), read: map[string]remembered{}, macros: builtinMacros(),
		ignores: map[string]*ruleFile[ignoreFile]{}, attributes: map[string]*ruleFile[attributeFile]{}}
	c := u.config
	u.executable, u.links, u.fold = c.is("core.filemode", true), c.is("core.symlinks", true), c.is("core.ignorecase", false)
	minimal := strings.EqualFold(c.last("core.checkstat"), "minimal")
	u.trustChange, u.checkInode = c.is("core.trustctime", true) && !minimal, !minimal
	u.converts = !conversionOf(attributeSet{}, c, "").none()
	home, _ := os.UserHomeDir()
	named := func(key, name string) string {
		if v := c.last(key); v != "" {
			return relativeTo(r.Root, expandHome(v))
		}
		return filepath.Join(userConfig(home), name)
	}
	u.userIgnore = parseIgnore(u.text(named("core.excludesfile", "ignore")), "", u.fold, nil)
	u.userIgnore = parseIgnore(u.text(filepath.Join(r.Common, "info", "exclude")), "", u.fold, u.userIgnore)
	system := parseAttributes(u.text("/etc/gitattributes"), "", u.fold, u.macros, nil)
	u.userAttributes = parseAttributes(u.text(named("core.attributesfile", "attributes")), "", u.fold, u.macros, system)
	u.userAttributes = u.userAttributes.orParent().orParent()
	u.info = parseAttributes(u.text(filepath.Join(r.Common, "info", "attributes")), "", u.fold, u.macros, nil).orParent()
	return u
}

// orParent leaves out a file that says nothing.
func (f *attributeFile) orParent() *attributeFile {
	if f != nil && len(f.lines) == 0 {
		return f.parent
	}
	return f
}

func (u *rules) text(path string) string {
	u.read[path] = remember(path)
	b, _ := os.ReadFile(path)
	return string(b)
}

func (u *rules) fresh() bool {
	for file, r := range u.read {
		if !r.holds(file) {
			return false
		}
	}
	return true
}

// parsed returns what a rule file in the work tree says, from memory when neither it nor what is above it changed.
func parsed[T any](known map[string]*ruleFile[T], file string, at stamp, parent *T, parse func(string) *T) *T {
	if k := known[file]; k != nil && k.stamp == at && k.settled(k.at) && k.parent == parent {
		return k.parsed
	}
	now := time.Now().UnixNano()
	b, _ := os.ReadFile(file) // gone meanwhile: it says nothing
	k := &ruleFile[T]{remembered{at, now}, parent, parse(string(b))}
	known[file] = k
	return k.parsed
}

// ignoreAt returns the .gitignore of a folder.
func (u *rules) ignoreAt(root, folder string, at stamp, parent *ignoreFile) *ignoreFile {
	return parsed(u.ignores, filepath.Join(root, filepath.FromSlash(folder), ".gitignore"), at, parent,
		func(text string) *ignoreFile { return parseIgnore(text, asBase(folder), u.fold, parent) })
}

// attributesAt returns the .gitattributes of a folder.
func (u *rules) attributesAt(root, folder string, at stamp, parent *attributeFile) *attributeFile {
	return parsed(u.attributes, filepath.Join(root, filepath.FromSlash(folder), ".gitattributes"), at, parent,
		func(text string) *attributeFile {
			return parseAttributes(text, asBase(folder), u.fold, u.macros, parent).orParent()
		})
}

func asBase(folder string) string {
	if folder == "" {
		return ""
	}
	return folder + "/"
}

// conversion tells how a path is converted.
func (u *rules) conversion(attributes *attributeFile, path string) conversion {
	if attributes == nil && u.info == nil && !u.converts {
		return conversion{}
	}
	return conversionOf(attributeSet{u.info, attributes}, u.config, path)
}

// attributeSet is the files that have a say about a path, info/attributes first.
type attributeSet [2]*attributeFile

func (s attributeSet) get(path, name string) string {
	for _, f := range s {
		if value, ok := f.get(path, name); ok {
			return value
		}
	}
	return noValue
}
