package cli

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// The kernelspec's name in Jupyter, and what people see.
const (
	kernelName    = "gemba"
	kernelDisplay = "Go (gemba)"
)

//go:embed kernelspec
var kernelLogos embed.FS

// fullKernelspec is the kernel.json that install writes
// (https://jupyter-client.readthedocs.io/en/latest/kernels.html#kernel-specs).
type fullKernelspec struct {
	Argv          []string       `json:"argv"`
	DisplayName   string         `json:"display_name"`
	Language      string         `json:"language"`
	InterruptMode string         `json:"interrupt_mode"`
	Protocol      string         `json:"kernel_protocol_version"`
	Metadata      map[string]any `json:"metadata"`
}

// place says where a kernelspec goes.
type place struct {
	user      bool
	sysPrefix bool
	prefix    string
}

func (p *place) flags(c *cobra.Command) {
	c.Flags().BoolVar(&p.user, "user", false, "for this user, in every environment (the default)")
	c.Flags().BoolVar(&p.sysPrefix, "sys-prefix", false, "for the active Python or conda environment")
	c.Flags().StringVar(&p.prefix, "prefix", "", "under this `folder`, as PREFIX/share/jupyter")
	c.MarkFlagsMutuallyExclusive("user", "sys-prefix", "prefix")
}

// dataDir returns the Jupyter data folder that the flags name.
func (p *place) dataDir() (string, error) {
	prefix := p.prefix
	if p.sysPrefix {
		if prefix = activeEnvironment(); prefix == "" {
			return "", withHint(wrongUse("--sys-prefix: no Python environment is active"),
				"activate one, or name it: --prefix FOLDER")
		}
	}
	if prefix == "" {
		return userJupyterDir()
	}
	prefix, err := filepath.Abs(prefix)
	if err != nil {
		return "", fmt.Errorf("find prefix: %w", err)
	}
	return filepath.Join(prefix, "share", "jupyter"), nil
}

// userJupyterDir returns the user's own data folder of Jupyter
// (https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files).
func userJupyterDir() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" && runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
		return filepath.Join(dir, "jupyter"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", withHint(fmt.Errorf("find your Jupyter folder: %w", err), "set JUPYTER_DATA_DIR, or use --prefix FOLDER")
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Jupyter"), nil
	case "windows":
		return filepath.Join(cmp.Or(os.Getenv("APPDATA"), filepath.Join(home, "AppData", "Roaming")), "jupyter"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}

// activeEnvironment returns the prefix of the virtual or conda environment that the shell is in.
func activeEnvironment() string {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if prefix := os.Getenv(name); prefix != "" {
			return prefix
		}
	}
	return ""
}

func installCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "install",
		Short: "Offer this kernel in Jupyter, as " + kernelDisplay,
		Long: `install writes a kernelspec that starts this very program, so that JupyterLab, Notebook, VS Code,
nbclient and papermill offer the kernel. It needs no Python. Installing again replaces it.
With --papermill, papermill can also set parameters of Go notebooks, which it cannot by itself.`,
	}
	return placed(c, a.install, "install the parameters of Go notebooks for the papermill", a.installTranslator)
}

// placed gives a command the flags that say where the kernel is, and in which papermill its
// translator, and makes it do its work there.
func placed(c *cobra.Command, kernel func(place) error, usage string, translator func(context.Context, string) error) *cobra.Command {
	var p place
	var python string
	p.flags(c)
	papermillFlag(c, &python, usage)
	c.Args = cobra.NoArgs
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := kernel(p); err != nil {
			return err
		}
		return translator(c.Context(), python)
	}
	return c
}

func (a *app) install(p place) error {
	data, err := p.dataDir()
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	if strings.HasPrefix(program, filepath.Join(os.TempDir(), "go-build")) {
		return withHint(errors.New("install kernel: this program was started by go run and will be gone when it ends"),
			"go build it first, or go install it")
	}
	dir := filepath.Join(data, "kernels", kernelName)
	if err := replaceDir(dir, func(fresh string) error { return writeKernelspec(fresh, program) }); err != nil {
		return withHint(fmt.Errorf("install kernel: %w", err), "name a folder that you may write: gemba install --prefix FOLDER")
	}
	fmt.Fprintf(a.stdout, "Installed %s in %s\n", kernelDisplay, dir)
	a.tellOthers(dir)
	return nil
}

// tellOthers warns of kernelspecs of the same name in other places: Jupyter takes the first it finds.
func (a *app) tellOthers(mine string) {
	for _, dir := range kernelDirs(mine) {
		a.warn("another %s kernel is in %s; jupyter kernelspec list shows which one Jupyter uses, and deleting that folder ends the doubt", kernelName, dir)
	}
}

// kernelDirs returns where Jupyter finds kernelspecs of our name, whatever their case, other than in mine.
func kernelDirs(mine string) []string {
	var found []string
	seen := map[string]bool{filepath.Clean(mine): true}
	for _, data := range jupyterDirs() {
		entries, _ := os.ReadDir(filepath.Join(data, "kernels")) // a folder that is not there has none
		for _, e := range entries {
			dir := filepath.Join(data, "kernels", e.Name())
			if strings.EqualFold(e.Name(), kernelName) && !seen[dir] && exists(filepath.Join(dir, "kernel.json")) {
				found, seen[dir] = append(found, dir), true
			}
		}
	}
	return found
}

// writeKernelspec writes kernel.json and the logos into dir.
func writeKernelspec(dir, program string) error {
	spec := fullKernelspec{
		Argv:        []string{program, "kernel", "--connection-file", "{connection_file}"},
		DisplayName: kernelDisplay, Language: "go", InterruptMode: "message", Protocol: wire.ProtocolVersion,
		Metadata: map[string]any{"gemba": map[string]string{"version": buildVersion().Version}},
	}
	text, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return fmt.Errorf("encode kernel.json: %w", err)
	}
	if err := writeSynced(filepath.Join(dir, "kernel.json"), append(text, '\n')); err != nil {
		return err
	}
	logos, err := fs.Sub(kernelLogos, "kernelspec")
	if err != nil {
		return fmt.Errorf("read logos: %w", err)
	}
	return os.CopyFS(dir, logos)
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// replaceDir fills a fresh folder and puts it in the place of dir. Nobody sees it half written, and
// nothing of the old one stays.
func replaceDir(dir string, fill func(fresh string) error) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(parent, ".new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }() // what is left is only the old copy
	fresh, old := filepath.Join(work, "fresh"), filepath.Join(work, "old")
	if err := os.Mkdir(fresh, 0o755); err != nil {
		return err
	}
	if err := fill(fresh); err != nil {
		return err
	}
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return nil
}
