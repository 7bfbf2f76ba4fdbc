package build

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
)

// gonbui is the package by which cells show rich output.
const gonbui = "github.com/janpfeifer/gonb/gonbui"

// showInOrder makes gonbui wait until the kernel has shown what it was given. Without that, what a cell displays and what
// it prints reach the kernel by two pipes, in any order, and what was displayed last is lost when the process ends
// first. When gonbui does not look as expected it is left as it is.
func (j *job) showInOrder(p *pkg) {
	file := filepath.Join(p.Dir, "gonbui.go")
	original, err := os.ReadFile(file)
	if err != nil {
		return
	}
	waiting, ok := j.rewritten.of(original)
	if !ok {
		return
	}
	if p.Local && !j.flags.covers() {
		j.overlay(file, waiting)
	} else {
		j.substitute(p, waiting)
	}
}

// A rewritten file is kept as it was and as it became: to rewrite it for each cell takes longer than all else that a
// cell which was built before takes.
type rewritten struct{ original, waiting []byte }

func (r *rewritten) of(original []byte) (waiting []byte, ok bool) {
	if r.waiting != nil && bytes.Equal(r.original, original) {
		return r.waiting, true
	}
	if waiting, ok = waitForDisplay(original); ok {
		*r = rewritten{original, waiting}
	}
	return waiting, ok
}

// overlay has the go command read another file in the place of one that the user may be working on.
func (j *job) overlay(file string, text []byte) {
	dir := filepath.Join(j.opts.CacheDir, "overlay")
	copied, err := keep(dir, ".go", text)
	if err != nil {
		return
	}
	rules, err := json.Marshal(map[string]any{"Replace": map[string]string{file: copied}})
	if err != nil {
		return
	}
	if path, err := keep(dir, ".json", rules); err == nil {
		j.use(copied, path)
		j.variant.shown, j.variant.flags = path, []string{"-overlay=" + path}
	}
}

// keep writes a file that is named by what it holds.
func keep(dir, ext string, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	path := filepath.Join(dir, hex.EncodeToString(sum[:12])+ext)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return path, nil
	}
	defer prune(dir, keptOverlays)
	return path, writeFile(path, data)
}

const (
	sendOnly = "gembaSendOnly"
	// sendAndWait becomes SendData. Values and subscriptions of comms show nothing, so they need not wait; one who asks for
	// input is shown all before. When the pipe is broken there is no one to wait for.
	sendAndWait = `
func SendData(data *protocol.DisplayData) {
	` + sendOnly + `(data)
	for kind := range data.Data {
		if kind != protocol.MIMECommValue && kind != protocol.MIMECommSubscribe {
			Sync()
			return
		}
	}
}
`
)

// waitForDisplay rewrites gonbui.go: SendData gets another name, Sync calls it by that, and a new SendData waits.
func waitForDisplay(original []byte) ([]byte, bool) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "gonbui.go", original, parser.ParseComments)
	if err != nil {
		return nil, false
	}
	send, sync := function(file, "SendData"), function(file, "Sync")
	if send == nil || sync == nil || function(file, sendOnly) != nil || !takesDisplayData(send) || len(sync.Type.Params.List) > 0 {
		return nil, false
	}
	calls := 0
	ast.Inspect(sync.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "SendData" {
				id.Name = sendOnly
				calls++
			}
		}
		return true
	})
	send.Name.Name = sendOnly
	var out bytes.Buffer
	if calls != 1 || format.Node(&out, fset, file) != nil {
		return nil, false
	}
	out.WriteString(sendAndWait)
	return out.Bytes(), true
}

func function(file *ast.File, name string) *ast.FuncDecl {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == name {
			return f
		}
	}
	return nil
}

// takesDisplayData says that a function's only parameter is a *protocol.DisplayData.
func takesDisplayData(f *ast.FuncDecl) bool {
	params := f.Type.Params.List
	if len(params) != 1 || f.Type.Results != nil {
		return false
	}
	star, ok := params[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	sel, ok := star.X.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "DisplayData"
}
