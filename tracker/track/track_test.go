package track

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newRun opens a run with a log of its own.
func newRun(t testing.TB) (*program, *Run) {
	t.Helper()
	p := &program{Place: Place{Folder: t.TempDir()}}
	r := p.open(opened{Run: newID()})
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return p, r
}

func TestValues(t *testing.T) {
	var none *time.Duration
	for _, test := range []struct {
		value      any
		text, kind string
	}{
		{"a", "a", "text"}, {true, "true", "bool"}, {3, "3", "int"}, {uint8(200), "200", "int"}, {int64(-1 << 63), "-9223372036854775808", "int"},
		{0.1, "0.1", "float"}, {float32(0.1), "0.1", "float"}, {1e300, "1e+300", "float"}, {[]int{1, 2}, "[1,2]", "json"},
		{map[string]int{"a": 1}, `{"a":1}`, "json"}, {time.Second, "1s", "text"}, {none, "null", "json"}, {nil, "null", "json"},
		{func() {}, "", "text"}, {complex(1, 2), "(1+2i)", "text"},
	} {
		text, kind := valueOf(test.value)
		if kind == "text" && test.text == "" {
			text = "" // an address
		}
		if text != test.text || kind != test.kind {
			t.Errorf("%v is %q, a %s; want %q, a %s", test.value, text, kind, test.text, test.kind)
		}
	}
}

// kept returns the file in which a run's only artifact is.
func kept(t *testing.T, p *program) string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(p.Folder, "*.artifact"))
	if len(files) != 1 {
		t.Fatalf("kept are %v", files)
	}
	return files[0]
}

func TestTables(t *testing.T) {
	type record struct {
		Name string  `json:"name"`
		Loss float64 `json:"loss"`
	}
	for _, test := range []struct {
		name  string
		table any
		want  string
	}{
		{"cells", [][]any{{"name", "loss"}, {"a,b", 0.1}, {nil, 3}}, "name,loss\n\"a,b\",0.1\n,3\n"},
		{"texts", [][]string{{"x"}, {"1\n2"}}, "x\n\"1\n2\"\n"},
		{"numbers", [][]float64{{1, 0.1}, {1e-9, -2}}, "1,0.1\n1e-09,-2\n"},
		{"records", []record{{"a", 1}, {"b", 2}}, `[{"name":"a","loss":1},{"name":"b","loss":2}]` + "\n"},
		{"maps", []map[string]any{{"a": 1}}, `[{"a":1}]` + "\n"},
		{"CSV", "a,b\n1,2\n", "a,b\n1,2\n"},
		{"JSON", []byte(`[{"a":1}]`), `[{"a":1}]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, r := newRun(t)
			r.Table("t", test.table)
			b, err := os.ReadFile(kept(t, p))
			if diff := cmp.Diff(test.want, string(b)); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}

func TestImage(t *testing.T) {
	p, r := newRun(t)
	picture := image.NewRGBA(image.Rect(0, 0, 3, 2))
	picture.Set(1, 1, color.RGBA{R: 200, A: 255})
	r.Image("i.png", picture)
	f, err := os.Open(kept(t, p))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if red, _, _, _ := got.At(1, 1).RGBA(); got.Bounds() != picture.Bounds() || red>>8 != 200 {
		t.Errorf("the picture is %v", got)
	}
}

func TestMedia(t *testing.T) {
	for _, test := range []struct{ as, kind, want string }{
		{"a.wav", "audio", "audio/wav"}, {"a.MP3", "audio", "audio/mpeg"}, {"a", "audio", "audio/*"}, {"a.wav", "video", "video/*"}, {"x/y.mp4", "video", "video/mp4"},
	} {
		if got := mediaOf(test.as, test.kind); got != test.want || kindOf(got) != test.kind {
			t.Errorf("%s as %s is %q, of the kind %s", test.as, test.kind, got, kindOf(got))
		}
	}
	if kindOf("") != "file" || kindOf("application/json") != "file" || kindOf("imagery/png") != "file" {
		t.Error("what has no kind has one")
	}
}

// TestNothingFails calls everything on runs that are not there.
func TestNothingFails(t *testing.T) {
	full := &program{Place: Place{Folder: filepath.Join(t.TempDir(), "file", "folder")}}
	if err := os.WriteFile(filepath.Dir(full.Folder), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	lost := full.open(opened{Run: newID()})
	if lost.Err() == nil {
		t.Error("a log in a file should not open")
	}
	wrong := Start("x", Resume("not an id"))
	if err := wrong.Err(); err == nil || !strings.Contains(err.Error(), `"not an id"`) {
		t.Errorf("a run that is none is resumed with %v", err)
	}
	for _, r := range []*Run{nil, {}, lost, wrong} {
		r.Param("a", 1)
		r.Params(map[string]any{"a": 1})
		r.Tag("a", "b")
		r.Note("a")
		r.Metric("a", 1, 1)
		r.Metrics(1, map[string]float64{"a": 1})
		r.Artifact("a", os.Args[0])
		r.Bytes("a", "", nil)
		r.Text("a", "")
		r.Image("a", image.NewRGBA(image.Rect(0, 0, 1, 1)))
		r.Plot("a", "<svg/>")
		r.Table("a", nil)
		r.Audio("a", nil)
		r.Video("a", nil)
		r.End(errors.New("x"))
	}
}

// TestManyGoroutines is for the race detector; absorb's tests count what programs log at once.
func TestManyGoroutines(t *testing.T) {
	p, r := newRun(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for step := range 5000 {
				r.Metric([]string{"a", "b", "c"}[step%3], float64(i), step)
			}
			r.Param(string(rune('a'+i)), i)
			r.Text("text", "x")
		})
	}
	group.Wait()
	if texts, _ := filepath.Glob(filepath.Join(p.Folder, "*.artifact")); len(texts) != 8 {
		t.Errorf("%d artifacts", len(texts))
	}
}

func TestSourceIsWhole(t *testing.T) {
	for _, name := range []string{"doc.go", "log.go", "gomlx/attach.go"} {
		if b, err := Source().ReadFile(name); err != nil || len(b) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkFiveScalars(b *testing.B) {
	p, r := newRun(b)
	names := []string{"loss", "accuracy", "learning_rate", "grad_norm", "throughput"}
	for i := 0; b.Loop(); i++ {
		for _, name := range names {
			r.Metric(name, float64(i)*0.5, i)
		}
	}
	b.ReportMetric(float64(p.log.end)/float64(b.N), "B/op")
}
