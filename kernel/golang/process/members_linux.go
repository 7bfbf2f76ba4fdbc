package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// members lists the processes of a session, as proc_pid_stat(5) tells them, without those that are
// dead and just wait to be buried.
func members(session int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	var pids []int
	for _, stat := range stats {
		b, err := os.ReadFile(stat)
		if err != nil {
			continue // gone meanwhile
		}
		fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:]) // state, parent, group, session, …
		if len(fields) < 4 || fields[0][0] == 'Z' || string(fields[3]) != strconv.Itoa(session) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
