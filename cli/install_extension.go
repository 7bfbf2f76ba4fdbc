package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/tracker/ui"
)

// extensionDir returns where the extension of JupyterLab and Notebook 7 goes.
func (p *place) extensionDir() (string, error) {
	data, err := p.dataDir()
	return filepath.Join(data, "labextensions", ui.ExtensionName), err
}

// installExtension puts the extension in, the whole of it and nothing of an older one: Jupyter lets browsers keep its files for a year.
func (a *app) installExtension(p place) error {
	dir, err := p.extensionDir()
	if err != nil || !ui.HasExtension() {
		return err
	}
	if err := checkOurExtension(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err = replaceDir(dir, func(fresh string) error { return os.CopyFS(fresh, ui.Extension()) })
	if err != nil {
		return withHint(fmt.Errorf("install extension: %w", err), "name a folder that you may write: gemba install --prefix FOLDER")
	}
	fmt.Fprintf(a.stdout, "Installed the extension of JupyterLab and Notebook 7 in %s\n", dir)
	a.tellOtherExtensions(dir)
	return nil
}

// uninstallExtension takes it out again, where it is.
func (a *app) uninstallExtension(p place) (removed bool, err error) {
	dir, err := p.extensionDir()
	if err != nil || !exists(dir) {
		return false, err
	}
	if err := checkOurExtension(dir); err != nil {
		return false, err
	}
	if err := os.RemoveAll(dir); err != nil {
		return false, fmt.Errorf("uninstall extension: %w", err)
	}
	fmt.Fprintf(a.stdout, "Removed %s\n", dir)
	a.tellOtherExtensions(dir)
	return true, nil
}

// tellOtherExtensions warns of copies in other places: Jupyter takes the first it finds, however old that is.
func (a *app) tellOtherExtensions(mine string) {
	for _, kernels := range kernelspec.Dirs() {
		dir := filepath.Join(filepath.Dir(kernels), "labextensions", ui.ExtensionName)
		if dir != filepath.Clean(mine) && exists(filepath.Join(dir, "package.json")) {
			a.warn("another copy of the extension is in %s; jupyter labextension list shows which one Jupyter uses, and deleting that folder ends the doubt", dir)
		}
	}
}

// checkOurExtension makes sure that dir holds an extension that install wrote, before it is replaced or removed.
func checkOurExtension(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "install.json"))
	if errors.Is(err, fs.ErrNotExist) && !exists(dir) {
		return err
	}
	var by struct {
		PackageManager string `json:"packageManager"`
	}
	if err != nil || json.Unmarshal(text, &by) != nil || by.PackageManager != "gemba" {
		return withHint(fmt.Errorf("install extension: %s was not written by gemba install", dir), "look at its package.json and delete the folder yourself")
	}
	return nil
}
