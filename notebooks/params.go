package notebooks

import (
	"errors"
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// The tags that papermill gives a meaning
// (https://papermill.readthedocs.io/en/latest/usage-parameterize.html).
const (
	parametersTag = "parameters"
	injectedTag   = "injected-parameters"
)

// Param is a value for a parameter of a notebook, as the command line gives it.
type Param struct{ Name, Value string }

// ErrParameter says that a notebook cannot be given a parameter.
var ErrParameter = errors.New("parameter cannot be set")

// ParseParam reads "name=value".
func ParseParam(s string) (Param, error) {
	name, value, ok := strings.Cut(s, "=")
	switch {
	case !ok:
		return Param{}, fmt.Errorf("%w: %q has no value; write name=value", ErrParameter, s)
	case !token.IsIdentifier(name):
		return Param{}, fmt.Errorf("%w: %q is no name of a variable; write name=value", ErrParameter, name)
	}
	return Param{name, value}, nil
}

// Injection is what Inject did, for a person to be told.
type Injection struct {
	Source string // of the injected cell, empty when there was nothing to inject
	AtTop  bool   // the notebook has no parameters cell

	Unknown []string // params that the parameters cell does not assign, in a language in which that is no error
}

// Inject puts a cell that sets params into n, where papermill does: in place of the cell tagged
// injected-parameters, else behind the one tagged parameters, else at the top. A value takes the type
// that the parameters cell declares for its name; without a parameters cell, the one its text has. A
// name that the parameters cell does not declare is an error in Go: it would be a typing error mostly, and a
// variable that nothing reads otherwise. In other languages it is set all the same, as papermill does.
func Inject(n *Notebook, params []Param) (Injection, error) {
	if len(params) == 0 {
		return Injection{}, nil
	}
	at := slices.IndexFunc(n.Cells, tagged(parametersTag))
	var declared string
	if at >= 0 {
		declared = n.Cells[at].Source
	}
	source, unknown, err := setting(n.Kernel(), declared, at >= 0, params)
	if err != nil {
		return Injection{}, err
	}
	cell := n.NewCodeCell(n.freshID(injectedTag), source, injectedTag)
	if old := slices.IndexFunc(n.Cells, tagged(injectedTag)); old >= 0 {
		n.Cells[old] = cell
	} else {
		n.Insert(at+1, cell)
	}
	return Injection{Source: source, AtTop: at < 0, Unknown: unknown}, nil
}

// setting writes the cell that sets params in a kernel's language; declared is the source of the parameters cell, if there is one.
func setting(k Kernel, declared string, is bool, params []Param) (source string, unknown []string, err error) {
	if language := strings.ToLower(k.Language); language != "" && language != "go" {
		d, ok := dialects[language]
		if !ok {
			return "", nil, fmt.Errorf("%w: nobody told gemba how %s writes values; %s and Go are known", ErrParameter, k.Language,
				strings.Join(slices.Sorted(maps.Keys(dialects)), ", "))
		}
		if is {
			unknown = undeclared(declared, params)
		}
		source, err = d.assignments(params)
		return source, unknown, err
	}
	var known []Declared
	if is {
		known = declarations(declared)
	}
	source, err = declare(params, known, is)
	return source, nil, err
}

func tagged(tag string) func(*Cell) bool {
	return func(c *Cell) bool { return c.Type == Code && c.Tagged(tag) }
}

// freshID returns an id that no cell of n has, made from name.
func (n *Notebook) freshID(name string) string {
	id := name
	for i := 2; slices.ContainsFunc(n.Cells, func(c *Cell) bool { return c.ID == id }); i++ {
		id = fmt.Sprintf("%s-%d", name, i)
	}
	return id
}

// declare writes the Go declarations of params; a name given twice has its last value.
func declare(params []Param, known []Declared, strict bool) (string, error) {
	lines := []string{"// Parameters"}
	for i, p := range params {
		if slices.ContainsFunc(params[i+1:], func(q Param) bool { return q.Name == p.Name }) {
			continue
		}
		line, err := declaration(p, known, strict)
		if err != nil {
			return "", fmt.Errorf("%w: %s: %w", ErrParameter, p.Name, err)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

// declaration writes one parameter: under its declared type, so that code that uses it still compiles.
func declaration(p Param, known []Declared, strict bool) (string, error) {
	i := slices.IndexFunc(known, func(d Declared) bool { return d.Name == p.Name })
	switch {
	case i < 0 && strict:
		return "", notDeclared(known)
	case i < 0 || known[i].Type == "" && !known[i].Local:
		typ, expr, err := guess(p.Value)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("var %s %s = %s", p.Name, typ, expr), nil
	}
	d := known[i]
	if d.Local {
		return "", fmt.Errorf("the parameters cell declares it as a statement, which no other cell can replace; write there, before any %%%%: var %s = …", p.Name)
	}
	expr, err := literal(d.typ, d.Type, p.Value)
	if err != nil {
		return "", err
	}
	if d.Const && strings.Contains(expr, "(") {
		return "", fmt.Errorf("it is declared as a constant, which %s cannot be; declare it with var", p.Value)
	}
	return d.with(expr), nil
}

// with declares d anew with another value. An untyped constant stays untyped, so that it still fits
// wherever it is used.
func (d Declared) with(expr string) string {
	switch {
	case strings.HasPrefix(d.Type, "untyped "):
		return fmt.Sprintf("const %s = %s", d.Name, expr)
	case d.Const:
		return fmt.Sprintf("const %s %s = %s", d.Name, d.Type, expr)
	}
	return fmt.Sprintf("var %s %s = %s", d.Name, d.Type, expr)
}

// notDeclared names the parameters that there are.
func notDeclared(known []Declared) error {
	var names []string
	for _, d := range known {
		if !d.Local {
			names = append(names, d.Name)
		}
	}
	if len(names) == 0 {
		return errors.New("the cell tagged parameters declares nothing; declare it there")
	}
	return fmt.Errorf("the cell tagged parameters does not declare it; it declares %s", strings.Join(names, ", "))
}
