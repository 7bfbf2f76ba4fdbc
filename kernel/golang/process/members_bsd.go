//go:build unix && !linux

package process

// members lists the processes of a session; only Linux tells.
func members(int) []int { return nil }
