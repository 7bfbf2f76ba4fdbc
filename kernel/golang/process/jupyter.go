package process

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
)

// Jupyter is what a kernel knows of the server that started it.
type Jupyter struct {
	KernelID string // Jupyter's id of the kernel, empty when the connection file does not tell
	Root     string // folder whose files the server serves, empty when not known
	BaseURL  string // path under which the server serves, with a slash at both ends
}

var connectionName = regexp.MustCompile(`^kernel-([0-9A-Za-z_-]+)\.json$`)

// FindJupyter finds out about the server from the path of the kernel's connection file and the
// environment. Jupyter does not tell a kernel where its root is; but it writes a file about the
// server (jpserver-PID.json, nbserver-PID.json) beside the connection file, and, where that is not,
// the server's working directory is the usual root.
func FindJupyter(connectionFile string, getenv func(string) string) Jupyter {
	j := Jupyter{BaseURL: "/"}
	if m := connectionName.FindStringSubmatch(filepath.Base(connectionFile)); m != nil {
		j.KernelID = m[1]
	}
	if prefix := getenv("JUPYTERHUB_SERVICE_PREFIX"); prefix != "" {
		j.BaseURL = base(prefix)
	}
	pid := getenv("JPY_PARENT_PID")
	if pid == "" {
		return j
	}
	if j.fromServerFile(filepath.Dir(connectionFile), pid); j.Root == "" {
		j.Root, _ = workingDir(pid)
	}
	return j
}

func (j *Jupyter) fromServerFile(dir, pid string) {
	for _, name := range []string{"jpserver-" + pid + ".json", "nbserver-" + pid + ".json"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		var server struct {
			RootDir     string `json:"root_dir"`
			NotebookDir string `json:"notebook_dir"` // in files of the older server
			BaseURL     string `json:"base_url"`
		}
		if json.Unmarshal(b, &server) != nil {
			continue
		}
		j.Root = max(server.RootDir, server.NotebookDir)
		if server.BaseURL != "" {
			j.BaseURL = base(server.BaseURL)
		}
		return
	}
}

func base(prefix string) string {
	if p := path.Join("/", prefix); p != "/" {
		return p + "/"
	}
	return "/"
}

// errNoRoot says why the server's files cannot be reached.
func errNoRoot() error {
	return fmt.Errorf("the folder that the Jupyter server serves is not known: %%wasm needs a kernel started by a Jupyter server on this machine")
}
