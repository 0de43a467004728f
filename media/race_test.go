//go:build race

package media

// underRace: everything takes ten times as long.
const underRace = true
