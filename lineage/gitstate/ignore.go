package gitstate

// ignoreFile is the patterns of one file, and the file that has its say where this one has none.
type ignoreFile struct {
	base     string // the folder that its patterns are relative to, with a / at its end; empty for the root
	patterns []pattern
	parent   *ignoreFile
}

func parseIgnore(text, base string, fold bool, parent *ignoreFile) *ignoreFile {
	f := &ignoreFile{base: base, parent: parent}
	for _, line := range patternLines(text) {
		if line = withoutBlanks(line); line != "" && line != "!" && line != "/" {
			f.patterns = append(f.patterns, parsePattern(line, fold))
		}
	}
	return f
}

// ignores reports whether a path, whose folders are not ignored, is. The last pattern that fits decides, of
// the nearest file that has one.
func (f *ignoreFile) ignores(path string, folder bool) bool {
	for ; f != nil; f = f.parent {
		for i := len(f.patterns) - 1; i >= 0; i-- {
			if p := &f.patterns[i]; p.fits(path[len(f.base):], folder) {
				return !p.negative
			}
		}
	}
	return false
}
