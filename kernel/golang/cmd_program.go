package golang

import (
	"fmt"
	"os"
	"strings"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// env is %env NAME value, or NAME=value.
func (x *execution) env(args []string) error {
	if len(args) == 1 {
		if name, value, ok := strings.Cut(args[0], "="); ok && name != "" {
			args = []string{name, value}
		}
	}
	if len(args) != 2 {
		return fmt.Errorf("want a name and a value, got %d words", len(args))
	}
	x.session.env.set(args[0], args[1])
	x.printf("Set: %s=%q\n", args[0], args[1])
	return nil
}

// cd is %cd [folder].
func (x *execution) cd(args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("want one folder, got %d words", len(args))
	}
	if len(args) == 0 {
		x.printf("Current directory: %q\n", x.session.dir)
		return nil
	}
	dir := under(x.session.dir, x.session.env.expand(args[0]))
	if info, err := os.Stat(dir); err != nil {
		return err
	} else if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", dir)
	}
	x.session.dir = dir
	x.session.env.set("GONB_DIR", dir)
	x.printf("Changed directory to %q\n", dir)
	return nil
}

// goflags is %goflags [flags].
func (x *execution) goflags(args []string) error {
	if len(args) > 0 {
		x.session.goflags = nil
	}
	for _, flag := range args {
		if flag != "" {
			x.session.goflags = append(x.session.goflags, flag)
		}
	}
	x.printf("%%goflags=%q\n", x.session.goflags)
	return nil
}

func (x *execution) autoget([]string) error {
	x.session.autoget = true
	return nil
}

func (x *execution) noautoget([]string) error {
	x.session.autoget = false
	return nil
}

// captureTo is %capture [-a] file.
func (x *execution) captureTo(args []string) error {
	file, _, err := x.create(args)
	if err != nil {
		return err
	}
	if x.capture != nil { // the last one counts
		err = x.capture.Close()
	}
	x.capture = file
	return err
}

func (x *execution) withInputs([]string) error   { return x.ask(false) }
func (x *execution) withPassword([]string) error { return x.ask(true) }

// ask lets the next shell command of the cell read what the user types.
func (x *execution) ask(password bool) error {
	if !x.cell.AllowStdin {
		return wire.ErrNoStdin
	}
	x.stdin.Ask, x.stdin.Password = true, password
	return nil
}
