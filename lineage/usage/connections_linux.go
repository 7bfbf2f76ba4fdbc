package usage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// connections are the TCP connections that a cell's processes were seen to have, by the inodes of their sockets. The system keeps
// no count of bytes for a process, but one for each connection, as long as that lives: see sock_diag(7). So what comes
// and goes between two looks is not counted.
type connections struct{ seen map[uint32]traffic }

// traffic is bytes over a network.
type traffic struct{ received, sent int64 }

// look reads what the connections of processes carried so far.
func (c *connections) look(pids []int, why *reasons) {
	ours := map[uint32]bool{}
	for _, pid := range pids {
		socketsOf(pid, ours)
	}
	if len(ours) == 0 {
		return
	}
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		err := eachConnection(family, func(inode uint32, t traffic) {
			if ours[inode] {
				if c.seen == nil {
					c.seen = map[uint32]traffic{}
				}
				c.seen[inode] = t
			}
		})
		if err != nil {
			why.because("net", err.Error())
		}
	}
}

func (c *connections) total() (sum traffic) {
	for _, t := range c.seen {
		sum.received += t.received
		sum.sent += t.sent
	}
	return sum
}

// maxFiles is how many open files of a process are looked through.
const maxFiles = 1024

// socketsOf adds the inodes of a process's sockets.
func socketsOf(pid int, inodes map[uint32]bool) {
	dir, err := os.Open(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return
	}
	defer func() { _ = dir.Close() }()
	names, _ := dir.Readdirnames(maxFiles)
	for _, name := range names {
		to, _ := os.Readlink(dir.Name() + "/" + name)
		if text, ok := strings.CutPrefix(to, "socket:["); ok {
			if inode, err := strconv.ParseUint(strings.TrimSuffix(text, "]"), 10, 32); err == nil {
				inodes[uint32(inode)] = true
			}
		}
	}
}

// The messages of sock_diag(7): struct inet_diag_req_v2, and struct inet_diag_msg followed by attributes.
const (
	diagByFamily  = 20                       // SOCK_DIAG_BY_FAMILY
	diagInfo      = 2                        // INET_DIAG_INFO: a struct tcp_info
	diagRequest   = unix.SizeofNlMsghdr + 56 // bytes
	diagMessage   = 72                       // bytes
	inodeAt       = 68
	established   = 1<<1 | 1<<4 | 1<<5 | 1<<8 // states that have carried something and still have an inode: and FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT
	receivedAt    = int(unsafe.Offsetof(unix.TCPInfo{}.Bytes_received))
	sentAt        = int(unsafe.Offsetof(unix.TCPInfo{}.Bytes_sent)) // with those sent again, since Linux 4.19
	againAt       = int(unsafe.Offsetof(unix.TCPInfo{}.Bytes_retrans))
	attributeHead = 4
)

// eachConnection asks the system for all TCP connections of a family.
func eachConnection(family uint8, yield func(inode uint32, t traffic)) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return fmt.Errorf("ask for connections: %w", err)
	}
	defer func() { _ = unix.Close(fd) }()
	q := make([]byte, diagRequest)
	binary.NativeEndian.PutUint32(q, diagRequest)
	binary.NativeEndian.PutUint16(q[4:], diagByFamily)
	binary.NativeEndian.PutUint16(q[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	q[16], q[17], q[18] = family, unix.IPPROTO_TCP, 1<<(diagInfo-1)
	binary.NativeEndian.PutUint32(q[20:], established)
	if err := unix.Sendto(fd, q, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("ask for connections: %w", err)
	}
	for b := make([]byte, 64<<10); ; {
		n, _, err := unix.Recvfrom(fd, b, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read connections: %w", err)
		}
		if done, err := parseDump(b[:n], yield); done || err != nil {
			return err
		}
	}
}

// parseDump reads the messages of one datagram, and reports whether they were the last.
func parseDump(b []byte, yield func(inode uint32, t traffic)) (done bool, err error) {
	for len(b) >= unix.SizeofNlMsghdr {
		size := int(binary.NativeEndian.Uint32(b))
		if size < unix.SizeofNlMsghdr || size > len(b) {
			return true, errors.New("read connections: a message is cut short")
		}
		message := b[unix.SizeofNlMsghdr:size]
		switch binary.NativeEndian.Uint16(b[4:]) {
		case unix.NLMSG_DONE:
			return true, nil
		case unix.NLMSG_ERROR:
			if len(message) < 4 {
				return true, errors.New("read connections: an error without a number")
			}
			return true, fmt.Errorf("read connections: %w", unix.Errno(-int32(binary.NativeEndian.Uint32(message))))
		case diagByFamily:
			parseConnection(message, yield)
		}
		b = b[min(len(b), (size+3)&^3):]
	}
	return false, nil
}

// parseConnection finds the counts of one connection among its attributes.
func parseConnection(m []byte, yield func(inode uint32, t traffic)) {
	if len(m) < diagMessage {
		return
	}
	inode := binary.NativeEndian.Uint32(m[inodeAt:])
	for a := m[diagMessage:]; len(a) >= attributeHead; {
		size := int(binary.NativeEndian.Uint16(a))
		if size < attributeHead || size > len(a) {
			return
		}
		if info := a[attributeHead:size]; binary.NativeEndian.Uint16(a[2:]) == diagInfo && len(info) >= againAt+8 {
			count := func(at int) int64 { return int64(binary.NativeEndian.Uint64(info[at:])) }
			yield(inode, traffic{received: count(receivedAt), sent: count(sentAt) - count(againAt)})
		}
		a = a[min(len(a), (size+3)&^3):]
	}
}
