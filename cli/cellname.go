package cli

import (
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// nameLength is how long a cell's name may be, in characters.
const nameLength = account.NameLength

// cellName returns what to call a cell execution: the first line of its source that says something.
func cellName(x *index.Index, c index.Cell) string { return told(x).CellName(c) }

func sourceName(source string) string { return account.SourceName(source) }

// notebookLength is how much of a notebook's name a table shows, in characters.
const notebookLength = 32

// notebookName is the file's name alone: the whole path is for show.
func notebookName(notebook string) string { return account.NotebookName(notebook) }
