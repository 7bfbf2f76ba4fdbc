// Package ui holds what gemba shows in a browser: the web page, and the extension of JupyterLab. Their TypeScript lies in src, bundle makes
// dist of it, and dist is part of the program. It must not know the ledger: what is shown comes from the JSON API of package web.
package ui

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Page returns the files of the web page.
func Page() fs.FS { return sub("page") }

// ExtensionName is what JupyterLab calls the extension, and the name of its folder among Jupyter's labextensions.
const ExtensionName = "gemba"

// Extension returns the files of JupyterLab's prebuilt extension, which works in Notebook 7 too.
func Extension() fs.FS { return sub("labextension") }

// HasExtension reports whether the program was built with the extension; make ui makes it.
func HasExtension() bool {
	_, err := fs.Stat(Extension(), "package.json")
	return err == nil
}

// sub returns a folder of dist, which is there: the program would not have been built without it.
func sub(name string) fs.FS {
	files, err := fs.Sub(dist, "dist/"+name)
	if err != nil {
		panic(err) // only a name that is no path could be the cause
	}
	return files
}

// Serve serves a page's files. All but the page itself have the hash of their bytes in their names, and may be kept.
func Serve(page fs.FS) http.Handler {
	files := http.FileServerFS(page)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		if r.URL.Path == "/" || strings.HasSuffix(r.URL.Path, ".html") {
			w.Header().Set("Cache-Control", "no-cache")
		}
		files.ServeHTTP(w, r)
	})
}
