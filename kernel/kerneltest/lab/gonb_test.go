package lab

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/kerneltest/conformance"
)

// A difference is a cell that shows something else than the stored outputs say.
type difference struct {
	cell    int    // among the code cells, from 1
	here    string // what it holds here
	because string
}

// examples are those of GoNB's examples/tests that need a browser or a person.
var examples = []struct {
	name    string
	act     func(*page) // what a person does and sees while all cells run
	differs []difference
}{
	{name: "comms"},
	{name: "dom"},
	{name: "widgets"},
	{name: "wasm", act: seeWasm, differs: []difference{
		{1, `%goflags=["--cover" "--covermode=set"]`, "an older GoNB did not print it"},
		{5, `{"args":["js","--x=42"]`, "the page is told of the program in another way"},
		{7, "text/javascript: \nvar x", "an older gonbui indented it"},
	}},
	{name: "input_boxes", act: answerBoxes},
}

func seeWasm(p *page) {
	p.shows(5, "The meaning of life, the universe, and everything: 42")
	p.shows(7, "Hello world!")
}

func answerBoxes(p *page) {
	const plain, secret = "input:not([type=password])", "input[type=password]"
	p.answer("", plain, "foo")
	p.answer("", secret, "bar")
	p.answer("Enter:", plain, "42")
	p.answer("Pin:", secret, "123456")
}

// The outputs that GoNB's notebooks hold were made by GoNB in JupyterLab.
func TestNotebooksOfGoNB(t *testing.T) {
	l := enter(t)
	for _, example := range examples {
		t.Run(example.name, func(t *testing.T) {
			stored, err := os.ReadFile(filepath.Join(l.gonb, "examples", "tests", example.name+".ipynb"))
			if err != nil {
				t.Fatal(err)
			}
			p := l.open(t, l.copyNotebook(t, example.name, stored))
			p.choose("Run", "Run All Cells")
			if example.act != nil {
				example.act(p)
			}
			p.until("all cells have run", p.allDone)
			ask[bool](p, "save")
			p.screenshot(example.name)
			made, err := os.ReadFile(filepath.Join(l.root, p.path))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, cells(t, stored), cells(t, made), example.differs)
		})
	}
}

// compare wants the same outputs, but for the cells that are known to differ.
func compare(t *testing.T, theirs, ours []string, differs []difference) {
	t.Helper()
	for i := range theirs {
		known := slices.IndexFunc(differs, func(d difference) bool { return d.cell == i+1 })
		switch diff := cmp.Diff(theirs[i], ours[i]); {
		case known < 0 && diff != "":
			t.Errorf("cell %d differs (-stored by GoNB +gemba):\n%s", i+1, diff)
		case known >= 0 && diff == "":
			t.Errorf("cell %d does not differ: the table is out of date", i+1)
		case known >= 0 && !strings.Contains(ours[i], differs[known].here):
			t.Errorf("cell %d shows\n%s\nwant %q in it, because %s", i+1, ours[i], differs[known].here, differs[known].because)
		}
	}
}

// allDone tells whether each cell has run.
func (p *page) allDone() bool {
	for _, c := range ask[[]cell](p, "cells") {
		if c.Prompt == "[ ]:" || c.Prompt == "[*]:" {
			return false
		}
	}
	return ask[string](p, "status") == "idle"
}

// patience is how many times longer the notebooks sleep, and wait for the page: their own times, tenths of a second, are
// too short for a machine that does other things too.
const patience = 8

var pause = regexp.MustCompile(`\d+ \* time\.(Milli)?[sS]econd`)

// copyNotebook puts a notebook without its outputs into the server's folder.
func (l *lab) copyNotebook(t *testing.T, name string, data []byte) string {
	t.Helper()
	var notebook map[string]any
	if err := json.Unmarshal(data, &notebook); err != nil {
		t.Fatal(err)
	}
	for _, c := range notebook["cells"].([]any) {
		if c := c.(map[string]any); c["cell_type"] == "code" {
			c["outputs"], c["execution_count"] = []any{}, nil
			for i, line := range c["source"].([]any) {
				c["source"].([]any)[i] = pause.ReplaceAllString(line.(string), fmt.Sprint(patience, " * $0"))
			}
		}
	}
	return l.save(t, name, notebook)
}

// cells is what the code cells of a notebook show, without what is random in these notebooks.
func cells(t *testing.T, notebook []byte) []string {
	t.Helper()
	list, err := conformance.Cells(notebook)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		for _, c := range []struct{ pattern, steady string }{
			{`transient_div_[0-9a-f]+`, "transient_div_ID"},
			{`GOCOVERDIR=.*`, "GOCOVERDIR=DIR"},
			{`to local directory ".*"`, `to local directory "DIR"`},
			{`(/[\w.-]+)*/jupyter_files/[\w-]+`, "/ROOT/jupyter_files/ID"},
			{`(?m)^(text/html: *\n)+(text/html: *)$`, "text/html:"}, // erased scripts: a page that is slow to answer gets one more
			{`(?m)^text/html: *$`, "text/html:"},
		} {
			list[i] = regexp.MustCompile(c.pattern).ReplaceAllString(list[i], c.steady)
		}
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
