package snapshot

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

func TestLines(t *testing.T) {
	d := tracker.DigestOf([]byte("x"))
	for _, test := range []struct {
		line Line
		want string
	}{
		{Line{Name: "a.csv", Type: File, Mode: 0o644, Size: 12, Digest: d}, `{"name":"a.csv","type":"file","mode":"0644","size":12,"digest":"` + d.String() + `"}`},
		{Line{Name: "sub", Type: Folder, Mode: 0o755, Tree: d, Files: 2, Bytes: 3}, `{"name":"sub","type":"folder","mode":"0755","tree":"` + d.String() + `","files":2,"bytes":3}`},
		{Line{Name: "l", Type: Link, Target: "../x y"}, `{"name":"l","type":"link","target":"../x y"}`},
		{Line{Name: "s", Type: Socket, Missing: "socket"}, `{"name":"s","type":"socket","missing":"socket"}`},
		{Line{Name: "x", Type: File, Mode: 0o755 | fs.ModeSetuid | fs.ModeSticky, Size: 5, Missing: "unreadable: permission denied"},
			`{"name":"x","type":"file","mode":"5755","size":5,"missing":"unreadable: permission denied"}`},
		{Line{Name: "x", Type: Folder, Missing: "not read"}, `{"name":"x","type":"folder","mode":"0000","missing":"not read"}`},
		{Line{Name: "a\"\\\n\x7fü<&", Type: Link, Target: "\t"}, `{"name":"a\"\\\u000a` + "\x7f" + `ü<&","type":"link","target":"\u0009"}`},
		{Line{Name: "\xff", Type: Link, Target: "\xfe/\xff"}, `{"name64":"/w==","type":"link","target64":"/i//"}`},
		{Line{Name: d.String(), Type: Link, Target: d.String()}, ""},
	} {
		text := string(test.line.append(nil))
		if test.want != "" && text != test.want+"\n" {
			t.Errorf("written %s, want %s", text, test.want)
		}
		if test.want == "" && strings.Contains(text, "sha256:") {
			t.Errorf("%s names a blob", text)
		}
		got, err := parseLine([]byte(text))
		if diff := cmp.Diff(test.line, got); diff != "" || err != nil {
			t.Errorf("%s: error %v, read (-want +got):\n%s", text, err, diff)
		}
	}
}

func TestLinesThatNoSnapshotWrote(t *testing.T) {
	d := `"` + tracker.DigestOf(nil).String() + `"`
	for _, line := range []string{
		``, `null`, `[]`, `{}`, `{"name":"x"}`, `"x"`, `{"name":"x","type":"file"`,
		`{"name":"x","type":"file","mode":"0644","size":1}`,
		`{"name":"x","type":"file","mode":"0644","size":-1,"digest":` + d + `}`,
		`{"name":"x","type":"file","mode":"644","size":1,"digest":` + d + `}`,
		`{"name":"x","type":"file","mode":"0999","size":1,"digest":` + d + `}`,
		`{"name":"x","type":"file","mode":"0644","size":1,"digest":"sha256:0"}`,
		`{"name":"x","type":"folder","mode":"0755"}`,
		`{"name":"x","type":"link"}`, `{"name":"x","type":"link","target":"a\u0000b"}`,
		`{"type":"link","target":"a"}`, `{"name":"","type":"link","target":"a"}`, `{"name":".","type":"link","target":"a"}`,
		`{"name":"..","type":"link","target":"a"}`, `{"name":"a/b","type":"link","target":"a"}`, `{"name":"a\u0000","type":"link","target":"a"}`,
		`{"name64":"Li4=","type":"link","target":"a"}`, `{"name64":"Li4vYQ==","type":"link","target":"a"}`, `{"name64":"!","type":"link","target":"a"}`,
	} {
		if l, err := parseLine([]byte(line)); !errors.Is(err, ErrDocument) {
			t.Errorf("%s: read %+v, error %v, want ErrDocument", line, l, err)
		}
	}
}

// What can be read is written the same way ever after, and never leads out of its folder.
func FuzzLine(f *testing.F) {
	for _, l := range []Line{
		{Name: "a", Type: File, Mode: 0o644, Size: 12, Digest: empty}, {Name: "\xff", Type: Folder, Mode: 0o755, Tree: empty},
		{Name: "l", Type: Link, Target: "/"}, {Name: "s", Type: Socket, Missing: "socket"},
	} {
		f.Add(l.append(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := parseLine(b)
		if err != nil {
			return
		}
		if strings.ContainsAny(l.Name, "/\x00") || l.Name == ".." || l.Name == "" {
			t.Errorf("the name is %q", l.Name)
		}
		once := l.append(nil)
		again, err := parseLine(once)
		if err != nil {
			if l.Type == File || l.Type == Folder || l.Type == Link || l.Type == Socket {
				t.Fatalf("%s was written and cannot be read: %v", once, err)
			}
			return // a type of another program
		}
		if twice := again.append(nil); string(twice) != string(once) {
			t.Errorf("written as %s, then as %s", once, twice)
		}
	})
}
