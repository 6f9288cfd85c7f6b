package child

import "slices"

// journeys are how many of the newest visits say how long the way takes.
const journeys = 5

// JourneyMost is how many minutes a way there and back may take: a day.
const JourneyMost = 1440

// Journey is how long the way to the child takes, there and back, in minutes: the middle of
// what the newest visits said since the child lives where they do. 0: none said.
func (r Record) Journey() int {
	var said []int
	for i := len(r.Events) - 1; i >= 0 && len(said) < journeys; i-- {
		switch b := r.Events[i].Body.(type) {
		case Visit:
			if b.Journey > 0 {
				said = append(said, b.Journey)
			}
		case PlacementStarted, PlacementEnded, CareEnded:
			i = 0 // before it the way was another
		}
	}
	if len(said) == 0 {
		return 0
	}
	slices.Sort(said)
	return said[len(said)/2]
}
