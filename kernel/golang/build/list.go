package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// know makes sure that packages and all that they import are in the graph, and says whether they were before. It
// fetches modules that are missing.
func (j *job) know(paths []string) (known bool, err error) {
	_, missing := j.graph().reach(paths)
	if len(missing) == 0 {
		return true, nil
	}
	if j.listStandard(paths, missing) {
		return false, nil
	}
	asked := map[string]bool{}
	for {
		list, err := j.list(paths, false)
		if err != nil {
			return false, err
		}
		broken := wrong(list)
		if len(broken) == 0 {
			j.graph().add(list)
			j.store.note(list)
			j.store.save()
			return false, nil
		}
		if err := j.fetch(broken, asked); err != nil {
			return false, err
		}
	}
}

// listStandard asks for what is missing and its compiled form at once, when that is of the standard library: nothing of
// that needs another variant, nor to be fetched. It says whether that went well.
func (j *job) listStandard(paths, missing []string) bool {
	if !j.plain() || slices.ContainsFunc(missing, func(p string) bool { return strings.Contains(p, ".") }) {
		return false
	}
	list, err := j.list(paths, true)
	if err != nil {
		return false
	}
	j.graph().add(list)
	j.exports().add(list)
	j.store.note(list)
	j.store.save()
	return true
}

// exports gives what is known of compiled packages in the program's variant.
func (j *job) exports() packages {
	key := j.variant.key()
	if j.store.Exports[key] == nil {
		j.store.Exports[key] = packages{}
	}
	return j.store.Exports[key]
}

// wrong lists the packages that cannot be loaded, sorted by path.
func wrong(list packages) []*pkg {
	var bad []*pkg
	for _, p := range list {
		if p.Err != "" {
			bad = append(bad, p)
		}
	}
	slices.SortFunc(bad, func(a, b *pkg) int { return strings.Compare(a.Path, b.Path) })
	return bad
}

// list asks the go command for packages and all that they import, compiled when export is set.
func (j *job) list(paths []string, export bool) (packages, error) {
	args := []string{"list", "-deps", listFields}
	env := j.env
	if export {
		args = append(args, "-export", "-v")
		env = env.with(j.variant.goEnv...)
	} else {
		args = append(args, "-e")
	}
	args = append(args, j.variant.args()...)
	if j.request.Wasm != nil {
		env = env.with("GOOS=js", "GOARCH=wasm")
	}
	args = append(append(args, j.flags.listed...), "--")
	for _, p := range paths {
		if p != "C" && p != "unsafe" {
			args = append(args, p)
		}
	}
	c := command{path: j.goCommand, args: args, env: env, line: j.compiling(), data: true}
	out, err := j.tool(c)
	if err != nil {
		return nil, j.failed(err, "")
	}
	return readListing(out, j.store.Toolchain.GOMODCACHE, j.opts.CacheDir)
}

// compiling tells of packages being compiled: with -v the go command names each as its turn comes.
func (j *job) compiling() func(string) {
	if j.request.Progress == nil {
		return nil
	}
	count := 0
	return func(line string) {
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			j.request.Progress(strings.TrimPrefix(line, "go: "))
		case line != "" && !strings.ContainsAny(line, " :#"):
			count++
			j.request.Progress("compiling " + line + of(count, len(j.reached)))
		}
	}
}

// of says how far a count has come. All packages are at most so many: those compiled before are not counted.
func of(count, all int) string {
	if all == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of at most %d)", count, all)
}

// failed makes an *Error of a command that failed, and passes other errors on.
func (j *job) failed(err error, hint string) error {
	f, ok := err.(*failure)
	if !ok {
		return err
	}
	list := diagnostics(f.output, j.opts.Dir)
	for i, d := range list {
		list[i] = j.inCellOfC(d)
	}
	if strings.Contains(f.output, "no space left on device") {
		hint = fmt.Sprintf("No disk space is left in %s, or where Go keeps what it compiled (go env GOCACHE): free some, or set TMPDIR or GOCACHE to another disk and start the kernel again.", j.opts.Dir)
	}
	return &Error{Diagnostics: list, Output: f.output, Hint: hint}
}

// inCellOfC finds the cell of a complaint about C: the C compiler is told lines of cells, and main.go as their file.
func (j *job) inCellOfC(d source.Diagnostic) source.Diagnostic {
	for _, c := range slices.Backward(j.program.C) { // the newest is most likely wrong
		if line := d.Line - c.Below; d.File == j.fileName() && c.First <= line && line <= c.Last {
			d.File, d.Line = c.Cell, line
			return d
		}
	}
	return d
}

// unavailable is the error of packages that cannot be had, each placed where the cell imports it.
func (j *job) unavailable(list []*pkg, output, hint string) error {
	e := &Error{Output: output, Hint: hint}
	for _, p := range list {
		d := j.request.Declarations.ImportPlace(p.Path)
		d.Message = strings.TrimSpace(p.Err)
		e.Diagnostics = append(e.Diagnostics, d)
		if output == "" {
			e.Output += source.Diagnostic.String(d) + "\n"
		}
	}
	return e
}
