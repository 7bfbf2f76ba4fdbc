package golang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/magics"
)

// widgets is %widgets: it connects to JavaScript in the notebook's page.
func (x *execution) widgets([]string) error {
	return x.runner.Widgets(x.ctx, x.cell.CellID, x.front)
}

// heartbeat is %widgets_hb.
func (x *execution) heartbeat([]string) error {
	if x.runner.Heartbeat(x.ctx, x.front) {
		x.html("Heartbeat pong received back.")
		return nil
	}
	x.html("Timed out: the notebook's page gave no sign of life. Connect to it with <code>%widgets</code>.")
	return nil
}

// version is %version.
func (x *execution) version([]string) error {
	x.markdown(fmt.Sprintf("**gemba** %s, %s, compatible with GoNB %s\n", x.options.Version, x.builder.GoVersion(), compatible))
	return nil
}

// help is %help, printed from the table of commands.
func (x *execution) help([]string) error {
	x.markdown(helpPage())
	return nil
}

const helpIntro = `## Go in a notebook

Declarations (imports, constants, types, variables, functions, methods) are remembered by name from cell to cell, and
replaced when they are declared again. Each cell runs as a fresh program. Statements run as its main function; a line
%% begins the main part where it is not plain which is which. A function init_name runs at the start of every cell.

All commands and shell lines of a cell run first, in order, then its Go code. Each may also be written behind //gonb:,
so that the cell is Go to other tools.

`

const helpRest = `
| first line of a cell | |
| --- | --- |
| ` + "`%%writefile [-a] file`" + ` | write the cell to a file, -a to append |
| ` + "`%%bash`, `%%sh`, `%%script command`" + ` | run the cell as the input of a shell or a command |

| line | |
| --- | --- |
| ` + "`!command`" + ` | run a shell command in the current folder |
| ` + "`!*command`" + ` | run it in the folder where the cell's program and go.mod are |
`

// helpPage writes the table of commands as Markdown.
func helpPage() string {
	var b strings.Builder
	b.WriteString(helpIntro + "| command | |\n| --- | --- |\n")
	for _, c := range commands() {
		names := slices.Clone(c.names)
		for i := range names {
			names[i] = "`" + strings.TrimSpace("%"+names[i]+" "+c.args) + "`"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(names, ", "), strings.ReplaceAll(c.help, "|", `\|`))
	}
	b.WriteString(helpRest + "\n| gemba's own, run before all others | |\n| --- | --- |\n")
	for _, m := range magics.Table() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", m.Usage(), m.Help)
	}
	return b.String()
}
