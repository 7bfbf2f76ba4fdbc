package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func uninstallCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "uninstall", Short: "Take this kernel out of Jupyter; ledgers stay"}
	return placed(c, a.uninstall, "remove the parameters of Go notebooks from the papermill", a.uninstallTranslator)
}

func (a *app) uninstall(p place) error {
	data, err := p.dataDir()
	if err != nil {
		return err
	}
	dir := filepath.Join(data, "kernels", kernelName)
	if err := checkOurs(dir); err != nil {
		a.tellOthers(dir)
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("uninstall kernel: %w", err)
	}
	fmt.Fprintf(a.stdout, "Removed %s\n", dir)
	a.tellOthers(dir)
	return nil
}

// checkOurs makes sure that dir holds a kernelspec that install wrote, before it is removed.
func checkOurs(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return withHint(fmt.Errorf("uninstall kernel: nothing is installed in %s: %w", dir, fs.ErrNotExist),
			"--sys-prefix and --prefix FOLDER name other places")
	}
	if err != nil {
		return fmt.Errorf("uninstall kernel: %w", err)
	}
	var spec fullKernelspec
	if json.Unmarshal(text, &spec) != nil || spec.Metadata[kernelName] == nil && !startsGemba(spec.Argv) {
		return withHint(fmt.Errorf("uninstall kernel: %s was not written by gemba install", dir), "look at its kernel.json and delete the folder yourself")
	}
	return nil
}
