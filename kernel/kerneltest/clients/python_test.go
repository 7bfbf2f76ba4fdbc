package clients

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestPythonNotebooks executes Python notebooks of several kinds with ipykernel, and with ipykernel behind gemba. They show the same,
// cell by cell, and so does what the ledger has of them.
func TestPythonNotebooks(t *testing.T) {
	w := newWrapped(t)
	var group sync.WaitGroup
	for client, names := range map[string][]string{"nbclient": w.names, "papermill": parametrized} {
		for _, kernel := range []string{"python3", "gemba-python3"} {
			group.Go(func() { w.execute(client, kernel, names) })
		}
	}
	group.Go(w.runAll)
	group.Wait()
	if t.Failed() {
		return
	}
	words := []string{testdata(t, "python/recorded.py"), w.gemba}
	for _, name := range w.names {
		words = append(words, w.folder("nbclient", "gemba-python3", name))
	}
	w.run(w.dir, "python", words...)
	for _, name := range w.names {
		t.Run(name, func(t *testing.T) { w.compare(t, name) })
	}
}

// parametrized are the notebooks that papermill gets too. It fails on any that has an error in it, and is nbclient else.
var parametrized = []string{"parameters", "displays"}

// wrapped is a site where ipykernel is wrapped, with notebooks for it.
type wrapped struct {
	*site
	gemba string
	names []string // of the notebooks, each a script in testdata/notebooks
}

func newWrapped(t *testing.T) *wrapped {
	t.Helper()
	w := &wrapped{site: newSite(t)}
	w.gemba = filepath.Join(w.dir, "gemba")
	w.run(w.dir, w.gemba, "install", "--wrap", "python3")
	scripts, err := filepath.Glob(filepath.Join("testdata", "notebooks", "*.py"))
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts in testdata/notebooks:", err)
	}
	for _, s := range scripts {
		w.names = append(w.names, strings.TrimSuffix(filepath.Base(s), ".py"))
	}
	return w
}

// folder is where a client executes a notebook with a kernel.
func (w *wrapped) folder(client, kernel, name string) string {
	return filepath.Join(w.dir, client, kernel, name)
}

// folders makes the folders of a client and kernel, each with its notebook.
func (w *wrapped) folders(client, kernel string, names []string) (all []string) {
	w.t.Helper()
	for _, name := range names {
		script, err := os.ReadFile(filepath.Join("testdata", "notebooks", name+".py"))
		if err != nil {
			w.t.Error(err)
		}
		folder := w.folder(client, kernel, name)
		w.write(filepath.Join(client, kernel, name, "notebook.ipynb"), notebookOf(string(script)))
		all = append(all, folder)
	}
	return all
}

// execute executes all notebooks with a client of Jupyter's, one after the other.
func (w *wrapped) execute(client, kernel string, names []string) {
	words := append([]string{testdata(w.t, "python/execute.py"), client, kernel}, w.folders(client, kernel, names)...)
	if out, err := w.command(w.dir, "python", words...).CombinedOutput(); err != nil {
		w.t.Errorf("%s with %s: %v\n%s", client, kernel, err, out)
	}
}

// runAll executes all notebooks with gemba run.
func (w *wrapped) runAll() {
	for _, folder := range w.folders("gemba run", "python3", w.names) {
		c := w.command(folder, w.gemba, "--ledger", filepath.Join(folder, ".gemba"), "run", "--kernel", "python3", "-o", "executed.ipynb", "notebook.ipynb")
		if out, err := c.CombinedOutput(); err != nil {
			w.t.Errorf("gemba run %s: %v\n%s", folder, err, out)
		}
	}
}

// compare compares what a notebook came to.
func (w *wrapped) compare(t *testing.T, name string) {
	t.Helper()
	read := func(client, kernel, file string) shownNotebook {
		return readShown(t, filepath.Join(w.folder(client, kernel, name), file))
	}
	plain := read("nbclient", "python3", "executed.ipynb")
	behind := read("nbclient", "gemba-python3", "executed.ipynb")
	plain.same(t, "nbclient", behind)
	if slices.Contains(parametrized, name) {
		read("papermill", "python3", "executed.ipynb").same(t, "papermill", read("papermill", "gemba-python3", "executed.ipynb"))
	}
	plain.same(t, "gemba run", read("gemba run", "python3", "executed.ipynb"))
	if name == "captured" { // by widgets, in the front end; in the ledger it stands where the cell showed it
		return
	}
	behind.cells().same(t, "the ledger", read("nbclient", "gemba-python3", "recorded.ipynb"))
}
