// Command gemba is a Jupyter kernel for Go that records every cell it runs in a verifiable ledger.
package main

import (
	"os"

	"github.com/gemba-ml/gemba/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
