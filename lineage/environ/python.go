package environ

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Python is an interpreter that executes cells, as it told of itself.
type Python struct {
	Version        string   // "3.11.7"
	Build          string   // sys.version, which says by what it was compiled
	Implementation string   // "cpython"
	Executable     string   //
	Prefix         string   // of its environment
	BasePrefix     string   // of the installation that a virtual environment is made from
	ABI            string   // sys.implementation.cache_tag and sys.abiflags
	HashSeed       string   // PYTHONHASHSEED, empty when strings hash differently in each process
	Optimize       int      // of -O
	Path           []string // sys.path: distributions are looked for in its folders
}

// Facts returns what is known of a Python and of the distributions that are installed for it. Their folders are read, and no
// program runs.
func (p Python) Facts() Environment {
	f := facts{}
	f.set("python.version", p.Version)
	f.set("python.build", strings.Join(strings.Fields(p.Build), " "))
	f.set("python.implementation", p.Implementation)
	f.set("python.executable", p.Executable)
	f.set("python.prefix", p.Prefix)
	if p.BasePrefix != p.Prefix {
		f.set("python.base", p.BasePrefix)
	}
	f.set("python.abi", p.ABI)
	f.set("python.hash_seed", p.HashSeed)
	if p.Optimize > 0 {
		f.set("python.optimize", strings.Repeat("O", p.Optimize))
	}
	f.set("python.conda", condaName(p.Prefix))
	for name, version := range Distributions(p.Path) {
		f.set("python.package."+name, version)
	}
	return f.environment()
}

func (l *look) python() {
	if l.Python == nil {
		return
	}
	for _, f := range l.Python.Facts() {
		l.facts.set(f.Name, f.Value)
	}
}

// condaName returns the name of a conda environment, empty when the prefix is none.
func condaName(prefix string) string {
	if info, err := os.Stat(filepath.Join(prefix, "conda-meta")); err != nil || !info.IsDir() {
		return ""
	}
	if parent := filepath.Dir(prefix); filepath.Base(parent) == "envs" {
		return filepath.Base(prefix)
	}
	return "base"
}

// Distributions returns the versions of the Python distributions in folders, by normalized name. Of one that is in several folders
// the first counts, as for Python.
func Distributions(folders []string) map[string]string {
	found := map[string]string{}
	for _, folder := range folders {
		entries, _ := os.ReadDir(folder) // of zip files, and of folders that are not there, nothing is known
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		here := map[string]string{}
		for _, e := range entries {
			if name, version := distribution(folder, e.Name()); name != "" {
				here[name] = version
			}
		}
		for name, version := range here {
			if _, known := found[name]; !known {
				found[name] = version
			}
		}
	}
	return found
}

// separators are what names of distributions may have between words, and all mean the same
// (https://packaging.python.org/en/latest/specifications/name-normalization/).
var separators = regexp.MustCompile(`[-_.]+`)

// NormalName returns the normal form of a distribution's name.
func NormalName(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}

// pythonTag is what setuptools adds to the version in the name of an egg.
var pythonTag = regexp.MustCompile(`-py\d.*$`)

// distribution takes the name of a .dist-info or .egg-info apart: NAME-VERSION, with underscores in both
// (https://packaging.python.org/en/latest/specifications/recording-installed-packages/). Old ones have the version in a file.
func distribution(folder, entry string) (name, version string) {
	stem, info := strings.CutSuffix(entry, ".dist-info")
	if !info {
		if stem, info = strings.CutSuffix(entry, ".egg-info"); !info {
			return "", ""
		}
	}
	name, version, _ = strings.Cut(pythonTag.ReplaceAllString(stem, ""), "-")
	if version == "" {
		version = metadataVersion(filepath.Join(folder, entry))
	}
	if name == "" || version == "" || strings.HasPrefix(name, "~") { // pip leaves such a name when it was killed
		return "", ""
	}
	return NormalName(name), version
}

// metadataVersion reads the version from the file that tells of a distribution, empty when it is not there.
func metadataVersion(path string) string {
	for _, file := range []string{filepath.Join(path, "PKG-INFO"), filepath.Join(path, "METADATA"), path} {
		b, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if value, ok := strings.CutPrefix(line, "Version:"); ok {
				return strings.TrimSpace(value)
			}
		}
	}
	return ""
}
