package track

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// What makes a value stale is found out by two: gemba, which sees the code of cells, leaves a file with the reason, named by the value's
// id, and one with the files that a cell read, named by its execution; a program that gets a value looks at those files, and at
// the values behind it.

// keptInputs is what gemba tells of an execution that kept values.
type keptInputs struct {
	Files []keptInput `json:"files"`
}

// keptInput is a file as it was when the cell opened it.
type keptInput struct {
	Path    string    `json:"path"`
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mod_time"`
}

// staleness returns why a value is stale, nothing when it is not.
func staleness(dir string, h keptHead, seen map[string]bool) string {
	if seen[h.ID] {
		return ""
	}
	seen[h.ID] = true
	if reason, err := os.ReadFile(filepath.Join(dir, h.ID+".stale")); err == nil {
		return string(reason)
	}
	if path := changedInput(filepath.Join(dir, h.Execution+".inputs")); path != "" {
		return fmt.Sprintf("%s, which the cell that kept it had read, has changed", path)
	}
	for _, name := range sortedNames(h.Uses) {
		used, err := headOf(filepath.Join(dir, keptFile(name)))
		if err != nil || used.ID != h.Uses[name] {
			return fmt.Sprintf("%q, which it was made from, is another one now", name)
		}
		if reason := staleness(dir, used, seen); reason != "" {
			return fmt.Sprintf("%q, which it was made from, is stale: %s", name, reason)
		}
	}
	return ""
}

func sortedNames(m map[string]string) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// changedInput returns a file that is not as it was, as the list in a file tells.
func changedInput(list string) string {
	text, err := os.ReadFile(list)
	if err != nil {
		return "" // nothing is known of what it read
	}
	var in keptInputs
	if json.Unmarshal(text, &in) != nil {
		return ""
	}
	for _, f := range in.Files {
		info, err := os.Stat(f.Path)
		if err != nil || info.Size() != f.Size || !info.ModTime().Equal(f.ModTime) {
			return f.Path
		}
	}
	return ""
}
