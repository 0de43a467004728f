//go:build !race

package secure

const underRace = false
