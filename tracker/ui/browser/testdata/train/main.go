// Command train stands for a program that trains: it reads data, and logs its curves to the ledger of whoever records it.
package main

import (
	"flag"
	"fmt"
	"math"
	"os"

	"github.com/gemba-ml/gemba/tracker/track"
)

func main() {
	rate := flag.Float64("lr", 0.1, "the learning rate")
	layers := flag.Int("layers", 2, "how many layers")
	steps := flag.Int("steps", 400, "how many steps")
	name := flag.String("name", "baseline", "the run's name")
	flag.Parse()
	if err := train(*name, *rate, *layers, *steps); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func train(name string, rate float64, layers, steps int) (err error) {
	run := track.Start(name, track.In("birds"))
	defer func() { run.End(err) }()
	run.Param("lr", rate)
	run.Param("layers", layers)
	run.Param("optimizer", map[bool]string{true: "adam", false: "sgd"}[layers > 2])
	if _, err := os.ReadFile("clean.csv"); err != nil {
		return err
	}
	loss := 0.0
	for step := range steps {
		loss = math.Exp(-rate*float64(step)/30)*2 + 0.05/float64(layers) + 0.02*math.Sin(float64(step*layers))
		run.Metric("loss", loss, step)
		run.Metric("accuracy", 1-loss/3, step)
	}
	run.Note(fmt.Sprintf("# %s\n\nEnds at a loss of **%.3f**.\n\n- rate `%g`\n- layers %d\n", name, loss, rate, layers))
	if err := os.WriteFile(name+".model", fmt.Appendf(nil, "%g", loss), 0o644); err != nil {
		return err
	}
	run.Artifact(name+".model", name+".model")
	return nil
}
