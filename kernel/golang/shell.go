package golang

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/process"
	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// shell runs a "!" line. Its folder and environment are the session's.
func (x *execution) shell(c source.Command) error {
	if strings.TrimSpace(c.Text) == "" {
		return commandError(c, "a shell command is missing after !")
	}
	spec := process.Spec{Path: shell(), Args: []string{"-c", c.Text}, Stdin: x.stdin}
	if runtime.GOOS == "windows" {
		spec.Path, spec.Args[0] = "cmd.exe", "/c"
	}
	if c.Work {
		spec.Dir = x.work
	}
	x.stdin = process.Stdin{}
	if err := x.runProgram(spec, x.front); err != nil {
		return &lineError{c.Line, err}
	}
	x.trackModules()
	return nil
}

// shell is bash, as notebooks expect, or what stands in for it, as in Alpine's images.
func shell() string {
	if path, err := exec.LookPath("bash"); err == nil {
		return path
	}
	return "/bin/sh"
}

// magic runs a cell whose first line says that it is not Go.
func (x *execution) magic(m *source.Magic) error {
	switch m.Name {
	case "writefile":
		return x.writeFile(m)
	case "script":
		if len(m.Args) == 0 {
			return errors.New("%%script: which command is to run the cell? Name it on the first line")
		}
		return x.script(m.Args, m.Body)
	case "gx":
		return errors.New("%%gx: this kernel has no GX compiler (GoNB too has one only when it is built with the tag gx)")
	}
	if len(m.Args) > 0 {
		return fmt.Errorf("%%%%%s takes no arguments, got %q", m.Name, m.Args)
	}
	return x.script([]string{m.Name}, m.Body)
}

// script gives the cell's text to a command as its input.
func (x *execution) script(command []string, body string) error {
	if !strings.HasSuffix(body, "\n") {
		body += "\n"
	}
	return x.runProgram(process.Spec{Path: command[0], Args: command[1:], Stdin: process.Stdin{Text: []byte(body)}}, x.front)
}

// create opens the file that the arguments [-a] file name, and tells what will be done to it: it is appended to with -a.
func (x *execution) create(args []string) (file *os.File, done string, err error) {
	flags, done := os.O_TRUNC, "written"
	if len(args) > 0 && args[0] == "-a" {
		args, flags, done = args[1:], os.O_APPEND, "appended"
	}
	if len(args) != 1 {
		return nil, "", fmt.Errorf("want the name of one file, got %d words", len(args))
	}
	path := under(x.session.dir, x.session.env.expand(args[0]))
	x.opens(path)
	file, err = os.OpenFile(path, flags|os.O_CREATE|os.O_WRONLY, 0o644)
	return file, done, err
}

// writeFile is %%writefile [-a] file.
func (x *execution) writeFile(m *source.Magic) error {
	file, done, err := x.create(m.Args)
	if err != nil {
		return fmt.Errorf("%%%%writefile: %w", err)
	}
	_, err = file.WriteString(m.Body + "\n")
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("%%%%writefile: %w", err)
	}
	x.complainf("Cell contents %s to %q.\n", done, x.session.env.expand(m.Args[len(m.Args)-1]))
	return nil
}
