package track

import "embed"

//go:embed *.go gomlx/*.go
var source embed.FS

// Source is the source of this package and of gomlx, for gemba, which lays it out for cells that import it. A program that does not
// call Source does not hold it.
func Source() embed.FS { return source }
