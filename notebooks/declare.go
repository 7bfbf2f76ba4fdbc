package notebooks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// Declared is a parameter as the parameters cell declares it.
type Declared struct {
	Name  string
	Type  string // as Go spells it: "float32", "[]string"; empty when it cannot be told
	Const bool
	Local bool // declared with := or within a function, so that no other cell can replace it

	typ types.Type
}

// declarations returns what a parameters cell of Go declares, in order. The cell may hold lines that
// are not Go (commands that begin with % or !) and, after %%, statements. What cannot be parsed
// declares nothing.
func declarations(source string) []Declared {
	head, body := splitMain(source)
	file, fset := parseGo(head)
	if file == nil { // a cell of statements without %%
		body, head = head+"\n"+body, ""
		file, fset = parseGo(head)
	}
	all := topLevel(file, fset)
	return append(all, locals(body)...)
}

// splitMain parts a cell at %% (or %main) into declarations and statements, and blanks the lines that
// are commands to the kernel.
func splitMain(source string) (head, body string) {
	var parts [2]strings.Builder
	at := 0
	for line := range strings.Lines(source) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "%%" || strings.HasPrefix(trimmed, "%% ") || trimmed == "%main":
			at = 1
		case strings.HasPrefix(line, "%") || strings.HasPrefix(line, "!"):
		default:
			parts[at].WriteString(line)
			continue
		}
		parts[at].WriteString("\n")
	}
	return parts[0].String(), parts[1].String()
}

// parseGo parses the declarations of a cell as a file; nil when they are none.
func parseGo(source string) (*ast.File, *token.FileSet) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "cell.go", "package cell\n"+source, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil
	}
	return file, fset
}

// topLevel lists the variables and constants of a file with their types, which the type checker finds
// as far as the cell alone tells them: imports are not followed.
func topLevel(file *ast.File, fset *token.FileSet) (all []Declared) {
	if file == nil {
		return nil
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Error: func(error) {}, Importer: nil, FakeImportC: true}
	_, _ = config.Check("cell", fset, []*ast.File{file}, info) // partial results are wanted
	for _, d := range file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR && group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			values := spec.(*ast.ValueSpec)
			for _, name := range values.Names {
				all = append(all, declared(name.Name, values, info.Defs[name], group.Tok == token.CONST))
			}
		}
	}
	return all
}

func declared(name string, spec *ast.ValueSpec, object types.Object, constant bool) Declared {
	d := Declared{Name: name, Const: constant}
	if object == nil || object.Type() == types.Typ[types.Invalid] {
		d.Type = spelled(spec)
		return d
	}
	d.typ = object.Type()
	d.Type = types.TypeString(d.typ, func(p *types.Package) string { return "" })
	return d
}

// spelled is the type of variables whose type comes from a package, none of which is loaded: as the
// source names it, or time.Duration for a value like 5 * time.Second.
func spelled(spec *ast.ValueSpec) string {
	if spec.Type != nil {
		return types.ExprString(spec.Type)
	}
	for _, value := range spec.Values {
		if durationUnit.MatchString(types.ExprString(value)) {
			return "time.Duration"
		}
	}
	return ""
}

var durationUnit = regexp.MustCompile(`\btime\.(Nanosecond|Microsecond|Millisecond|Second|Minute|Hour)\b`)

// locals lists the names that statements declare: no later cell can replace them.
func locals(body string) (all []Declared) {
	file, _ := parseGo("func main() {\n" + body + "\n}")
	if file == nil {
		return nil
	}
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		for _, name := range names(s) {
			all = append(all, Declared{Name: name, Local: true})
		}
	}
	return all
}

// names are the names that a statement declares.
func names(s ast.Stmt) (all []string) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		for _, left := range s.Lhs {
			if id, ok := left.(*ast.Ident); ok && s.Tok == token.DEFINE && id.Name != "_" {
				all = append(all, id.Name)
			}
		}
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			if values, ok := spec.(*ast.ValueSpec); ok {
				for _, id := range values.Names {
					all = append(all, id.Name)
				}
			}
		}
	}
	return all
}
