package python

// Session is what a Python process is, and where its packages are.
type Session struct {
	Version           string   `json:"version"` // sys.version
	Number            []int    `json:"number"`  // major, minor and micro of it
	Implementation    string   `json:"implementation"`
	Executable        string   `json:"executable"`
	Prefix            string   `json:"prefix"`
	BasePrefix        string   `json:"base_prefix"` // another one than Prefix in a virtual environment
	Path              []string `json:"path"`        // sys.path
	CacheTag          string   `json:"cache_tag"`   // "cpython-311"
	ABI               string   `json:"abi"`         // sys.abiflags
	HashSeed          string   `json:"hash_seed"`   // PYTHONHASHSEED
	HashRandomization int      `json:"hash_randomization"`
	Optimize          int      `json:"optimize"` // of -O
	PID               int      `json:"pid"`
}
