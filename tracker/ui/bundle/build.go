package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// build bundles what an entry point imports, and returns the files by their extension.
func build(entry string, change func(*api.BuildOptions)) (map[string][]byte, error) {
	dir, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("bundle %s: %w", entry, err)
	}
	options := api.BuildOptions{
		AbsWorkingDir: dir, EntryPoints: []string{entry}, Outdir: "out", Bundle: true, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsEndOfFile, Target: api.ES2021,
		Platform: api.PlatformBrowser, Format: api.FormatESModule, LogLevel: api.LogLevelWarning,
	}
	if change != nil {
		change(&options)
	}
	result := api.Build(options)
	var failed error
	for _, m := range result.Errors {
		failed = errors.Join(failed, fmt.Errorf("bundle %s: %s", entry, m.Text))
	}
	files := map[string][]byte{}
	for _, f := range result.OutputFiles {
		files[filepath.Ext(f.Path)] = f.Contents
	}
	return files, failed
}

// hashed returns a file's name with the hash of its bytes in it: browsers may keep it for ever.
func hashed(stem, extension string, bytes []byte) string {
	sum := sha256.Sum256(bytes)
	return fmt.Sprintf("%s-%x%s", stem, sum[:6], extension)
}

// write writes a file of the bundle.
func write(dir, name string, bytes []byte) error {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	if err := os.WriteFile(path, bytes, 0o644); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}
