package lab

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestRunAll(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "all",
		"import \"github.com/janpfeifer/gonb/gonbui\"\n\nfunc double(x int) int { return 2 * x }",
		`fmt.Println("the answer is", double(21))`,
		`gonbui.DisplayHTML("<p>in <b id='bold'>bold</b> letters</p>")`,
		`gonbui.DisplaySVG("<svg width='120' height='60'><rect id='box' width='120' height='60' fill='teal'/></svg>")`,
		waitFor("all-goes-on")+`fmt.Println("the end")`,
	))
	ask[[]string](p, "watch")
	p.choose("Run", "Run All Cells")
	p.find("#box", "") // drawn, not only in the file
	p.until("the kernel is shown to be busy", func() bool { return ask[string](p, "status") == "busy" })
	l.allow(t, "all-goes-on")
	p.done(5, 5)
	p.shows(5, "the end")

	for i, want := range []string{"", "the answer is 42", "in bold letters", "", "the end"} {
		c := p.cell(i + 1)
		if c.Prompt != fmt.Sprintf("[%d]:", i+1) || c.shown() != want {
			t.Errorf("cell %d is %s and shows %q, want %q", i+1, c.Prompt, c.shown(), want)
		}
	}
	if got := ask[string](p, "text", "#bold"); got != "bold" {
		t.Errorf("the page shows %q for the HTML", got)
	}
	statuses := slices.Compact(ask[[]string](p, "watch"))
	busy := slices.DeleteFunc(slices.Clone(statuses), func(s string) bool { return s != "busy" })
	if len(busy) < 5 || statuses[len(statuses)-1] != "idle" { // questions of the extension make it busy for a moment, too
		t.Errorf("the kernel was %v, want it busy for each cell, and idle at the end", statuses)
	}
	p.screenshot("all")
}

func TestError(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "error", `fmt.Println("before")`, "x := 1\nfmt.Println(x, nothing)", `fmt.Println("behind")`))
	p.choose("Run", "Run All Cells")
	p.done(2, 2)
	c := p.cell(2)
	if len(c.Outputs) != 1 || c.Outputs[0]["output_type"] != "error" {
		t.Fatalf("a failed cell has the outputs %v, want one error", c.Outputs)
	}
	if got := c.shown(); !strings.Contains(got, "Cell[2]:2:16: undefined: nothing") || strings.Count(got, "undefined") != 1 {
		t.Errorf("the error is shown as\n%s", got)
	}
	p.screenshot("error")
	if c := p.cell(3); c.Prompt != "[ ]:" || len(c.Outputs) > 0 {
		t.Errorf("the cell behind the failed one is %s and shows %q, want it not run", c.Prompt, c.shown())
	}
	p.run(3)
	p.done(3, 3)
	p.shows(3, "behind")
}

func TestInterruptAndRestart(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "interrupt",
		"func remembered() string { return \"still here\" }", "fmt.Println(\"running\")\nfor {\n\ttime.Sleep(time.Millisecond)\n}", "fmt.Println(remembered())"))
	p.choose("Run", "Run All Cells")
	p.shows(2, "running")
	p.choose("Kernel", "Interrupt Kernel")
	p.done(2, 2)
	p.shows(2, "interrupted")
	if last := p.cell(2).Outputs[1]; last["ename"] != "KeyboardInterrupt" {
		t.Errorf("an interrupted cell ends with %v", last)
	}
	p.run(3)
	p.done(3, 3)
	p.shows(3, "still here")

	ask[[]string](p, "watch")
	p.choose("Kernel", "Restart Kernel…")
	p.click(".jp-Dialog-buttonLabel", "Restart")
	p.until("the kernel has restarted", func() bool {
		statuses := ask[[]string](p, "watch")
		return slices.Contains(statuses, "restarting") && statuses[len(statuses)-1] == "idle"
	})
	p.run(3)
	p.done(3, 1)
	p.shows(3, "undefined: remembered")
	p.run(1)
	p.done(1, 2)
	p.run(3)
	p.done(3, 3)
	p.shows(3, "still here")
}
