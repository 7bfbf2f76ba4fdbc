//go:build unix && !linux

package process

// fionread is the request of ioctl that all BSDs share, macOS among them (sys/filio.h).
const fionread = 0x4004667f

// widen does nothing: the system sizes its pipes itself.
func widen(int) {}
