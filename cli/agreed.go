package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/remote"
)

// agreement says that a user lets a ledger's bytes go to a remote, and takes bytes from it. A project says where its
// remote is, and a project may come from anybody: the agreement is the user's, in the user's own configuration.
type agreement struct {
	Ledger string `json:"ledger"`
	Remote string `json:"remote"`
}

func agreementOf(ledger, address string) agreement {
	if abs, err := filepath.Abs(ledger); err == nil {
		ledger = abs
	}
	if real, err := filepath.EvalSymlinks(filepath.Dir(ledger)); err == nil { // the ledger itself may not be there yet
		ledger = filepath.Join(real, filepath.Base(ledger))
	}
	return agreement{ledger, address}
}

func agreementsFile() (string, error) {
	dir, err := journal.ConfigDir()
	return filepath.Join(dir, "remotes"), err
}

// agreed reports whether the user agreed to a remote of a ledger.
func agreed(ledger, address string) bool {
	path, err := agreementsFile()
	if err != nil {
		return false
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	wanted := agreementOf(ledger, address)
	return slices.ContainsFunc(bytes.Split(text, []byte("\n")), func(line []byte) bool {
		var a agreement
		return json.Unmarshal(line, &a) == nil && a == wanted
	})
}

// agree remembers that the user agreed.
func agree(ledger, address string) error {
	if agreed(ledger, address) {
		return nil
	}
	path, err := agreementsFile()
	if err != nil {
		return err
	}
	line, err := json.Marshal(agreementOf(ledger, address))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// notAgreed says that a remote was not agreed to, and how to.
func notAgreed(p whereabouts) error {
	return withHint(wrongUse("%s names the remote %s, to which you did not agree yet: no bytes go there or come from there", p.says, remote.Harmless(p.address)),
		"gemba pull --yes or gemba push --yes agrees, once; gemba push REMOTE names another one")
}

// askToAgree asks a person whether bytes may go to a remote that a project names.
func (a *app) askToAgree(p whereabouts) error {
	in, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return notAgreed(p)
	}
	fmt.Fprintf(a.stderr, "%s names the remote %s. May what this ledger holds go there, and bytes come from there? [y/N] ", p.says, harmlessLines(remote.Harmless(p.address)))
	answer, _ := bufio.NewReader(in).ReadString('\n') // no answer is a no
	if text := strings.ToLower(strings.TrimSpace(answer)); text != "y" && text != "yes" {
		return notAgreed(p)
	}
	return nil
}
