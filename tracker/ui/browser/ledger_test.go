package browser

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// notebook is the one in testdata.
const notebook = "birds.ipynb"

// fill makes the ledger: a notebook is executed, changed and executed again, and a program trains with several settings.
func (b *bench) fill() error {
	text, err := os.ReadFile(filepath.Join("testdata", notebook))
	if err != nil {
		return err
	}
	wider := bytes.Replace(text, []byte("10+i*24"), []byte("10+i*30"), 1)
	if bytes.Equal(text, wider) {
		return errors.New("the notebook's figure has nothing to change")
	}
	err = errors.Join(os.MkdirAll(filepath.Join(b.lab, ".git"), 0o755), // no ledger further up is found
		copyFile(filepath.Join("testdata", "raw.csv"), filepath.Join(b.lab, "raw.csv")))
	for _, version := range [][]byte{text, wider} {
		err = errors.Join(err, os.WriteFile(filepath.Join(b.lab, notebook), version, 0o644),
			b.command(b.lab, b.gemba, "run", notebook, "--allow-errors"))
	}
	if err != nil {
		return err
	}
	for i, rate := range []float64{0.1, 0.3, 0.5} {
		name := []string{"baseline", "خط أساس", "quick 🐧"}[i] // letters from right to left, and an emoji
		err = errors.Join(err, b.command(b.lab, b.gemba, "exec", "--", filepath.Join(b.dir, "train"),
			"-lr", fmt.Sprint(rate), "-layers", fmt.Sprint(i+1), "-name", name))
	}
	return err
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// copyLab returns a copy of the folder with the ledger, for tests that change it.
func (b *bench) copyLab(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "lab")
	if err := os.CopyFS(dir, os.DirFS(b.lab)); err != nil {
		t.Fatal(err)
	}
	return dir
}
