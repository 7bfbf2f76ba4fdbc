package gitstate

import "strings"

// indexFolder is a folder of the index.
type indexFolder struct {
	path    string
	files   []int // its own entries, by their places in the index; in a conflict all stages
	folders map[string]*indexFolder
	start   int // where its entries, and those of the folders below it, begin
	end     int // and end
}

// foldersOf sorts the entries of the index into folders.
func foldersOf(entries []indexEntry) *indexFolder {
	root := &indexFolder{end: len(entries)}
	chain, prefixes := []*indexFolder{root}, []string{""}
	for i := range entries {
		path := entries[i].path
		last := len(chain) - 1
		for !strings.HasPrefix(path, prefixes[last]) {
			chain[last].end = i
			chain, prefixes = chain[:last], prefixes[:last]
			last--
		}
		from := len(prefixes[last])
		for {
			at := strings.IndexByte(path[from:], '/')
			if at < 0 || from+at+1 == len(path) { // a folder of a sparse index is an entry
				break
			}
			sub := &indexFolder{path: path[:from+at], start: i, end: len(entries)}
			chain[last].add(path[from:from+at], sub)
			from += at + 1
			chain, prefixes = append(chain, sub), append(prefixes, path[:from])
			last++
		}
		chain[last].files = append(chain[last].files, i)
	}
	return root
}

func (f *indexFolder) add(name string, sub *indexFolder) {
	if f.folders == nil {
		f.folders = map[string]*indexFolder{}
	}
	f.folders[name] = sub
}
