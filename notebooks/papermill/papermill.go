// Package papermill installs the translator that lets papermill (https://papermill.readthedocs.io) put
// parameters into Go notebooks, for papermill itself has none for Go. It writes a Python distribution of
// one module by hand, as pip would (https://packaging.python.org/en/latest/specifications/), so that
// pip lists it and can remove it, and needs no pip, no network and no change to papermill.
//
// It must not know kernels, notebooks or the command line.
package papermill

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed gemba_papermill.py
var module []byte

// version is that of the Python distribution; it changes with the module.
const version = "1.0"

const (
	moduleFile = "gemba_papermill.py"
	infoFolder = "gemba_papermill-" + version + ".dist-info"
)

// files are what is installed, by path within a folder of packages. RECORD, which lists them, comes on top.
func files() map[string]string {
	return map[string]string{
		moduleFile: string(module),
		infoFolder + "/METADATA": "Metadata-Version: 2.1\nName: gemba-papermill\nVersion: " + version +
			"\nSummary: Lets papermill put parameters into Go notebooks\nLicense: Apache-2.0\n",
		infoFolder + "/entry_points.txt": "[papermill.engine]\ngemba = gemba_papermill:Engine\n",
		infoFolder + "/INSTALLER":        "gemba\n",
	}
}

// Site returns the folder into which the Python interpreter python installs packages. It fails when
// that Python has no papermill.
func Site(ctx context.Context, python string) (string, error) {
	const program = "import papermill, sysconfig; print(sysconfig.get_path('purelib'))"
	out, err := exec.CommandContext(ctx, python, "-c", program).Output()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return "", fmt.Errorf("find papermill: %s cannot import it", python)
	case err != nil:
		return "", fmt.Errorf("find papermill: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Install writes the translator into a folder of Python packages, over whatever version is there, and
// returns the paths of its files.
func Install(site string) ([]string, error) {
	if err := Uninstall(site); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(site, infoFolder), 0o755); err != nil {
		return nil, fmt.Errorf("install papermill translator: %w", err)
	}
	all, record := files(), ""
	for name, content := range all {
		sum := sha256.Sum256([]byte(content))
		record += fmt.Sprintf("%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(content))
	}
	all[infoFolder+"/RECORD"] = record + infoFolder + "/RECORD,,\n"
	var paths []string
	for name, content := range all {
		path := filepath.Join(site, filepath.FromSlash(name))
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return nil, fmt.Errorf("install papermill translator: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// Uninstall removes what Install wrote, this version or another; nothing there is no error.
func Uninstall(site string) error {
	infos, err := filepath.Glob(filepath.Join(site, "gemba_papermill-*.dist-info"))
	if err != nil {
		return fmt.Errorf("remove papermill translator: %w", err)
	}
	for _, info := range infos {
		if err := os.RemoveAll(info); err != nil {
			return fmt.Errorf("remove papermill translator: %w", err)
		}
	}
	if err := os.Remove(filepath.Join(site, moduleFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove papermill translator: %w", err)
	}
	return nil
}
