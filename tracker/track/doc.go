// Package track is how Go programs and cells log what they do: runs with params, metrics, tags and artifacts.
//
//	run := track.Start("baseline", track.In("mnist"))
//	defer run.End(nil)
//	run.Param("learning_rate", 0.01)
//	for step := range steps {
//		run.Metric("loss", loss, step)
//	}
//	run.Artifact("model.bin", "out/model.bin")
//
// In a cell there is nothing to open: Here is the run of the notebook's session. A call neither waits for anything nor fails the
// program: what is logged is in a file's memory at once, outlives os.Exit, a panic and SIGKILL, and gemba moves it into the ledger
// from there. Where it cannot be kept (a full disk), what is lost is counted, and recorded as a gap.
//
// The package uses the standard library alone, so that importing it costs a program nothing. FORMAT.md has the file's bytes.
package track
