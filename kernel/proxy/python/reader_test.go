package python

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

func TestReaderReadsWhatIsNewAndWhole(t *testing.T) {
	spool := filepath.Join(t.TempDir(), "spool")
	r := NewReader(spool)
	if _, found := r.Read("none"); found {
		t.Error("there was no file yet")
	}
	add := func(text string) {
		t.Helper()
		f, err := os.OpenFile(spool, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	add("\n{\"session\":{\"version\":\"3\",\"pid\":7}}\n\n{\"cell\":\"a\",\"dir\":\"/d\",\"raw\":8}\nx\x00/y\x00x")
	if s, known := r.Session(); !known || s.PID != 7 {
		t.Errorf("session %+v", s)
	}
	add("\x00z\n\n{\"cell\":\"a\",\"wrote\":[[\"/y\",3,5000000000,9,0]],\"hosts\":[\"h:1\"]}\n\n{\"cell\":\"a\",\"ru")
	add("\n{\"cell\":\"a\",\"run\":[\"ls\",{\"b64\":\"/w==\"}],\"bound\":[\"q\"],\"seeds\":[[\"seed\",\"1\"]],\"end\":true}\n{\"cell\":\"b\",\"raw\":400}\nq")
	facts, found := r.Read("a")
	looked := wire.Opened{Path: "/y", Existed: true, Size: 3, ModTime: time.Unix(5, 0), Inode: 9}
	want := wire.Facts{Bound: []string{"q"}, Seeds: []wire.Seed{{Call: "seed", Value: "1"}}, Seen: wire.Seen{
		Opened: []wire.Opened{{Path: "/d/x", Unlooked: true}, looked, {Path: "/d/z", Unlooked: true}, looked},
		Hosts:  []string{"h:1"}, Children: true, Processes: []wire.Process{{Command: "ls"}, {Command: "\xff"}},
	}}
	if diff := cmp.Diff(want, facts); !found || diff != "" {
		t.Errorf("%v (-want +got):\n%s", found, diff)
	}
	if facts, found := r.Read("b"); found || !facts.Seen.Children || facts.Seen.Missed == nil {
		t.Errorf("of what is not whole: %+v", facts)
	}
}

// FuzzReader reads any bytes: whatever a program writes there must do no harm.
func FuzzReader(f *testing.F) {
	f.Add([]byte("\n{\"cell\":\"a\",\"dir\":\"/d\",\"raw\":3}\nx\x00y\n{\"cell\":\"a\",\"wrote\":[[\"/y\",3,5,9,0],[\"z\",1]],\"end\":true}\n"))
	f.Add([]byte("{\"cell\":\"a\",\"raw\":-3}\n{\"cell\":null,\"run\":[\"x\"]}\n{\"session\":{}}\n{\"cell\":\"a\",\"imports\":[[],[\"a\",\"1\"]]}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader("")
		rest := r.lines(b)
		if len(rest) > len(b) {
			t.Errorf("%d bytes are left of %d", len(rest), len(b))
		}
		if c := r.take("a"); c != nil {
			c.facts()
		}
	})
}

func TestPlacesOfPaths(t *testing.T) {
	for _, dir := range []string{"/", "/a", "/a/", ""} {
		for _, path := range []string{"", "x", "x/y", "./x", "../x", "x/../y", "x//y", "x/", "x/.", ".x", "x/.y", "/x"} {
			want := path
			if !filepath.IsAbs(path) {
				want = filepath.Join(dir, path)
			}
			if got := placed(dir, path); got != want {
				t.Errorf("%q in %q is %q, want %q", path, dir, got, want)
			}
		}
	}
}
