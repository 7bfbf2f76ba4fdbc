package source

// Main is what a cell runs: the body of func main. It is not remembered. The zero value runs nothing.
type Main struct {
	kind mainKind
	mark piece // where it begins in the cell; of mainFunc its text, of mainCall the function's name
	doc  piece // of mainFunc
	body piece // of mainBody
	refs Refs

	mentions *mentions
}

type mainKind int

const (
	mainNone mainKind = iota // a stub that only parses flags
	mainBody                 // statements, behind %% or alone
	mainFunc                 // the user's own func main
	mainCall                 // %exec
)

func (m Main) empty() bool { return m.kind == mainNone }
