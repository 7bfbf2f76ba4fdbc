package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/gemba-ml/gemba/tracker/ui"
)

// extension writes JupyterLab's prebuilt extension into dir. What is loaded at JupyterLab's start is small; the views are a script of their
// own, which is loaded when one is looked at. How JupyterLab loads extensions is in
// https://jupyterlab.readthedocs.io/en/stable/extension/extension_dev.html#prebuilt-extensions.
func extension(dir string) error {
	views, err := writeViews(filepath.Join(dir, "static"))
	if err != nil {
		return err
	}
	shared, err := sharedNames()
	if err != nil {
		return err
	}
	style, err := build("src/lab/lab.css", nil)
	if err != nil {
		return err
	}
	entry, err := build("src/lab/container.ts", func(o *api.BuildOptions) {
		o.Format = api.FormatIIFE
		o.Plugins = []api.Plugin{shares(map[string]bool{})}
		o.Define = map[string]string{"GEMBA_NAME": quoted(ui.ExtensionName), "GEMBA_SHARED": quoted(shared), "GEMBA_STYLE": quoted(string(style[".css"])),
			"GEMBA_VIEWS": quoted(views[".js"]), "GEMBA_VIEWS_STYLE": quoted(views[".css"])}
	})
	if err != nil {
		return err
	}
	name := hashed("entry", ".js", entry[".js"])
	return errors.Join(write(dir, "static/"+name, entry[".js"]), manifests(dir, "static/"+name), copySchema(dir))
}

// writeViews writes what shows the views, and returns the names of the files by their extension.
func writeViews(static string) (map[string]string, error) {
	files, err := build("src/lab/mount.tsx", nil)
	names := map[string]string{}
	for extension, bytes := range files {
		names[extension] = hashed("views", extension, bytes)
		err = errors.Join(err, write(static, names[extension], bytes))
	}
	return names, err
}

// sharedNames returns the packages of JupyterLab that the extension uses and does not bring along.
func sharedNames() ([]string, error) {
	used := map[string]bool{}
	_, err := build("src/lab/index.ts", func(o *api.BuildOptions) { o.Plugins = []api.Plugin{shares(used)} })
	names := []string{}
	for name := range used {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, err
}

// shares makes imports of JupyterLab's packages take them from where the container puts them, and collects their names.
func shares(used map[string]bool) api.Plugin {
	return api.Plugin{Name: "shares", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^@(jupyterlab|lumino)/`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			used[a.Path] = true
			return api.OnResolveResult{Path: a.Path, Namespace: "shared"}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "shared"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			text := "module.exports = globalThis.__gembaShared[" + quoted(a.Path) + "]"
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
		})
	}}
}

// manifests writes what tells JupyterLab, and the command jupyter labextension, what is there. There are no dependencies: JupyterLab would
// hold their versions against its own, and call an extension broken that works.
func manifests(dir, load string) error {
	about, err := os.ReadFile(filepath.Join(root, "package.json"))
	if err != nil {
		return fmt.Errorf("bundle extension: %w", err)
	}
	var own struct{ Version string }
	if err := json.Unmarshal(about, &own); err != nil {
		return fmt.Errorf("bundle extension: read package.json: %w", err)
	}
	manifest := map[string]any{"name": ui.ExtensionName, "version": own.Version, "description": "Shows gemba's ledger in JupyterLab and Notebook 7.",
		"license": "Apache-2.0", "jupyterlab": map[string]any{"extension": true, "outputDir": ".", "schemaDir": "schemas",
			"_build": map[string]string{"load": load, "extension": "./extension", "style": "./style"}}}
	install := map[string]string{"packageManager": "gemba", "packageName": "gemba", "uninstallInstructions": "Run `gemba uninstall`"}
	return errors.Join(write(dir, "package.json", indented(manifest)), write(dir, "install.json", indented(install)))
}

// copySchema copies the description of the settings.
func copySchema(dir string) error {
	text, err := os.ReadFile(filepath.Join(root, "src", "lab", "settings.json"))
	if err != nil {
		return fmt.Errorf("bundle extension: %w", err)
	}
	return write(dir, "schemas/"+ui.ExtensionName+"/ledger.json", text)
}

// quoted returns a value as JavaScript writes it.
func quoted(value any) string { return strings.TrimSpace(string(indented(value))) }

// indented returns a value of strings, lists and maps as JSON.
func indented(value any) []byte {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		panic(err) // strings always encode
	}
	return append(text, '\n')
}
