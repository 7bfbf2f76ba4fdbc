// Command bundle makes tracker/ui/dist of tracker/ui/src: the web page's files, and JupyterLab's extension. It needs the libraries that
// npm ci puts into node_modules, but no Node: esbuild is a Go library. The same sources give the same bytes wherever the checkout lies.
//
//	go run ./tracker/ui/bundle             write tracker/ui/dist
//	go run ./tracker/ui/bundle -o FOLDER   write it elsewhere: gemba ui --page FOLDER/page shows it
//	go run ./tracker/ui/bundle -schema     write .cache/openapi.json, of which the client's types are made
//
// Make ui does all of it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/tracker/web"
)

func main() {
	out := flag.String("o", filepath.Join(root, "dist"), "the `folder` to write")
	schema := flag.Bool("schema", false, "write the API's description instead")
	flag.Parse()
	if err := run(*out, *schema); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

// root is where the sources lie.
const root = "tracker/ui"

func run(out string, schema bool) error {
	if schema {
		return write(".cache", "openapi.json", web.OpenAPI("0"))
	}
	fresh := out + ".new" // who embeds the last one meanwhile has all of it
	if err := errors.Join(os.RemoveAll(fresh), page(filepath.Join(fresh, "page")), extension(filepath.Join(fresh, "labextension"))); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(out), os.Rename(fresh, out))
}
