package clients

import (
	"path/filepath"
	"testing"
)

// Both kinds of kernel show the ledger beside a running cell, and their record is sound afterwards.
func TestCommsShowTheLedger(t *testing.T) {
	s := newWrappedSite(t)
	for kernel, name := range map[string]string{"gemba": "go", gembaPython: "python3"} {
		s.run(s.dir, "python", testdata(t, "comms.py"), kernel, name)
	}
	s.run(s.dir, filepath.Join(s.dir, "gemba"), "verify")
}
