package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

func (b *Builder) build(ctx context.Context, r Request) (*Executable, error) {
	program := source.Compose(r.Declarations, r.Main, source.Options{})
	if err := os.WriteFile(filepath.Join(b.opts.Dir, "main.go"), []byte(program.Text), 0o644); err != nil {
		return nil, fmt.Errorf("write main.go: %w", err)
	}
	path := filepath.Join(b.opts.Dir, b.opts.Module)
	c := command{path: goCommand(b.opts.Go), args: append([]string{"build", "-o", path}, r.Flags...), dir: b.opts.Dir, env: r.Env}
	if _, err := c.run(ctx); err != nil {
		return nil, err
	}
	return &Executable{Path: path, Program: program}, nil
}
