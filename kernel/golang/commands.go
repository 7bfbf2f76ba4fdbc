package golang

import (
	"fmt"
	"slices"

	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/gemba-ml/gemba/magics"
)

// A command is a line of a cell that begins with "%". All commands and shell lines of a cell are run in
// order before its Go code is.
type command struct {
	names []string // the first is the one that help lists
	args  string   // as help writes them
	help  string
	run   func(x *execution, args []string) error // nil for those that shape the program: package source reads them
}

// commands is the one table of GoNB's line commands. It is what is dispatched, listed by %help and
// offered by completion.
func commands() []command {
	return []command{
		{[]string{"%", "main"}, "[args]", "begin the main part: what follows runs inside func main, with these program arguments", nil},
		{[]string{"args"}, "args", "program arguments of this cell", nil},
		{[]string{"exec"}, "func [args]", "run func() as the program", nil},
		{[]string{"test"}, "[flags]", "run the tests and benchmarks of this cell with go test, or all of them when it has none", nil},
		{[]string{"wasm"}, "", "compile the cell to WebAssembly and run it in the page", nil},
		{[]string{"env"}, "NAME value", "set an environment variable for cells and shell commands", (*execution).env},
		{[]string{"cd"}, "[folder]", "change the folder where cells and shell commands run, or show it", (*execution).cd},
		{[]string{"goflags"}, "[flags]", `flags for go build, "" to have none again; without flags, show them`, (*execution).goflags},
		{[]string{"autoget"}, "", "fetch the modules that imports need (the default)", (*execution).autoget},
		{[]string{"noautoget"}, "", "fetch no modules", (*execution).noautoget},
		{[]string{"ls", "list"}, "", "list the declarations that are remembered", (*execution).list},
		{[]string{"rm", "remove"}, "name…", "forget declarations, named as %ls lists them", (*execution).remove},
		{[]string{"reset"}, "[go.mod]", "forget all declarations and start a new go.mod, or only the latter", (*execution).reset},
		{[]string{"with_inputs"}, "", "the next shell command may read lines that the user types", (*execution).withInputs},
		{[]string{"with_password"}, "", "the same, without showing what is typed", (*execution).withPassword},
		{[]string{"capture"}, "[-a] file", "write a copy of this cell's output to a file, -a to append", (*execution).captureTo},
		{[]string{"track"}, "[path]", "have gopls follow a file or folder, or list those it follows", (*execution).track},
		{[]string{"untrack"}, "[path]", "stop following; a path that ends in ... is a prefix", (*execution).untrack},
		{[]string{"goworkfix"}, "", "write a replace rule into go.mod for each module that go.work uses", (*execution).goWorkFix},
		{[]string{"widgets"}, "", "connect to the notebook's page (widgets do so by themselves)", (*execution).widgets},
		{[]string{"widgets_hb"}, "", "ask the notebook's page for a sign of life", (*execution).heartbeat},
		{[]string{"version"}, "", "show the versions of gemba and Go", (*execution).version},
		{[]string{"help"}, "", "show this page", (*execution).help},
	}
}

// commandNamed finds a command by any of its names.
func commandNamed(name string) (command, bool) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return slices.Contains(c.names, name) })
	if i < 0 {
		return command{}, false
	}
	return all[i], true
}

// command runs one command line of the cell.
func (x *execution) command(c source.Command) error {
	if c.Kind == '!' {
		return x.shell(c)
	}
	known, ok := commandNamed(c.Name())
	if !ok {
		if meant := magics.Suggest("%" + c.Name()); meant != "" {
			return commandError(c, "there is no command %%%s, did you mean %s? %%help and %%gemba help list them", c.Name(), meant)
		}
		return commandError(c, "there is no command %%%s: see %%help", c.Name())
	}
	if err := known.run(x, c.Args()); err != nil {
		return commandError(c, "%%%s: %w", c.Name(), err)
	}
	return nil
}

// lineError is an error of a command, with the line it stands on.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return e.err.Error() }
func (e *lineError) Unwrap() error { return e.err }

// atLine places an error in the cell, nil when there is none.
func atLine(line int, err error) error {
	if err == nil {
		return nil
	}
	return &lineError{line, err}
}

func commandError(c source.Command, format string, args ...any) error {
	return &lineError{c.Line, fmt.Errorf(format, args...)}
}
