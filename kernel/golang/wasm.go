package golang

import (
	"path/filepath"

	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/kernel/golang/process"
)

// A wasmCell is where a %wasm cell's program goes and the element of the page that it draws in.
type wasmCell struct {
	folder process.Wasm
	div    string
}

// prepareWasm makes the folder that the page loads programs from, and tells the session's other programs
// of it: shell lines of the cell among them.
func (x *execution) prepareWasm() error {
	goroot, err := x.builder.GoRoot(x.session.env.list())
	if err != nil {
		return err
	}
	folder, err := x.runner.Wasm(x.options.Jupyter, goroot)
	if err != nil {
		return err
	}
	for _, v := range folder.Environ() {
		x.session.env.add(v)
	}
	x.commit()
	x.page = &wasmCell{folder, process.NewDiv()}
	return nil
}

// target is what the builder has to know.
func (w *wasmCell) target() *build.Wasm {
	if w == nil {
		return nil
	}
	return &build.Wasm{Dir: w.folder.Dir, URL: w.folder.URL, DivID: w.div}
}

// showWasm has the notebook's page load and run the program that was built.
func (x *execution) showWasm(file string, args []string) error {
	text, err := x.page.folder.HTML(x.page.div, filepath.Base(file), args)
	if err != nil {
		return err
	}
	x.html(text)
	return nil
}
