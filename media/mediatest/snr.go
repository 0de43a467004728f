package mediatest

import "math"

// SegmentalSNR compares speech with what was said: pieces of 20 ms of the original that are not silent are looked for in
// what was heard, which may be late and may have been stretched, and the ratios of signal to difference are averaged in
// dB, each between -10 and 35 as is usual for this measure. Both have the same rate. Late is how much later the first
// piece may be heard, in samples.
func SegmentalSNR(said, heard []int16, rate, late int) float64 {
	n, sum, pieces := rate/50, 0.0, 0
	lag := bestLag(said, heard, n*10, 0, late) // over the beginning, to be sure of it
	for at := 0; at+n <= len(said); at += n {
		piece := said[at : at+n]
		if power(piece) < 1e5 {
			continue
		}
		// The playing out may have left something out or put something in.
		best := math.Inf(-1)
		from := lag
		for try := from - n/2; try <= from+n/2; try++ {
			if s, ok := ratio(piece, heard, at+try); ok && s > best {
				best, lag = s, try
			}
		}
		if best < 3 {
			lag = from // nothing there that could be it
		}
		sum += min(max(best, -10), 35)
		pieces++
	}
	if pieces == 0 {
		return 0
	}
	return sum / float64(pieces)
}

// bestLag finds where the first loud sound of a length begins in what was heard.
func bestLag(said, heard []int16, n, from, to int) int {
	start := 0
	for start+n < len(said) && power(said[start:start+n]) < 1e6 {
		start += n / 10
	}
	if start+n > len(said) {
		return 0
	}
	best, lag := math.Inf(-1), 0
	for try := from; try <= to; try++ {
		if s, ok := ratio(said[start:start+n], heard, start+try); ok && s > best {
			best, lag = s, try
		}
	}
	return lag
}

func power(s []int16) float64 {
	sum := 0.0
	for _, v := range s {
		sum += float64(v) * float64(v)
	}
	return sum / float64(len(s))
}

// ratio is the signal against the difference in dB. False: there is nothing at that place.
func ratio(said, heard []int16, at int) (float64, bool) {
	if at < 0 || at+len(said) > len(heard) {
		return 0, false
	}
	signal, noise := 0.0, 1.0
	for i, v := range said {
		d := float64(v) - float64(heard[at+i])
		signal += float64(v) * float64(v)
		noise += d * d
	}
	return 10 * math.Log10(signal/noise), true
}
