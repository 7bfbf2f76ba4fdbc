package files

import (
	"context"
	"fmt"
)

// WalkAlone is like Walk, but reads each folder in the goroutine of the caller, just before it is visited: for
// a caller who must leave the machine to others.
func (r *Root) WalkAlone(ctx context.Context, visit func(*Folder) (into func(name string) bool)) error {
	with := new(reader)
	stack := []*step{{path: "."}}
	for len(stack) > 0 && ctx.Err() == nil {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		f := &Folder{Path: s.path}
		if s.parent != nil {
			f.Path = Join(s.parent.Path, s.path)
		}
		f.Entries, f.Err = with.read(r, f.Path)
		stack = append(stack, folders(f, visit(f))...)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("walk folder: %w", err)
	}
	return nil
}
