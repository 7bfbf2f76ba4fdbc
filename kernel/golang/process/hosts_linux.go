package process

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// hosts collects the remote ends of processes' sockets.
type hosts struct {
	known map[string]bool // inodes of sockets that were looked up
	found map[string]bool // host:port
}

func newHosts() hosts { return hosts{map[string]bool{}, map[string]bool{}} }

// maxFiles is how many open files of a process are looked through.
const maxFiles = 1024

// look looks at the sockets of processes; what the tables say is read only when there are new ones.
func (h *hosts) look(pids []int) {
	fresh := map[string]bool{}
	for _, pid := range pids {
		for _, inode := range sockets(pid) {
			if !h.known[inode] {
				fresh[inode] = true
			}
		}
	}
	if len(fresh) == 0 {
		return
	}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pids[0], table))
		h.match(string(b), fresh)
	}
	for inode := range fresh {
		h.known[inode] = true
	}
}

// sockets lists the inodes of a process's sockets.
func sockets(pid int) (inodes []string) {
	dir, err := os.Open(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return nil
	}
	defer func() { _ = dir.Close() }()
	names, _ := dir.Readdirnames(maxFiles)
	for _, name := range names {
		to, _ := os.Readlink(dir.Name() + "/" + name)
		if inode, ok := strings.CutPrefix(to, "socket:["); ok {
			inodes = append(inodes, strings.TrimSuffix(inode, "]"))
		}
	}
	return inodes
}

// match takes from a table, in the form of proc_pid_net(5), the remote ends of those sockets. Sockets that were accepted
// are those at a local port that somebody listens on.
func (h *hosts) match(table string, sockets map[string]bool) {
	const local, remote, state, inode, listening = 1, 2, 3, 9, "0A"
	listened := map[string]bool{}
	var rows [][]string
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) <= inode {
			continue
		}
		if fields[state] == listening {
			_, port, _ := strings.Cut(fields[local], ":")
			listened[port] = true
		} else if sockets[fields[inode]] {
			rows = append(rows, fields)
		}
	}
	for _, fields := range rows {
		_, port, _ := strings.Cut(fields[local], ":")
		if to, ok := address(fields[remote]); ok && !listened[port] {
			h.found[to] = true
		}
	}
}

// address reads a table's address: the bytes of the host, four at a time in the machine's order, and the port, in hexadecimal.
func address(text string) (string, bool) {
	host, port, _ := strings.Cut(text, ":")
	b, err := hex.DecodeString(host)
	n, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil || len(b)%4 != 0 || n == 0 {
		return "", false
	}
	for i := 0; i < len(b); i += 4 {
		binary.BigEndian.PutUint32(b[i:], binary.NativeEndian.Uint32(b[i:]))
	}
	ip, ok := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)).String(), ok && !ip.IsUnspecified()
}
