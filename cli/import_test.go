package cli

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// importData is what the real tools wrote.
const importData = "../tracker/imports/testdata"

// gemba runs a command with a ledger, and returns its standard output and its exit status.
func gembaIn(t *testing.T, ledger string, args ...string) (string, int) {
	t.Helper()
	t.Setenv("GEMBA_CONFIG", filepath.Join(filepath.Dir(ledger), "config"))
	var out, errs bytes.Buffer
	status := Main(append([]string{"--ledger", ledger}, args...), strings.NewReader(""), &out, &errs)
	t.Logf("gemba %s: %d\n%s%s", strings.Join(args, " "), status, &out, &errs)
	return out.String(), status
}

func importInto(t *testing.T, ledger, at string, want int) imported {
	t.Helper()
	out, status := gembaIn(t, ledger, "import", "--json", at)
	var all []imported
	if err := json.Unmarshal([]byte(out), &all); err != nil || status != want || len(all) != 1 {
		t.Fatalf("import of %s: status %d, %v", at, status, err)
	}
	return all[0]
}

func TestImportingAgainAddsNothing(t *testing.T) {
	ledger := filepath.Join(t.TempDir(), "ledger")
	for _, source := range []string{"mlruns", "mlflow.db", "wandb", "tensorboard", "dvclive", "aim.jsonl"} {
		first := importInto(t, ledger, filepath.Join(importData, source), exitDone)
		if first.New == 0 || first.Points == 0 {
			t.Errorf("%s: nothing new: %+v", source, first)
		}
	}
	before := ledgerFiles(t, ledger)
	for _, source := range []string{"mlruns", "mlflow.db", "wandb", "tensorboard", "dvclive", "aim.jsonl"} {
		if again := importInto(t, ledger, filepath.Join(importData, source), exitDone); again.New+again.Changed+again.Points+again.Artifacts > 0 {
			t.Errorf("%s: the second import added something: %+v", source, again)
		}
	}
	if diff := cmp.Diff(before, ledgerFiles(t, ledger)); diff != "" {
		t.Errorf("the ledger changed (-before +after):\n%s", diff)
	}
	if _, status := gembaIn(t, ledger, "verify"); status != exitDone {
		t.Errorf("verify: status %d", status)
	}
}

// ledgerFiles returns the sizes of journals and packs.
func ledgerFiles(t *testing.T, ledger string) map[string]int64 {
	t.Helper()
	sizes := map[string]int64{}
	for _, folder := range []string{"journals", "packs"} {
		err := filepath.WalkDir(filepath.Join(ledger, folder), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				info, err := d.Info()
				if err != nil {
					return err
				}
				sizes[filepath.Base(path)] = info.Size()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return sizes
}

// TestImportGoesOn adds points to what was imported, and damages a run of it.
func TestImportGoesOn(t *testing.T) {
	room := t.TempDir()
	ledger, store := filepath.Join(room, "ledger"), filepath.Join(room, "mlruns")
	if err := os.CopyFS(store, os.DirFS(filepath.Join(importData, "mlruns"))); err != nil {
		t.Fatal(err)
	}
	metrics, _ := filepath.Glob(filepath.Join(store, "*", "*", "metrics", "loss"))
	long := metrics[0]
	for _, m := range metrics {
		if b, _ := os.ReadFile(m); len(b) > 1000 {
			long = m
		}
	}
	text, err := os.ReadFile(long)
	if err != nil {
		t.Fatal(err)
	}
	write := func(b []byte) {
		if err := os.WriteFile(long, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(append(bytes.Clone(text), "no point\n"...))
	if one := importInto(t, ledger, store, exitCorrupt); one.New != 4 || len(one.Faults) != 1 || one.Points != 1 {
		t.Errorf("of a damaged run: %+v", one)
	}
	if out, _ := gembaIn(t, ledger, "sql", "select name from runs where name = 'forest'"); strings.Contains(out, "forest") {
		t.Error("a run that could not be read shows")
	}
	write(text)
	if one := importInto(t, ledger, store, exitDone); one.New != 1 || one.Points != 111 {
		t.Errorf("once it is whole: %+v", one)
	}
	write(append(bytes.Clone(text), "1700000000900 0.5 100\n1700000000901 NaN 101\n"...))
	if one := importInto(t, ledger, store, exitDone); one.Changed != 1 || one.Points != 2 || one.New != 0 {
		t.Errorf("with two points more: %+v", one)
	}
}

// TestExportOfAnImport writes a store again, and imports that.
func TestExportOfAnImport(t *testing.T) {
	room := t.TempDir()
	ledger, store := filepath.Join(room, "ledger"), filepath.Join(room, "out")
	importInto(t, ledger, filepath.Join(importData, "mlruns"), exitDone)
	if _, status := gembaIn(t, ledger, "export", "mlflow", store); status != exitDone {
		t.Fatalf("export: status %d", status)
	}
	before, after := storeFiles(t, filepath.Join(importData, "mlruns")), storeFiles(t, store)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the store changed (-before +after):\n%s", diff)
	}
	if again := importInto(t, ledger, store, exitDone); again.Points+again.Artifacts > 0 {
		t.Errorf("importing what was exported added something: %+v", again)
	}
	if _, status := gembaIn(t, ledger, "export", "mlflow", store); status != exitUsage {
		t.Errorf("export over a store: status %d", status)
	}
}

// storeFiles returns the params, metrics and tags of a store.
func storeFiles(t *testing.T, store string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, kind := range []string{"params", "metrics", "tags", "aliases"} {
		err := filepath.WalkDir(store, func(path string, d fs.DirEntry, err error) error {
			name, _ := filepath.Rel(store, path)
			if err != nil || d.IsDir() || !strings.Contains(filepath.ToSlash(name), "/"+kind+"/") {
				return err
			}
			b, err := os.ReadFile(path)
			files[filepath.ToSlash(name)] = strings.TrimSuffix(string(b), "\n") // MLflow ends the last line or not
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}
