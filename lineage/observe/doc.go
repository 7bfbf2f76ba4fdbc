// Package observe tells what a cell did outside of its own memory: which files it read and wrote, with their digests
// before and after, which processes it started, which hosts it connected to. It joins what the engine saw
// (tracker.Seen) with what the work tree's changes tell, looks at the files after the cell, and says of each thing that it
// could not find out that it could not. It knows no kernel, no journal and no other system than the one it runs on.
package observe
