package cli

import "github.com/gemba-ml/gemba/tracker/track"

// tracks is a program that logs with package track.
func tracks() {
	run := track.Here()
	run.Param("lr", 0.5)
	for step := range 3 {
		run.Metric("loss", 1/float64(step+1), step)
	}
}
