package cli

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
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
	Protocol      string         `json:"kernel_protocol_version,omitempty"`
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
		if prefix = kernelspec.ActiveEnvironment(); prefix == "" {
			return "", withHint(wrongUse("--sys-prefix: no Python environment is active"),
				"activate one, or name it: --prefix FOLDER")
		}
	}
	if prefix == "" {
		data, err := kernelspec.UserDir()
		if err != nil {
			return "", withHint(err, "set JUPYTER_DATA_DIR, or use --prefix FOLDER")
		}
		return data, nil
	}
	prefix, err := filepath.Abs(prefix)
	if err != nil {
		return "", fmt.Errorf("find prefix: %w", err)
	}
	return filepath.Join(prefix, "share", "jupyter"), nil
}

// folder returns where a kernelspec of this name goes.
func (p *place) folder(name string) (string, error) {
	data, err := p.dataDir()
	return filepath.Join(data, "kernels", name), err
}

func installCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "install",
		Short: "Offer this kernel in Jupyter, as " + kernelDisplay,
		Long: `install writes a kernelspec that starts this very program, so that JupyterLab, Notebook, VS Code,
nbclient and papermill offer the kernel. It needs no Python. Installing again replaces it. What shows the ledger
in JupyterLab and Notebook 7 is installed beside it, as an extension.
With --wrap, it offers another kernel a second time, recorded: --wrap python3 gives "Python 3 (gemba)". The
other one stays as it is, and is started as before, by its own kernelspec.
With --papermill, papermill can also set parameters of Go notebooks, which it cannot by itself.`,
		Example: `  gemba install
  gemba install --wrap python3
  gemba install --wrap all --sys-prefix`,
	}
	usage := usages{wrap: "record this installed `kernel`, instead of installing the Go kernel; several, or all",
		papermill: "install the parameters of Go notebooks for the papermill"}
	return placed(c, usage, a.install, a.installWraps, a.installTranslator)
}

// usages is what the flags of a command that installs or uninstalls say.
type usages struct{ wrap, papermill string }

// placed gives a command the flags that say where kernels are, which are wrapped, and in which papermill the translator is, and
// makes it do its work there.
func placed(c *cobra.Command, usage usages, kernel func(place) error, wraps func(place, []string) error, translator func(context.Context, string) error) *cobra.Command {
	var p place
	var python string
	var names []string
	p.flags(c)
	c.Flags().StringSliceVar(&names, "wrap", nil, usage.wrap)
	papermillFlag(c, &python, usage.papermill)
	c.Args = cobra.NoArgs
	c.RunE = func(c *cobra.Command, _ []string) error {
		work := func() error { return kernel(p) }
		if c.Flags().Changed("wrap") {
			work = func() error { return wraps(p, names) }
		}
		if err := work(); err != nil {
			return err
		}
		return translator(c.Context(), python)
	}
	return c
}

func (a *app) install(p place) error {
	dir, err := p.folder(kernelName)
	if err != nil {
		return err
	}
	program, err := thisProgram()
	if err != nil {
		return err
	}
	if err := putKernelspec(dir, func(fresh string) error { return writeKernelspec(fresh, program) }); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Installed %s in %s\n", kernelDisplay, dir)
	a.tellOthers(dir)
	if err := a.installExtension(p); err != nil {
		return err
	}
	a.tellWrappable()
	return nil
}

// thisProgram is what a kernelspec starts.
func thisProgram() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	if strings.HasPrefix(program, filepath.Join(os.TempDir(), "go-build")) {
		return "", withHint(errors.New("install kernel: this program was started by go run and will be gone when it ends"),
			"go build it first, or go install it")
	}
	return program, nil
}

// putKernelspec fills a fresh folder and puts it in the place of dir.
func putKernelspec(dir string, fill func(fresh string) error) error {
	if err := replaceDir(dir, fill); err != nil {
		return withHint(fmt.Errorf("install kernel: %w", err), "name a folder that you may write: gemba install --prefix FOLDER")
	}
	return nil
}

// tellOthers warns of kernelspecs of the same name in other places: Jupyter takes the first it finds.
func (a *app) tellOthers(mine string) {
	for _, dir := range kernelDirs(mine) {
		a.warn("another %s kernel is in %s; jupyter kernelspec list shows which one Jupyter uses, and deleting that folder ends the doubt", filepath.Base(mine), dir)
	}
}

// kernelDirs returns where Jupyter finds kernelspecs of the name of mine, whatever their case, other than in mine.
func kernelDirs(mine string) []string {
	var found []string
	for _, kernels := range kernelspec.Dirs() {
		entries, _ := os.ReadDir(kernels) // a folder that is not there has none
		for _, e := range entries {
			dir := filepath.Join(kernels, e.Name())
			if strings.EqualFold(e.Name(), filepath.Base(mine)) && dir != filepath.Clean(mine) && exists(filepath.Join(dir, "kernel.json")) {
				found = append(found, dir)
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
		Metadata: map[string]any{"gemba": map[string]string{"version": buildVersion().Version},
			"supported_encryption": []string{"curve"}}, // jupyter_client gives keys to who asks for them
	}
	if err := spec.write(dir); err != nil {
		return err
	}
	logos, err := fs.Sub(kernelLogos, "kernelspec")
	if err != nil {
		return fmt.Errorf("read logos: %w", err)
	}
	return os.CopyFS(dir, logos)
}

func (spec fullKernelspec) write(dir string) error {
	text, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return fmt.Errorf("encode kernel.json: %w", err)
	}
	return writeSynced(filepath.Join(dir, "kernel.json"), append(text, '\n'))
}
