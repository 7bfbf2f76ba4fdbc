package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/kernel/proxy/python"
	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/notebooks"
)

// pythonFacts is a Python as the environment tells of it.
func pythonFacts(s python.Session) *environ.Python {
	var number []string
	for _, n := range s.Number {
		number = append(number, strconv.Itoa(n))
	}
	return &environ.Python{
		Version: strings.Join(number, "."), Build: s.Version, Implementation: s.Implementation, Executable: s.Executable, Prefix: s.Prefix, BasePrefix: s.BasePrefix,
		ABI: strings.TrimSpace(s.CacheTag + " " + s.ABI), HashSeed: s.HashSeed, Optimize: s.Optimize, Path: s.Path,
	}
}

// engineOf tells what executes the cells of a notebook when no kernel runs: of a Python kernel, the interpreter that its kernelspec
// starts, which is asked.
func (a *app) engineOf(ctx context.Context, notebook string) (func(*environ.Options), error) {
	n, err := notebooks.Open(notebook)
	if err != nil {
		return nil, err
	}
	spec, err := executes(n.Kernel(), "")
	if err != nil || spec.Dir == "" {
		return nil, err
	}
	told := environ.Options{Engine: strings.ToLower(spec.Language)}
	if told.Engine == "python" {
		if told.Python, err = askPython(ctx, spec); err != nil {
			return nil, err
		}
		told.EngineVersion = told.Python.Version
	}
	return func(o *environ.Options) {
		o.Engine, o.EngineVersion, o.Python, o.Plugins = told.Engine, told.EngineVersion, told.Python, nil
	}, nil
}

// askPython starts the interpreter of a kernelspec and has it tell of itself, as it does in a kernel.
func askPython(ctx context.Context, spec kernelspec.Spec) (*environ.Python, error) {
	dir, err := os.MkdirTemp("", "gemba-")
	if err != nil {
		return nil, fmt.Errorf("ask the kernel's Python: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	spool := filepath.Join(dir, "session")
	program := spec.Command("")[0]
	cmd := exec.CommandContext(ctx, program, "-c", python.Setup(spool, ""))
	cmd.Env = spec.Environ(os.Environ(), nil)
	said, err := cmd.CombinedOutput()
	session, told := python.NewReader(spool).Session()
	if err == nil && !told {
		err = errors.New("it told nothing")
	}
	if err != nil {
		return nil, withHint(fmt.Errorf("ask %s what it is: %w: %s", program, err, cutTo(oneLine(string(said)), valueShown)), "gemba doctor shows which kernels can be started")
	}
	return pythonFacts(session), nil
}
