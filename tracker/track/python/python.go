// Package python holds the Python module gemba: the API of package track for Python programs and cells, from Python 3.8 on and with the
// standard library alone. It writes the same track logs. Here it is only carried: it knows neither who lays it out on a kernel's path
// nor who reads what it logs.
package python

import (
	"embed"
	"io/fs"
)

//go:embed gemba/*.py
var source embed.FS

// Source has the folder gemba, which is the module: the folder that holds it belongs on Python's path.
func Source() fs.FS { return source }
