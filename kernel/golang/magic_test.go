package golang

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/gemba-ml/gemba/magics"
)

// TestMagicsShadowNoCommand: a line means what it means in GoNB.
func TestMagicsShadowNoCommand(t *testing.T) {
	gonb := map[string]bool{}
	for _, c := range commands() {
		for _, name := range c.names {
			gonb[name] = true
		}
	}
	for _, name := range source.Magics() {
		gonb["%"+name], gonb[name] = true, true
	}
	if len(gonb) < 30 || gonb["gemba"] {
		t.Fatalf("GoNB's commands: %v", gonb)
	}
	for _, m := range magics.Table() {
		if gonb[m.Name] && !m.Long {
			t.Errorf("%%%s is GoNB's: let it be long", m.Name)
		}
	}
}

// TestCommandsOfACell: lines inside strings and comments are text, whatever they begin with.
func TestCommandsOfACell(t *testing.T) {
	n := newNotebook(t)
	for _, test := range []struct {
		cell string
		want []magics.Line
	}{
		{"%commit a\nx := 1\n%snapshot b", []magics.Line{{Number: 1, Count: 1, Text: "%commit a"}, {Number: 3, Count: 1, Text: "%snapshot b"}}},
		{"s := `\n%commit a\n`\n%commit b", []magics.Line{{Number: 4, Count: 1, Text: "%commit b"}}},
		{"/*\n%commit a\n*/ // `\n%commit b", []magics.Line{{Number: 4, Count: 1, Text: "%commit b"}}},
		{"s := \"`\"\n%commit b", []magics.Line{{Number: 2, Count: 1, Text: "%commit b"}}},
		{"!echo \\\n%commit a", nil},
		{"!cat <<EOF\\\n%commit a\\\nEOF\n%commit b", []magics.Line{{Number: 4, Count: 1, Text: "%commit b"}}},
		{"%snapshot a \\\n  b\nx := 1", []magics.Line{{Number: 1, Count: 2, Text: "%snapshot a    b"}}},
		{"//gonb:%commit a", []magics.Line{{Number: 1, Count: 1, Text: "%commit a"}}},
		{"\ufeff%commit a", []magics.Line{{Number: 1, Count: 1, Text: "%commit a"}}},
		{"%%bash\n%commit a\ncat <<EOF\n%commit b\nEOF", nil},
		{"%%writefile x.py\n%commit a", nil},
		{"%%\n%commit a", []magics.Line{{Number: 1, Count: 1, Text: "%%"}, {Number: 2, Count: 1, Text: "%commit a"}}},
		{"", nil},
	} {
		if diff := cmp.Diff(test.want, n.engine.Commands(test.cell)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.cell, diff)
		}
	}
}

// TestLinesBehindAMagic: a cell whose magics were taken out speaks of the lines that the user wrote.
func TestLinesBehindAMagic(t *testing.T) {
	n := newNotebook(t)
	cell := "%commit \"a\"\n%%\nvar x int = 1\n%snapshot data \\\n  more\nx = \"text\"\n"
	_, rest, err := magics.Take(cell, n.engine.Commands(cell))
	if err != nil || strings.Count(rest, "\n") != strings.Count(cell, "\n") || strings.Contains(rest, "more") {
		t.Fatal(rest, err)
	}
	n.fails(rest, "BuildError", "Cell[1]:6:5: cannot use \"text\"")
	n.prints("\nfmt.Println(`\n%commit a`)", "stdout: \n%commit a\n")
}

// TestGoesWithCd: magics go by the folder where cells run.
func TestGoesWithCd(t *testing.T) {
	n := newNotebook(t)
	was := n.engine.Dir()
	n.run("!mkdir sub\n%cd sub")
	if got := n.engine.Dir(); got == was || !strings.HasSuffix(got, "sub") {
		t.Errorf("cells run in %s, and were in %s", got, was)
	}
}

// TestFactsTellTheModule: each program that was built tells its go.mod, also one that was built before.
func TestFactsTellTheModule(t *testing.T) {
	n := newNotebook(t)
	for range 2 {
		if _, o := n.run("fmt.Println(1)"); !strings.HasPrefix(o.Facts.GoMod, "module gonb_") || o.Facts.GoSum != "" {
			t.Errorf("reused %v: go.mod %q, go.sum %q", o.Facts.Reused, o.Facts.GoMod, o.Facts.GoSum)
		}
	}
	if _, o := n.run("!true"); o.Facts.GoMod != "" {
		t.Errorf("nothing was built, and it tells %q", o.Facts.GoMod)
	}
}
