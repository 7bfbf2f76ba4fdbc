package mlflow

import (
	"fmt"
	"math/rand/v2"
)

// randomName returns a name for a run whose user gave it none: two words and a number, easy to say and to tell apart.
func randomName() string {
	qualities := [...]string{"amber", "bold", "brisk", "calm", "clear", "deft", "early", "fair", "firm", "gentle", "glad", "keen", "light", "lucid", "mellow", "neat",
		"nimble", "patient", "plain", "prompt", "quiet", "ready", "sharp", "silver", "sober", "steady", "still", "sunny", "swift", "tidy", "vivid", "warm"}
	things := [...]string{"anchor", "beacon", "birch", "brook", "cedar", "cliff", "comet", "crane", "dune", "ember", "falcon", "fjord", "grove", "harbor", "heron", "island",
		"lantern", "lark", "maple", "meadow", "orchard", "otter", "pebble", "pine", "reef", "ridge", "river", "sparrow", "spruce", "stone", "tide", "willow"}
	return fmt.Sprintf("%s-%s-%d", qualities[rand.IntN(len(qualities))], things[rand.IntN(len(things))], rand.IntN(1000))
}
