package environ

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// makeFiles makes files with a text each.
func makeFiles(t *testing.T, root string, texts map[string]string) {
	t.Helper()
	for name, text := range texts {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPython(t *testing.T) {
	root := t.TempDir()
	prefix := filepath.Join(root, "envs", "paper")
	makeFiles(t, root, map[string]string{
		"envs/paper/conda-meta/history":                         "",
		"first/numpy-2.1.0.dist-info/METADATA":                  "",
		"first/Ruamel.yaml.clib-0.2.12.dist-info/METADATA":      "",
		"first/torch-2.1.0+cu121.dist-info/METADATA":            "",
		"first/old_style-1.0-py3.11.egg-info":                   "Metadata-Version: 1.0\nVersion: 1.0\n",
		"first/linked.egg-info/PKG-INFO":                        "Metadata-Version: 2.1\nName: linked\nVersion: 0.3.dev1\n",
		"first/~umpy-1.0.dist-info/METADATA":                    "",
		"first/broken.egg-info/SOURCES.txt":                     "",
		"first/numpy/__init__.py":                               "",
		"second/numpy-1.26.4.dist-info/METADATA":                "",
		"second/scikit_learn-1.5.2.dist-info/direct_url.json":   "",
		"second/digest-" + digestText() + ".dist-info/METADATA": "",
	})
	p := Python{Version: "3.11.7", Build: "3.11.7 (main)\n[GCC 12]", Implementation: "cpython", Executable: "/usr/bin/python3", Prefix: prefix, BasePrefix: "/usr",
		ABI: "cpython-311", HashSeed: "0", Path: []string{filepath.Join(root, "none"), filepath.Join(root, "first"), filepath.Join(root, "second"), filepath.Join(root, "python311.zip")}}
	want := Environment{
		{"python.abi", "cpython-311"}, {"python.base", "/usr"}, {"python.build", "3.11.7 (main) [GCC 12]"}, {"python.conda", "paper"},
		{"python.executable", "/usr/bin/python3"}, {"python.hash_seed", "0"}, {"python.implementation", "cpython"},
		{"python.package.digest", digestText() + "…"}, {"python.package.linked", "0.3.dev1"}, {"python.package.numpy", "2.1.0"}, {"python.package.old-style", "1.0"},
		{"python.package.ruamel-yaml-clib", "0.2.12"}, {"python.package.scikit-learn", "1.5.2"}, {"python.package.torch", "2.1.0+cu121"},
		{"python.prefix", prefix}, {"python.version", "3.11.7"},
	}
	if diff := cmp.Diff(want, p.Facts()); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	e, err := Capture(t.Context(), Options{Python: &p, Env: []string{"PATH=" + root}})
	if err != nil || e.Value("python.package.numpy") != "2.1.0" {
		t.Errorf("captured %v: %v", e, err)
	}
	was := p
	was.Path = p.Path[2:]
	list := Diff(was.Facts(), p.Facts())
	if len(list) == 0 || list[0].Name != "python.package.linked" && list[0].Name != "python.package.numpy" {
		t.Errorf("differences: %v", list)
	}
}

// digestText would name a blob.
func digestText() string { return "sha256:" + strings.Repeat("0", 64) }
