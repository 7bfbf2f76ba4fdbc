package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionInfo is what `gemba version` tells about the program.
type versionInfo struct {
	Version  string `json:"version"`            // module version, "devel" for a build from a checkout
	Revision string `json:"revision,omitempty"` // commit that was built
	Modified bool   `json:"modified"`           // the checkout differed from that commit
	Built    string `json:"built,omitempty"`    // time of the commit, RFC 3339
	Go       string `json:"go"`
	Platform string `json:"platform"` // GOOS/GOARCH
}

func versionCommand(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Say which gemba this is and what built it",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := buildVersion()
			if asJSON {
				return printJSON(a.stdout, v)
			}
			_, err := fmt.Fprintln(a.stdout, v)
			return err
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// buildVersion reads what the Go linker wrote into this program.
func buildVersion() versionInfo {
	v := versionInfo{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if m := info.Main.Version; m != "" && m != "(devel)" {
		v.Version = m
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Built = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func (v versionInfo) String() string {
	text := "gemba " + v.Version
	if v.Revision != "" {
		text += fmt.Sprintf(" (%.12s%s)", v.Revision, map[bool]string{true: ", modified"}[v.Modified])
	}
	return fmt.Sprintf("%s %s %s", text, v.Go, v.Platform)
}

// jsonFlag gives a reading command its --json.
func jsonFlag(c *cobra.Command, asJSON *bool) {
	c.Flags().BoolVar(asJSON, "json", false, "print JSON")
}
