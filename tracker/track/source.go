package track

import "embed"

//go:embed *.go
var source embed.FS

// Source is this package's own source, for gemba, which lays it out for cells that import it. A program that does not
// call Source does not hold it.
func Source() embed.FS { return source }
