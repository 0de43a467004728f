//go:build !race

package provisioning_test

// raced: the race detector takes memory of its own.
const raced = false
