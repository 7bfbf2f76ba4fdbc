package golang

import "testing"

func TestDeclarationsAreRemembered(t *testing.T) {
	n := newNotebook(t)
	n.prints("import \"math\"\nconst half = 0.5\ntype point struct{ x, y float64 }\nfunc (p point) norm() float64 { return math.Hypot(p.x, p.y) }", "")
	n.prints("var p = point{3, 4}", "")
	n.prints("%%\nfmt.Println(p.norm() * half)", "stdout: 2.5\n")
	n.prints("fmt.Println(p)", "stdout: {3 4}\n")
	n.prints("const half = 2\nfmt.Println(half)", "stdout: 2\n")
}

func TestDeclarationsOfAFailedCellAreForgotten(t *testing.T) {
	n := newNotebook(t)
	n.fails("func broken() int { return missing }", "BuildError", "undefined: missing")
	n.prints("fmt.Println(1)", "stdout: 1\n")
}

func TestInitFunctionsRunAtEachCell(t *testing.T) {
	n := newNotebook(t)
	n.prints("func init_a() { fmt.Println(\"a\") }", "stdout: a\n")
	n.prints("func init_b() { fmt.Println(\"b\") }", "stdout: a\nb\n")
	n.prints("%rm init_a", "stdout: . removed func init_a\n")
	n.prints("fmt.Println(\"main\")", "stdout: b\nmain\n")
}

func TestListAndReset(t *testing.T) {
	n := newNotebook(t)
	n.prints("func f() {}\nvar a, c = 1, 3", "")
	n.prints("%ls", "text/html: <h3>Memorized Definitions</h3>\n"+
		"text/html: <h4>Variables</h4>\n<ul>\n<li><pre>a</pre></li>\n<li><pre>c</pre></li>\n</ul>"+
		"text/html: <h4>Functions</h4>\n<ul>\n<li><pre>f</pre></li>\n</ul>")
	n.prints("%rm nothing", "stderr: . key \"nothing\" not found in any definition, not removed\n")
	n.prints("%reset", "stdout: * State reset: all memorized declarations discarded.\n")
	n.prints("%ls", "text/html: <h3>Memorized Definitions</h3>\n")
}

func TestArguments(t *testing.T) {
	n := newNotebook(t)
	n.prints("var x = flag.Int(\"x\", 0, \"a number\")\nfunc show() { fmt.Println(*x, flag.Args()) }\n%% -x=17 a \"b c\"\nshow()", "stdout: 17 [a b c]\n")
	n.prints("%exec show -x=13", "stdout: 13 []\n")
	n.prints("%args -x=5\n%%\nshow()", "stdout: 0 []\n")
	n.prints("//gonb:%%\nshow()", "stdout: 0 []\n")
}

func TestTestsAndBenchmarks(t *testing.T) {
	n := newNotebook(t)
	n.prints("func double(x int) int { return 2 * x }", "")
	front, outcome := n.run("%test\nfunc TestDouble(t *testing.T) { if double(2) != 4 { t.Fatal() } }")
	if outcome.Error != nil {
		t.Fatal(outcome.Error)
	}
	wantShown(t, front, "=== RUN   TestDouble", "--- PASS: TestDouble", "PASS")
	n.fails("%test\nfunc TestWrong(t *testing.T) { t.Fatal(double(1)) }", "ExitError", "exit status 1")
}

func TestUserExpressions(t *testing.T) {
	n := newNotebook(t)
	n.prints("var a = 20", "")
	_, outcome := n.runCell(exprCell("b := 1\n_ = b", map[string]string{"sum": "a + 22", "bad": "nothing", "two": "a, a"}))
	sum := outcome.UserExpressions["sum"].(map[string]any)
	if sum["status"] != "ok" || sum["data"].(map[string]any)["text/plain"] != "42" {
		t.Errorf("sum is %v", sum)
	}
	for _, name := range []string{"bad", "two"} {
		if bad := outcome.UserExpressions[name].(map[string]any); bad["status"] != "error" {
			t.Errorf("%s is %v", name, bad)
		}
	}
}
