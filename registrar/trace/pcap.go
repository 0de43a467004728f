package trace

import (
	"encoding/binary"
	"net/netip"
)

// The file's form is libpcap's, version 2.4, with raw IP packets
// (LINKTYPE_RAW). Messages of streams are written as datagrams too: what was
// masked is read the same way, and no sequence numbers have to be made up.
const (
	pcapMagic   = 0xa1b2c3d4
	linkRaw     = 101
	mostPayload = 65535 - 48
)

// Pcap writes a trace as a capture file.
func Pcap(messages []Message) []byte {
	out := binary.LittleEndian.AppendUint32(nil, pcapMagic)
	out = binary.LittleEndian.AppendUint16(out, 2)
	out = binary.LittleEndian.AppendUint16(out, 4)
	out = binary.LittleEndian.AppendUint64(out, 0) // time zone and accuracy
	out = binary.LittleEndian.AppendUint32(out, 65535)
	out = binary.LittleEndian.AppendUint32(out, linkRaw)
	for _, m := range messages {
		from, to := m.Local, m.Remote
		if m.In {
			from, to = to, from
		}
		p := datagram(from, to, m.Data[:min(len(m.Data), mostPayload)])
		out = binary.LittleEndian.AppendUint32(out, uint32(m.At.Unix()))            //nolint:gosec // until 2106
		out = binary.LittleEndian.AppendUint32(out, uint32(m.At.Nanosecond()/1000)) //nolint:gosec // below a million
		out = binary.LittleEndian.AppendUint32(out, uint32(len(p)))                 //nolint:gosec // bounded
		out = append(binary.LittleEndian.AppendUint32(out, uint32(len(p))), p...)   //nolint:gosec // bounded
	}
	return out
}

// datagram is an IP packet with a UDP datagram in it (RFC 768, 791, 8200).
func datagram(from, to netip.AddrPort, payload []byte) []byte {
	udp := binary.BigEndian.AppendUint16(nil, from.Port())
	udp = binary.BigEndian.AppendUint16(udp, to.Port())
	udp = binary.BigEndian.AppendUint16(udp, uint16(8+len(payload))) //nolint:gosec // bounded
	udp = append(binary.BigEndian.AppendUint16(udp, 0), payload...)
	a, b := from.Addr().Unmap(), to.Addr().Unmap()
	if a.Is4() && b.Is4() {
		h := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0}
		binary.BigEndian.PutUint16(h[2:], uint16(20+len(udp))) //nolint:gosec // bounded
		h = append(append(h, a.AsSlice()...), b.AsSlice()...)
		binary.BigEndian.PutUint16(h[10:], checksum(h))
		return append(h, udp...)
	}
	h := []byte{0x60, 0, 0, 0, 0, 0, 17, 64}
	binary.BigEndian.PutUint16(h[4:], uint16(len(udp))) //nolint:gosec // bounded
	from16, to16 := a.As16(), b.As16()
	h = append(append(h, from16[:]...), to16[:]...)
	// Over IPv6 a datagram has to have a checksum; that of a pseudo header first.
	pseudo := append(append(append([]byte(nil), from16[:]...), to16[:]...), 0, 0, udp[4], udp[5], 0, 0, 0, 17)
	sum := checksum(append(pseudo, udp...))
	if sum == 0 {
		sum = 0xffff
	}
	binary.BigEndian.PutUint16(udp[6:], sum)
	return append(h, udp...)
}

// checksum is that of RFC 1071.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if len(b)%2 == 1 {
		sum += uint32(b[len(b)-1]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum) //nolint:gosec // folded to 16 bits
}
