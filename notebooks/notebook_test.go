package notebooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// jupyter is a notebook as JupyterLab writes it, with fields, numbers and text that are easy to spoil.
const jupyter = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "intro",
   "metadata": {},
   "source": [
    "# Häuser & <Gärten> \u001b\n",
    "two"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 7,
   "id": "params",
   "metadata": {
    "tags": [
     "parameters"
    ],
    "vendor": {
     "weight": 1.50,
     "huge": 1e400
    }
   },
   "outputs": [
    {
     "data": {
      "text/plain": [
       "\ud83d"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    }
   ],
   "source": "var lr = 0.1"
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "Go (gonb)",
   "language": "go",
   "name": "gonb"
  },
  "language_info": {
   "name": "go"
  },
  "zebra": [],
  "ant": {}
 },
 "nbformat": 4,
 "nbformat_minor": 5,
 "future": null
}
`

func mustParse(t *testing.T, text string) *Notebook {
	t.Helper()
	n, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return n
}

func TestUnchangedNotebookKeepsItsBytes(t *testing.T) {
	compact := `{"nbformat":4, "nbformat_minor":4,"cells":[ {"cell_type":"raw","source":""} ],"metadata":{}}`
	for name, text := range map[string]string{
		"as Jupyter writes it":   jupyter,
		"no line at the end":     strings.TrimSuffix(jupyter, "\n"),
		"indented by four":       strings.ReplaceAll(jupyter, "\n ", "\n    "),
		"with carriage returns":  strings.ReplaceAll(jupyter, "\n", "\r\n"),
		"on one line":            compact,
		"blanks around":          "\n " + compact + "\n\n",
		"no cells":               `{"cells": [  ], "nbformat": 4}`,
		"a field given twice":    `{"cells": [{"cell_type":"code","source":"a","source":["b"]}], "nbformat": 4}`,
		"a later minor version":  strings.Replace(jupyter, `minor": 5`, `minor": 9`, 1),
		"before there were ids":  strings.Replace(jupyter, `minor": 5`, `minor": 0`, 1),
		"no metadata anywhere":   `{"cells": [{"cell_type":"code"}], "nbformat": 4}`,
		"escapes of other tools": strings.Replace(jupyter, "ä", `\u00e4`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(text, string(mustParse(t, text).Bytes())); diff != "" {
				t.Errorf("written (-read +written):\n%s", diff)
			}
		})
	}
}

// TestRealNotebooksKeepTheirBytes reads the notebooks that GoNB ships, which JupyterLab and VS Code wrote.
func TestRealNotebooksKeepTheirBytes(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb").Output()
	if err != nil {
		t.Fatalf("find GoNB's module: %v", err)
	}
	var files []string
	for _, pattern := range []string{"examples/*.ipynb", "examples/tests/*.ipynb"} {
		found, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), pattern))
		files = append(files, found...)
	}
	if len(files) < 10 {
		t.Fatalf("found %d notebooks in GoNB's module, want all of them", len(files))
	}
	for _, file := range files {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n, err := Open(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(want, n.Bytes()) {
			t.Errorf("%s changed on its way through", file)
		}
	}
}

func TestCells(t *testing.T) {
	n := mustParse(t, jupyter)
	type seen struct {
		Type, ID, Source string
		Tags             []string
	}
	var got []seen
	for _, c := range n.Cells {
		got = append(got, seen{string(c.Type), c.ID, c.Source, c.Tags})
	}
	want := []seen{
		{"markdown", "intro", "# Häuser & <Gärten> \x1b\ntwo", nil},
		{"code", "params", "var lr = 0.1", []string{"parameters"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Kernel{"gonb", "go"}, n.Kernel()); diff != "" {
		t.Errorf("kernel (-want +got):\n%s", diff)
	}
}

func TestSetResultChangesNothingElse(t *testing.T) {
	n := mustParse(t, jupyter)
	output := map[string]any{"output_type": "stream", "name": "stdout", "text": splitLines("a\nb \u2028<")}
	if err := n.Cells[1].SetResult(1, []map[string]any{output}); err != nil {
		t.Fatal(err)
	}
	start, end := strings.Index(jupyter, `"outputs": [`), strings.Index(jupyter, `"source": "var`)
	want := strings.Replace(jupyter[:start], `"execution_count": 7`, `"execution_count": 1`, 1) + `"outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "a\n",
      "b ` + "\u2028" + `",
      "<"
     ]
    }
   ],
   ` + jupyter[end:]
	if diff := cmp.Diff(want, string(n.Bytes())); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
	if err := n.Cells[1].SetResult(0, nil); err != nil {
		t.Fatal(err)
	}
	if got := string(n.Bytes()); !strings.Contains(got, "\"execution_count\": null") || !strings.Contains(got, "\"outputs\": [],") {
		t.Errorf("cleared cell is written as:\n%s", got)
	}
}

func TestSetResultAddsMissingFields(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"compact": {
			`{"cells":[{"cell_type":"code"}],"nbformat":4}`,
			`{"cells":[{"cell_type":"code","execution_count":2,"outputs":[]}],"nbformat":4}`,
		},
		"indented": {
			"{\n \"cells\": [\n  {\n   \"cell_type\": \"code\"\n  }\n ],\n \"nbformat\": 4\n}",
			"{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"execution_count\": 2,\n   \"outputs\": []\n  }\n ],\n \"nbformat\": 4\n}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := mustParse(t, test.in)
			if err := n.Cells[0].SetResult(2, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(n.Bytes())); diff != "" {
				t.Errorf("written (-want +got):\n%s", diff)
			}
		})
	}
}

func TestInsert(t *testing.T) {
	empty := "{\n \"cells\": [],\n \"nbformat\": 4,\n \"nbformat_minor\": 4\n}"
	two := "{\n \"cells\": [\n  {\n   \"cell_type\": \"raw\"\n  },\n  {\n   \"cell_type\": \"raw\"\n  }\n ],\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}"
	added := "{\n   \"cell_type\": \"code\",\n   \"execution_count\": null,\n   \"metadata\": {\n    \"tags\": [\n     \"new\"\n    ]\n   },\n   \"outputs\": [],\n   \"source\": [\n    \"a\\n\",\n    \"b\"\n   ]\n  }"
	withID := strings.Replace(added, "\"metadata\"", "\"id\": \"it\",\n   \"metadata\"", 1)
	raw := "{\n   \"cell_type\": \"raw\"\n  }"
	file := func(minor string, cells ...string) string {
		return "{\n \"cells\": [\n  " + strings.Join(cells, ",\n  ") + "\n ],\n \"nbformat\": 4,\n \"nbformat_minor\": " + minor + "\n}"
	}
	for name, test := range map[string]struct {
		in   string
		at   int
		want string
	}{
		"into nothing": {empty, 0, file("4", added)},
		"at the top":   {two, 0, file("5", withID, raw, raw)},
		"between":      {two, 1, file("5", raw, withID, raw)},
		"at the end":   {two, 2, file("5", raw, raw, withID)},
		"on one line": {`{"cells":[{"cell_type":"raw"}],"nbformat":4}`, 1,
			`{"cells":[{"cell_type":"raw"},{"cell_type":"code","execution_count":null,"metadata":{"tags":["new"]},"outputs":[],"source":["a\n","b"]}],"nbformat":4}`},
	} {
		t.Run(name, func(t *testing.T) {
			n := mustParse(t, test.in)
			n.Insert(test.at, n.NewCodeCell("it", "a\nb", "new"))
			if diff := cmp.Diff(test.want, string(n.Bytes())); diff != "" {
				t.Errorf("written (-want +got):\n%s", diff)
			}
			mustParse(t, string(n.Bytes()))
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		is   error
		says string
	}{
		"nothing":            {"", ErrNotNotebook, "empty"},
		"blanks":             {" \n\t", ErrNotNotebook, "empty"},
		"text":               {"package main\n", ErrNotNotebook, "name an .ipynb file"},
		"a picture":          {"\x89PNG\r\n\x1a\n", ErrNotNotebook, "not UTF-8"},
		"a byte order mark":  {"\xEF\xBB\xBF" + jupyter, ErrNotNotebook, "byte order mark"},
		"a list":             {"[]", ErrNotNotebook, "want a JSON object"},
		"other JSON":         {`{"name": "package"}`, ErrNotNotebook, "no nbformat field"},
		"no cells":           {`{"nbformat": 4}`, ErrNotNotebook, "no cells field"},
		"cells of null":      {`{"nbformat": 4, "cells": null}`, ErrNotNotebook, "cells"},
		"cut in a cell":      {jupyter[:len(jupyter)/2], ErrTruncated, "after line"},
		"cut before the end": {strings.TrimSuffix(jupyter, "}\n"), ErrTruncated, "restore it"},
		"cut in a string":    {"{\n \"cells\": [\n  {\"source\": \"fmt.Pri\n", ErrTruncated, "after line 3"},
		"cut at the start":   {"{", ErrTruncated, "after line 1"},
		"two notebooks":      {jupyter + jupyter, ErrNotNotebook, "after top-level value"},
		"nbformat 3":         {`{"nbformat": 3, "worksheets": []}`, ErrVersion, "jupyter nbconvert"},
		"nbformat 5":         {`{"nbformat": 5, "cells": []}`, ErrVersion, "newer"},
		"nbformat of text":   {`{"nbformat": "4", "cells": []}`, ErrNotNotebook, "whole number"},
		"a cell of no type":  {`{"nbformat": 4, "cells": [{}]}`, ErrNotNotebook, "cell 1: cell_type"},
		"a cell of text":     {`{"nbformat": 4, "cells": ["x"]}`, ErrNotNotebook, "cell 1: want a JSON object"},
		"a numeric source":   {`{"nbformat": 4, "cells": [{"cell_type":"code","source":1}]}`, ErrNotNotebook, "source: want a string"},
		"tags of text":       {`{"nbformat": 4, "cells": [{"cell_type":"code","metadata":{"tags":"a"}}]}`, ErrNotNotebook, "tags"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.text))
			if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("error is %v, want one of %v that says %q", err, test.is, test.says)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error is more than a line: %v", err)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(jupyter))
	f.Add([]byte(`{"cells":[{"cell_type":"code","source":["a"]},{"cell_type":"raw"}],"nbformat":4,"nbformat_minor":5}`))
	f.Add([]byte(`{ "nbformat":4,"cells":[ ]}`))
	f.Add([]byte(jupyter[:400]))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := Parse(b)
		if err != nil {
			return
		}
		if !bytes.Equal(b, n.Bytes()) {
			t.Fatalf("read %q, wrote %q", b, n.Bytes())
		}
		for _, c := range n.Cells {
			if err := c.SetResult(3, []map[string]any{{"output_type": "error"}}); err != nil {
				t.Fatalf("set result: %v", err)
			}
		}
		n.Insert(len(n.Cells)/2, n.NewCodeCell("new", "x\n", "tag"))
		again, err := Parse(n.Bytes())
		if err != nil || !json.Valid(n.Bytes()) {
			t.Fatalf("changed notebook does not read: %v\n%s", err, n.Bytes())
		}
		if len(again.Cells) != len(n.Cells) {
			t.Fatalf("%d cells written, %d read", len(n.Cells), len(again.Cells))
		}
		for i, c := range again.Cells {
			if c.Source != n.Cells[i].Source || c.Type != n.Cells[i].Type {
				t.Fatalf("cell %d was %+v, is %+v", i, n.Cells[i], c)
			}
		}
	})
}

// TestExamplesHoldNoResults keeps what a run writes out of the repository, and the files as Jupyter writes them.
func TestExamplesHoldNoResults(t *testing.T) {
	files, _ := filepath.Glob("examples/*.ipynb")
	if len(files) < 2 {
		t.Fatalf("found %d examples", len(files))
	}
	for _, file := range files {
		n, err := Open(file)
		if err != nil {
			t.Fatal(err)
		}
		before := n.Bytes()
		for i, c := range n.Cells {
			if c.ID == "" {
				t.Errorf("%s: cell %d has no id", file, i+1)
			}
			if c.Type != Code {
				continue
			}
			if err := c.SetResult(0, nil); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(before), string(n.Bytes())); diff != "" {
			t.Errorf("%s holds results (-file +cleared):\n%s", file, diff)
		}
	}
}
