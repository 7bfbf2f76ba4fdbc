package golang

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// The tests of this file are the rows of DIFFERENCES.md: what GoNB v0.11.5 gets wrong.

func exprCell(source string, exprs map[string]string) wire.Cell {
	return wire.Cell{Source: source, UserExpressions: exprs}
}

func wantShown(t *testing.T, front *page, parts ...string) {
	t.Helper()
	text := front.text()
	for _, part := range parts {
		i := strings.Index(text, part)
		if i < 0 {
			t.Errorf("%q is not shown, or not in its place, in\n%s", part, front.text())
			return
		}
		text = text[i+len(part):]
	}
}

func TestDisplaysStandInOrderWithPrints(t *testing.T) {
	n := newNotebook(t)
	front, outcome := n.run(`import "github.com/janpfeifer/gonb/gonbui"
%%
for i := range 80 {
	fmt.Println("before", i)
	gonbui.DisplayHTML(fmt.Sprint("shown ", i))
	fmt.Println("after", i)
}`)
	if outcome.Error != nil {
		t.Fatal(outcome.Error)
	}
	var parts []string
	for i := range 80 {
		parts = append(parts, fmt.Sprintf("before %d\n", i), fmt.Sprintf("text/html: shown %d", i), fmt.Sprintf("stdout: after %d\n", i))
	}
	wantShown(t, front, parts...)
}

func TestRawStringLinesAreNotCommands(t *testing.T) {
	n := newNotebook(t)
	n.prints("%%\nfmt.Println(`a\n!exit 3\n%nothing\n`)", "stdout: a\n!exit 3\n%nothing\n\n")
}

func TestLoneSignsAreErrors(t *testing.T) {
	n := newNotebook(t)
	for _, source := range []string{"% ", "! ", "%", "!", "!*", "//gonb:%", "//gonb:! "} {
		if _, outcome := n.run(source); outcome.Error == nil {
			t.Errorf("%q is no error", source)
		}
	}
	n.prints("fmt.Println(1)", "stdout: 1\n")
}

func TestFailuresAreErrors(t *testing.T) {
	n := newNotebook(t)
	n.fails("!exit 3", "ExitError", "exit status 3")
	n.fails("%%bash\nexit 4", "ExitError", "exit status 4")
	n.fails("%%script no-such-command\nx", "CommandError", "no-such-command")
	n.fails("%noautoget\nimport \"example.com/x\"\n%%\nx.Y()", "BuildError", "Modules are not fetched while %noautoget is set")
	n.fails("%nothing", "CommandError", "Cell[5]:1: there is no command %nothing: see %help")
	n.fails("x := 1\n%%sh\necho", "SyntaxError", "%%sh can only be the first line of a cell")
}

func TestAFailedLineSpoilsNothing(t *testing.T) {
	n := newNotebook(t)
	n.fails("%with_inputs\n%capture /nowhere/at/all\n!cat", "CommandError", "no such file or directory")
	n.prints("!cat", "") // asks for no input
	n.prints("fmt.Println(1)", "stdout: 1\n")
}

func TestBackgroundCommandReturns(t *testing.T) {
	n := newNotebook(t)
	n.prints("!sleep 300 &\n!echo done", "stdout: done\n")
}

func TestStandardInputIsEmpty(t *testing.T) {
	n := newNotebook(t)
	n.prints("%%\nb, err := io.ReadAll(os.Stdin)\nfmt.Println(len(b), err)", "stdout: 0 <nil>\n")
}

func TestInputs(t *testing.T) {
	n := newNotebook(t)
	front, outcome := n.run("%with_inputs\n!read a; echo a=$a\n%with_password\n!read b; echo b=$b", "foo", "bar")
	if outcome.Error != nil {
		t.Fatal(outcome.Error)
	}
	wantShown(t, front, "a=foo", "b=bar")
	front, outcome = n.run(`import "github.com/janpfeifer/gonb/gonbui"
%%
var x int
gonbui.RequestInput("Enter:", false)
fmt.Scan(&x)
fmt.Println("got", x)`, "42")
	if outcome.Error != nil {
		t.Fatal(outcome.Error)
	}
	wantShown(t, front, "got 42")
	if len(front.asked) != 1 || front.asked[0] != "Enter:" {
		t.Errorf("asked %q", front.asked)
	}
}

func TestInputIsRefusedWhereTheFrontEndCannotAsk(t *testing.T) {
	n := newNotebook(t)
	for _, command := range []string{"%with_inputs", "%with_password"} {
		_, outcome := n.runCell(wire.Cell{Source: command + "\n!cat"})
		if outcome.Error == nil || !strings.Contains(outcome.Error.Value, "allow_stdin") {
			t.Errorf("%s: %v", command, outcome.Error)
		}
	}
}

func TestErrorsNameCellLineAndColumn(t *testing.T) {
	n := newNotebook(t)
	n.fails("%%\nfmt.Println(1)\n\tfmt.Println(größe)", "BuildError", "Cell[1]:3:14: undefined: größe")
	n.fails("fmt.Println(\"x\"", "SyntaxError", "Cell[2]:1:")
	n.prints("func boom(a []int) int {\n\treturn a[len(a)]\n}", "")
	front, outcome := n.run("\nboom(nil)")
	if outcome.Error == nil || outcome.Error.Name != "panic" {
		t.Fatalf("outcome %+v", outcome.Error)
	}
	wantShown(t, front, "panic: runtime error: index out of range", "Cell[3]:2", "Cell[4]:2")
}

func TestARerunCellPanicsUnderItsNewNumber(t *testing.T) {
	n := newNotebook(t)
	const source = "panic(1)"
	n.run(source)
	front, outcome := n.run(source)
	if !outcome.Facts.Reused {
		t.Error("the executable was built again")
	}
	wantShown(t, front, "Cell[2]:1")
}

func TestInterrupt(t *testing.T) {
	const runs = "os.WriteFile(\"runs\", nil, 0o600)\n"
	cells := map[string]string{
		"a loop":             runs + "for {\n}",
		"a blocked call":     runs + "r, _, _ := os.Pipe()\nr.Read(make([]byte, 1))",
		"1,000 goroutines":   "for range 1000 {\n\tgo func() { for { time.Sleep(time.Millisecond) } }()\n}\n" + runs + "select {}",
		"a child process":    "exec.Command(\"sh\", \"-c\", \"touch runs; sleep 300\").Run()",
		"a shell line":       "!touch runs; sleep 300",
		"one that ignores":   "signal.Ignore(os.Interrupt)\n" + runs + "for {\n\ttime.Sleep(time.Second)\n}",
		"a script":           "%%bash\ntrap '' INT\ntouch runs\nsleep 300",
		"compiling the cell": large(4_000),
	}
	n := newNotebook(t)
	n.prints("fmt.Println(0)", "stdout: 0\n")
	for name, source := range cells {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			stopped := make(chan wire.Outcome)
			go func() { stopped <- n.engine.Execute(ctx, wire.Cell{Source: source, Count: 9}, &page{}) }()
			if name == "compiling the cell" {
				time.Sleep(time.Second) // which takes several
			} else {
				n.appears("runs")
			}
			cancel()
			select {
			case outcome := <-stopped:
				if outcome.Error == nil || outcome.Error.Name != wire.Interrupted {
					t.Errorf("outcome %+v", outcome.Error)
				}
			case <-time.After(guard):
				t.Fatal("still running")
			}
			n.prints("fmt.Println(0)", "stdout: 0\n")
		})
	}
}

// appears waits for a file of the cells' folder, and removes it.
func (n *notebook) appears(name string) {
	n.Helper()
	path := filepath.Join(n.dir(), name)
	for end := time.Now().Add(guard); os.Remove(path) != nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			n.Fatalf("there is no file %s", path)
		}
	}
}

// large is a cell that the compiler needs seconds for.
func large(functions int) string {
	var b strings.Builder
	for i := range functions {
		fmt.Fprintf(&b, "func f%d(x map[string]int) int { for k, v := range x { x[k+\"%d\"] = v }; return len(x) }\n", i, i)
	}
	return b.String()
}

func TestCloseLeavesNothing(t *testing.T) {
	engine, err := New(Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	engine.Execute(context.Background(), wire.Cell{Source: "!sleep 300 &", Count: 1}, &page{})
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(engine.work)); !os.IsNotExist(err) {
		t.Errorf("the work folder is left: %v", err)
	}
}
