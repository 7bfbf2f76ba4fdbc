package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/notebooks/papermill"
)

// papermillFlag adds --papermill, whose value is the Python that has papermill; empty when not given.
func papermillFlag(c *cobra.Command, python *string, usage string) {
	c.Flags().StringVar(python, "papermill", "", usage+" of this `python` (--papermill alone: python3)")
	c.Flags().Lookup("papermill").NoOptDefVal = "python3"
}

// installTranslator lets the papermill of that Python set parameters of Go notebooks.
func (a *app) installTranslator(ctx context.Context, python string) error {
	if python == "" {
		return nil
	}
	site, err := translatorSite(ctx, python)
	if err != nil {
		return err
	}
	if _, err := papermill.Install(site); err != nil {
		return withHint(err, "name a Python whose packages you may write, such as that of a virtual environment: --papermill=.venv/bin/python")
	}
	fmt.Fprintf(a.stdout, "Installed the parameters of Go notebooks for papermill in %s\n", site)
	return nil
}

// uninstallTranslator takes out what installTranslator put in.
func (a *app) uninstallTranslator(ctx context.Context, python string) error {
	if python == "" {
		return nil
	}
	site, err := translatorSite(ctx, python)
	if err != nil {
		return err
	}
	if err := papermill.Uninstall(site); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Removed the parameters of Go notebooks for papermill from %s\n", site)
	return nil
}

func translatorSite(ctx context.Context, python string) (string, error) {
	site, err := papermill.Site(ctx, python)
	if err != nil {
		return "", withHint(err, "activate the environment that papermill is in, or name its Python, as in --papermill=.venv/bin/python; pip install papermill gets it")
	}
	return site, nil
}
