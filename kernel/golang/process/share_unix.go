//go:build unix

package process

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/gemba-ml/gemba/kernel/cell"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// shared is the memory in which the hook of a session's programs notes the files that they open. Programs run one after
// the other, so one piece serves them all.
type shared struct {
	mu     sync.Mutex
	file   *os.File
	path   string
	memory []byte
}

// keptMemory is how much of it stays in use from one program to the next.
const keptMemory = 4 << 20

// clear prepares the memory for a program and tells the environment variable by which that finds it.
func (s *shared) clear(dir string) (variable string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(dir); err != nil {
		return "", err
	}
	if cell.Used(s.memory) > keptMemory { // a hole takes no room
		_ = s.file.Truncate(0)
		if err := s.file.Truncate(int64(len(s.memory))); err != nil {
			return "", fmt.Errorf("clear memory: %w", err)
		}
	}
	cell.Clear(s.memory)
	return cell.Variable + "=" + s.path, nil
}

func (s *shared) open(dir string) error {
	if s.memory != nil {
		return nil
	}
	file, path, err := sharedFile(dir, cell.Size)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("make memory: %w", err)
	}
	memory, err := unix.Mmap(int(file.Fd()), 0, int(info.Size()), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("map memory: %w", err)
	}
	s.file, s.path, s.memory = file, path, memory
	return nil
}

// read reads what the program noted into what was seen of it.
func (s *shared) read(all *sight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.memory != nil {
		all.Opened = make([]wire.Opened, 0, cell.Count(s.memory))
		all.notes = cell.Read(s.memory, all.take)
	}
}

func (s *shared) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.memory != nil {
		_ = unix.Munmap(s.memory)
		_ = s.file.Close()
		s.memory = nil
	}
}
