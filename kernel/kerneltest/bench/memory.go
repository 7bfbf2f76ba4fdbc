//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// process is what /proc tells of one process (Linux, proc_pid_stat(5)).
type process struct {
	name     string
	parent   int
	resident int64 // bytes
}

// memory is what the kernel and its children have in memory now, in MiB.
func (k *kernel) memory(without string) (float64, error) {
	size, err := residentTree(k.cmd.Process.Pid, without)
	return float64(size) / (1 << 20), err
}

// residentTree sums the resident memory of a process and all its descendants, in bytes, leaving out
// those whose name contains without, unless that is empty. What processes share counts for each.
func residentTree(root int, without string) (int64, error) {
	all, err := processes()
	if err != nil {
		return 0, err
	}
	var sum int64
	for pid, p := range all {
		if descends(all, pid, root) && (without == "" || !strings.Contains(p.name, without)) {
			sum += p.resident
		}
	}
	if sum == 0 {
		return 0, fmt.Errorf("measure memory: process %d is not in /proc", root)
	}
	return sum, nil
}

func descends(all map[int]process, pid, root int) bool {
	for ; pid > 1; pid = all[pid].parent {
		if pid == root {
			return true
		}
	}
	return false
}

func processes() (map[int]process, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	all := map[int]process{}
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if p, ok := parseStat(stat); ok {
			all[pid] = p
		}
	}
	return all, nil
}

func parseStat(stat []byte) (p process, ok bool) {
	open, end := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if open < 0 || end < open {
		return p, false
	}
	fields := strings.Fields(string(stat[end+1:])) // from the third on: state, ppid, …, rss is the 24th
	if len(fields) < 22 {
		return p, false
	}
	parent, err1 := strconv.Atoi(fields[1])
	pages, err2 := strconv.ParseInt(fields[21], 10, 64)
	return process{string(stat[open+1 : end]), parent, pages * int64(os.Getpagesize())}, err1 == nil && err2 == nil
}
