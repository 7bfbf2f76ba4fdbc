package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// page writes the web page into dir: its HTML, one script and one style sheet.
func page(dir string) error {
	files, err := build("src/page/main.tsx", nil)
	if err != nil {
		return err
	}
	html, err := os.ReadFile(filepath.Join(root, "src", "page", "page.html"))
	if err != nil {
		return fmt.Errorf("bundle page: %w", err)
	}
	text := string(html)
	for extension, bytes := range files {
		name := hashed("page", extension, bytes)
		text = strings.ReplaceAll(text, "{{"+extension[1:]+"}}", name)
		if err := write(dir, name, bytes); err != nil {
			return err
		}
	}
	return write(dir, "index.html", []byte(text))
}
