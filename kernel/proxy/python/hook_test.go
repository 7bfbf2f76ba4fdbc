package python

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// brief tells of a file in a few words.
func brief(k *kernel, seen wire.Seen) (list []string) {
	for _, o := range seen.Opened {
		name, err := filepath.Rel(k.dir, o.Path)
		if err != nil {
			name = o.Path
		}
		switch {
		case o.Unlooked:
			name += " unlooked"
		case o.Existed:
			name += " existed"
		default:
			name += " new"
		}
		list = append(list, name)
	}
	return list
}

func TestFiles(t *testing.T) {
	k := newKernel(t)
	path := k.write("a.csv", "1,2\n")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	facts := k.run(`text = open("a.csv").read()`, `with open("b.csv", "w") as f:`, `    f.write(text)`)
	if diff := cmp.Diff([]string{"a.csv unlooked", "b.csv new"}, brief(k, facts.Seen)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	facts = k.run(`open("a.csv", "a").write("3,4\n")`)
	if len(facts.Seen.Opened) != 1 || facts.Seen.Opened[0].Size != info.Size() || !facts.Seen.Opened[0].ModTime.Equal(info.ModTime()) || facts.Seen.Opened[0].Inode == 0 {
		t.Errorf("appended: %+v", facts.Seen.Opened)
	}
	if facts.Seen.Children || facts.Seen.Missed != nil {
		t.Errorf("nothing was started and nothing missed: %+v", facts.Seen)
	}
}
