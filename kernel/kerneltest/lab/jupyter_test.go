package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// guard is the time after which something that should have happened counts as not happening.
const guard = 5 * time.Minute

// A jupyter is a running Jupyter server.
type jupyter struct {
	program string   // the jupyter command
	env     []string // of the server, thus of its kernels
	options []string // of its command line, beside those that every server has
	root    string   // folder that it serves
	url     string   // ends with a slash
	token   string
	life    io.Closer // ends the server when closed, as it is when the test dies
	ended   chan error
}

// quiet keeps JupyterLab from asking whether it may show news, over what the test looks at.
const quiet = `{"fetchNews": "false", "checkForUpdates": false, "doNotDisturbMode": true}`

// start starts JupyterLab's server, which serves Notebook 7 too, on a port of its choice. All that it writes goes into dir.
func (j *jupyter) start(dir string) error {
	j.root = filepath.Join(dir, "root")
	settings := filepath.Join(dir, "settings", "@jupyterlab", "apputils-extension")
	if err := errors.Join(os.MkdirAll(j.root, 0o755), os.MkdirAll(settings, 0o755)); err != nil {
		return err
	}
	runtime := filepath.Join(dir, "runtime")
	j.env = append(slices.Clone(j.env), "JUPYTER_RUNTIME_DIR="+runtime)
	if err := os.WriteFile(filepath.Join(settings, "notification.jupyterlab-settings"), []byte(quiet), 0o644); err != nil {
		return err
	}
	words := append([]string{"-c", `"$@" & cat >/dev/null; kill $!; wait $!`, "sh",
		j.program, "lab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
		"--ServerApp.root_dir=" + j.root, "--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True",
		"--LabApp.user_settings_dir=" + filepath.Join(dir, "settings"), "--LabApp.workspaces_dir=" + filepath.Join(dir, "workspaces")}, j.options...)
	c := exec.Command("sh", words...)
	log, err := os.Create(filepath.Join(dir, "jupyter.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	c.Dir, c.Env, c.Stdout, c.Stderr = j.root, j.env, log, log
	if j.life, err = c.StdinPipe(); err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("start Jupyter: %w", err)
	}
	j.ended = make(chan error, 1)
	go func() { j.ended <- c.Wait() }()
	if err := j.find(runtime); err != nil {
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}

// find waits until the server has written down where it is, and answers.
func (j *jupyter) find(runtime string) error {
	for end := time.Now().Add(guard); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		files, _ := filepath.Glob(filepath.Join(runtime, "jpserver-*.json"))
		for _, file := range files {
			data, _ := os.ReadFile(file)
			var server struct{ URL, Token string }
			if json.Unmarshal(data, &server) != nil {
				continue
			}
			if answer, err := http.Get(server.URL + "api"); err == nil {
				answer.Body.Close()
				j.url, j.token = server.URL, server.Token
				return nil
			}
		}
	}
	return errors.New("start Jupyter: the server did not begin to serve")
}

func (j *jupyter) stop() {
	if j.ended == nil {
		return
	}
	j.life.Close()
	select {
	case <-j.ended:
	case <-time.After(guard):
	}
}
