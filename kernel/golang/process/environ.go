package process

import "github.com/janpfeifer/gonb/gonbui/protocol"

// Place is what a session's programs are told of where they are.
type Place struct {
	Dir      string // folder that they run in
	Work     string // folder in which cells are built
	KernelID string // Jupyter's id of the kernel, empty when not known
	Root     string // folder that the Jupyter server serves, empty when not known
}

// Names of variables that package protocol has no name for.
const (
	workVariable = "GONB_TMP_DIR"
	wasmVariable = "GONB_WASM_SUBDIR" // what GoNB's help calls GONB_WASM_DIR
)

// The release of GoNB whose contract the programs find, and its commit.
const (
	gonbVersion = "v0.11.5"
	gonbCommit  = "65b54eb1867d5d6d9c2bb42beb3e9b7446c7eb6b"
)

// Environment returns the variables that GoNB promises to cells and shell commands, each
// "NAME=value". GONB_PIPE and GONB_PIPE_BACK are not among them: Run makes them for a Rich program.
func Environment(p Place) []string {
	vars := []string{
		protocol.GONB_DIR_ENV + "=" + p.Dir,
		workVariable + "=" + p.Work,
		protocol.GONB_VERSION + "=" + gonbVersion,
		protocol.GONB_GIT_COMMIT + "=" + gonbCommit,
	}
	if p.KernelID != "" {
		vars = append(vars, protocol.GONB_JUPYTER_KERNEL_ID_ENV+"="+p.KernelID)
	}
	if p.Root != "" {
		vars = append(vars, protocol.GONB_JUPYTER_ROOT_ENV+"="+p.Root)
	}
	return vars
}
