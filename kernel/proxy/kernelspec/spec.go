package kernelspec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Spec is an installed kernel, as its kernelspec describes it
// (https://jupyter-client.readthedocs.io/en/latest/kernels.html#kernel-specs).
type Spec struct {
	Dir           string            `json:"-"` // the folder of the kernelspec
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode,omitempty"` // "signal", the default, or "message"
	Protocol      string            `json:"kernel_protocol_version,omitempty"`
	Env           map[string]string `json:"env,omitempty"`
	Metadata      json.RawMessage   `json:"metadata,omitempty"`
}

var (
	// ErrNoSpec says that there is no kernelspec in a folder.
	ErrNoSpec = errors.New("no kernelspec")
	// ErrSpec says that a kernelspec is not as Jupyter has it.
	ErrSpec = errors.New("malformed kernelspec")
)

// Read reads the kernelspec in folder dir, which may also be the one that ipykernel brings along.
func Read(dir string) (Spec, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Spec{}, fmt.Errorf("find kernelspec: %w", err)
	}
	path := filepath.Join(dir, "kernel.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if s, ok := nativeSpec(dir); ok {
			return s, nil
		}
		return Spec{}, fmt.Errorf("%w in %s: the kernel was removed, or its environment was", ErrNoSpec, dir)
	}
	if err != nil {
		return Spec{}, fmt.Errorf("read kernelspec: %w", err)
	}
	s := Spec{Dir: dir}
	if err := s.decode(text); err != nil {
		return Spec{}, fmt.Errorf("read kernelspec %s: %w", path, err)
	}
	return s, nil
}

// utf8BOM is what some editors put before JSON.
var utf8BOM = []byte("\xef\xbb\xbf")

func (s *Spec) decode(text []byte) error {
	if err := json.Unmarshal(bytes.TrimPrefix(text, utf8BOM), s); err != nil {
		return fmt.Errorf("%w: %w", ErrSpec, err)
	}
	if len(s.Argv) == 0 || s.Argv[0] == "" {
		return fmt.Errorf("%w: it has no argv, which says how the kernel is started", ErrSpec)
	}
	s.InterruptMode = strings.ToLower(s.InterruptMode)
	if !slices.Contains([]string{"", "signal", "message"}, s.InterruptMode) {
		return fmt.Errorf("%w: its interrupt_mode is %q, neither signal nor message", ErrSpec, s.InterruptMode)
	}
	_, err := s.Facts()
	return err
}

// Facts returns the kernelspec's metadata by name: "debugger" and others that front ends know. It is never nil.
func (s Spec) Facts() (map[string]json.RawMessage, error) {
	facts := map[string]json.RawMessage{}
	if len(s.Metadata) == 0 {
		return facts, nil
	}
	if err := json.Unmarshal(s.Metadata, &facts); err != nil || facts == nil {
		return map[string]json.RawMessage{}, fmt.Errorf("%w: its metadata is not an object", ErrSpec)
	}
	return facts, nil
}

// Name is what Jupyter calls the kernel: its folder, in small letters.
func (s Spec) Name() string {
	if isNative(s.Dir) {
		return nativeName
	}
	return strings.ToLower(filepath.Base(s.Dir))
}

// prefix is the environment that the kernelspec is installed in, empty when its folder is not below one's share/jupyter.
func (s Spec) prefix() string {
	if isNative(s.Dir) {
		return nativePrefix(s.Dir)
	}
	data, kernels := filepath.Split(filepath.Dir(s.Dir))
	data = filepath.Clean(data)
	if kernels != "kernels" || filepath.Base(data) != "jupyter" || filepath.Base(filepath.Dir(data)) != "share" {
		return ""
	}
	return filepath.Dir(filepath.Dir(data))
}

// WrapPrefix is what the name of a wrap begins with: gemba-python3 records the kernel python3.
const WrapPrefix = "gemba-"

// Wrapped returns the folder of the kernelspec that this one wraps, and whether it is a wrap at all.
func (s Spec) Wrapped() (dir string, wraps bool) {
	at := slices.Index(s.Argv, "--wrap")
	if at < 0 || at+1 == len(s.Argv) || !s.Ours() {
		return "", false
	}
	return s.Argv[at+1], true
}

// Ours reports whether the kernelspec starts gemba, so that what it runs is recorded already.
func (s Spec) Ours() bool {
	facts, _ := s.Facts()
	if _, marked := facts["gemba"]; marked {
		return true
	}
	program := strings.TrimSuffix(filepath.Base(s.Argv[0]), ".exe")
	return program == "gemba" && slices.Contains(s.Argv[1:], "kernel")
}

// Provisioner is what starts the kernel when that is not the front end itself, such as a cluster's scheduler; else empty
// (https://jupyter-client.readthedocs.io/en/latest/provisioning.html).
func (s Spec) Provisioner() string {
	var stanza struct {
		Name string `json:"provisioner_name"`
	}
	facts, _ := s.Facts()
	if json.Unmarshal(facts["kernel_provisioner"], &stanza) != nil || stanza.Name == "local-provisioner" {
		return ""
	}
	return stanza.Name
}
