package python

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/magics"
)

// Guest is what gemba adds to one Python kernel, and what it knows of it.
type Guest struct {
	*Reader
	setup string
}

// NewGuest returns what is added to a kernel: it leaves what it tells in a folder, which is its own, and finds the files that it needs
// in folder site, empty for none.
func NewGuest(folder, site string) *Guest {
	spool := filepath.Join(folder, "cells.jsonl")
	if site == "" {
		return &Guest{Reader: NewReader(spool), setup: Setup(spool, "")}
	}
	return &Guest{Reader: NewReader(spool), setup: SetupFrom(site, spool)}
}

// Setup is what the kernel executes first, silently.
func (g *Guest) Setup() string { return g.setup }

// Facts tells what was seen of the execution that a request caused.
func (g *Guest) Facts(request string) wire.Facts {
	facts, _ := g.Read(request) // what is missing is said in it
	return facts
}

// unseen are words of cells that start processes, or use libraries which open files by themselves.
var unseen = []string{"subprocess", "os.system", "os.popen", "os.exec", "os.spawn", "Popen", "multiprocessing", "ProcessPool", "joblib", "getoutput",
	"pyarrow", "parquet", "feather", "h5py", "hdf", "netCDF", "xarray", "polars", "duckdb", "sqlite", "tensorflow", "cv2", "rasterio", "memmap"}

// Unseen says whether a cell may open files that the hook is not told of.
func (g *Guest) Unseen(source string) bool {
	return slices.ContainsFunc(unseen, func(word string) bool { return strings.Contains(source, word) })
}

// Commands finds the lines of a cell that may be magics.
func (g *Guest) Commands(source string) []magics.Line { return Commands(source) }

// Comment is what begins a comment.
func (g *Guest) Comment() string { return "#" }
