//go:build race

package secure

// underRace: the detector makes pools forget, so that allocations say nothing.
const underRace = true
