package python_test

import (
	"bytes"
	"image/png"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/absorb"
	"github.com/gemba-ml/gemba/tracker/blob"
)

func TestParams(t *testing.T) {
	dir := t.TempDir()
	succeed(t, program(t, dir, "params"))
	runs, gaps := byName(absorbed(t, dir))
	r := runs["params"]
	want := []tracker.Param{{Key: "int", Value: "3", Type: "int"}, {Key: "large", Value: "1180591620717411303424", Type: "int"}, {Key: "float", Value: "0.1", Type: "float"},
		{Key: "tiny", Value: "1e-300", Type: "float"}, {Key: "whole", Value: "2.0", Type: "float"}, {Key: "inf", Value: "-inf", Type: "float"}, {Key: "nan", Value: "nan", Type: "float"},
		{Key: "yes", Value: "true", Type: "bool"}, {Key: "text", Value: "größe\n", Type: "text"}, {Key: "none", Value: "null", Type: "json"},
		{Key: "list", Value: `[1,"a",null]`, Type: "json"}, {Key: "dict", Value: `{"b":1,"a":[true]}`, Type: "json"}, {Key: "set", Value: "[1,2,3]", Type: "json"},
		{Key: "nans", Value: "[nan]", Type: "text"}, {Key: "tensor", Value: "0.5", Type: "float"}, {Key: "number", Value: "7", Type: "int"},
		{Key: "many", Value: "[1,2]", Type: "json"}, {Key: "nested", Value: `{"x":1,"y":[1,2]}`, Type: "json"}, {Key: "path", Value: "a/b", Type: "text"},
		{Key: "day", Value: "2020-01-02", Type: "text"}, {Key: "surrogate", Value: "\uFFFD", Type: "text"}, {Key: "long", Value: strings.Repeat("x", 100_000), Type: "text"},
		{Key: "lr", Value: "0.01", Type: "float"}, {Key: "epochs", Value: "3", Type: "int"}, {Key: "name", Value: "a", Type: "text"}, {Key: "kind", Value: "Colour.RED", Type: "text"}}
	if diff := cmp.Diff(want, r.params); diff != "" || len(gaps) != 0 {
		t.Error(diff, gaps)
	}
	tags := []tracker.Tag{{Key: "mlflow.note.content", Value: "*note*"}, {Key: "gemba.hypothesis", Value: "it learns"}, {Key: "gemba.conclusion", Value: "it does"}, {Key: "why", Value: "7"}}
	if diff := cmp.Diff(tags, r.tags); diff != "" {
		t.Error(diff)
	}
	for i, want := range []tracker.Metric{{Key: "tensor", Value: 0.25, Step: 4}, {Key: "truth", Value: 1, Step: 5}, {Key: "large", Value: 1 << 60}, {Key: "text", Value: 1.5}} {
		got := r.metrics[i]
		got.Time = 0
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestArtifacts keeps one of each kind, and compares the bytes.
func TestArtifacts(t *testing.T) {
	dir := t.TempDir()
	succeed(t, program(t, dir, "artifacts", dir))
	packs := t.TempDir()
	o, r := options(t, dir)
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	defer bulk.Close()
	o.Store = bulk
	if err := absorb.Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(o.Folder, "*.artifact")); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
	runs, gaps := byName(r.list)
	var got [][]string
	for _, a := range runs["artifacts"].artifacts {
		b, err := blob.OpenStore(packs).Get(a.Artifact)
		if err != nil || int64(len(b)) != a.Bytes {
			t.Fatal(a.Path, err)
		}
		if bytes.HasPrefix(b, []byte("\x89PNG")) {
			b = []byte(pixels(t, b))
		}
		got = append(got, []string{a.Path, a.Kind, a.Media, string(b)})
	}
	want := [][]string{{"file.bin", "file", "", "file.bin"}, {"other/name.bin", "file", "", "file.bin"}, {"tree/a.txt", "file", "", "a.txt"}, {"tree/below/b.txt", "file", "", "b.txt"},
		{"x.png", "image", "image/png", "bytes"}, {"x.bin", "weights", "application/x", "more"}, {"net/a.txt", "model", "", "a.txt"}, {"net/below/b.txt", "model", "", "b.txt"},
		{"t", "text", "text/plain", "größe"}, {"cells", "table", "text/csv", "name,loss\n\"a,b\",0.1\n,3\n"}, {"records", "table", "application/json", `[{"name":"a","loss":1}]` + "\n"},
		{"columns", "table", "application/json", `{"a":[1,2]}` + "\n"}, {"csv", "table", "text/csv", "a,b\n1,2\n"}, {"json", "table", "application/json", `[{"a":1}]`},
		{"frame", "table", "text/csv", "a,b\n1,2\n"}, {"array", "image", "image/png", "red blue"}, {"grey", "image", "image/png", "black white"},
		{"picture", "image", "image/png", "a picture as PNG"}, {"figure", "image", "image/png", "a figure as png"}, {"i.jpg", "image", "image/jpeg", "jpeg"},
		{"plot", "plot", "image/svg+xml", "a figure as svg"}, {"axes", "plot", "image/svg+xml", "a figure as svg"}, {"svg", "plot", "image/svg+xml", "<svg/>"},
		{"a.wav", "audio", "audio/wav", "wave"}, {"a", "audio", "audio/*", "sound"}, {"v.mp4", "video", "video/mp4", "film"}}
	if diff := cmp.Diff(want, got); diff != "" || len(gaps) != 0 {
		t.Error(diff, gaps)
	}
}

// pixels names the colours of a picture.
func pixels(t *testing.T, b []byte) string {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	names := map[[3]uint32]string{{0xFFFF, 0, 0}: "red", {0, 0, 0xFFFF}: "blue", {0, 0, 0}: "black", {0xFFFF, 0xFFFF, 0xFFFF}: "white"}
	var all []string
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			all = append(all, names[[3]uint32{r, g, b}])
		}
	}
	return strings.Join(slices.Clip(all), " ")
}
