package codec

import "github.com/zaf/g711"

// The laws of ITU-T G.711, by table.
func appendUlaw(dst []byte, pcm []int16) []byte {
	for _, v := range pcm {
		dst = append(dst, g711.EncodeUlawFrame(v))
	}
	return dst
}

func appendAlaw(dst []byte, pcm []int16) []byte {
	for _, v := range pcm {
		dst = append(dst, g711.EncodeAlawFrame(v))
	}
	return dst
}

func appendFromUlaw(dst []int16, b []byte) []int16 {
	for _, c := range b {
		dst = append(dst, g711.DecodeUlawFrame(c))
	}
	return dst
}

func appendFromAlaw(dst []int16, b []byte) []int16 {
	for _, c := range b {
		dst = append(dst, g711.DecodeAlawFrame(c))
	}
	return dst
}
