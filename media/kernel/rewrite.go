package kernel

import (
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"
)

// rewrite makes it a packet of ours: addresses, ports, the mark for voice and a fresh time to live, with the checksum of
// the header brought up to date (RFC 1624).
func rewrite() asm.Instructions {
	p := asm.Instructions{
		asm.LoadMem(asm.R2, asm.R9, ipSum, asm.Half).WithSymbol("rewrite"),
		asm.Xor.Imm(asm.R2, 0xffff),
		asm.LoadMem(asm.R3, asm.R7, flowSum, asm.Word),
		asm.Add.Reg(asm.R2, asm.R3),
	}
	for _, h := range []struct{ at, is int16 }{{ipVersion, 0x4500 | dscpEF}, {ipTTL, 64<<8 | unix.IPPROTO_UDP}} {
		p = append(p,
			asm.LoadMem(asm.R3, asm.R9, h.at, asm.Half),
			asm.Xor.Imm(asm.R3, 0xffff),
			asm.Add.Reg(asm.R2, asm.R3),
			asm.Mov.Imm(asm.R3, wire16(uint16(h.is))),
			asm.Add.Reg(asm.R2, asm.R3),
			asm.StoreMem(asm.R9, h.at, asm.R3, asm.Half),
		)
	}
	for range 3 { // carries
		p = append(p, asm.Mov.Reg(asm.R3, asm.R2), asm.RSh.Imm(asm.R3, 16), asm.And.Imm(asm.R2, 0xffff), asm.Add.Reg(asm.R2, asm.R3))
	}
	p = append(p, asm.Xor.Imm(asm.R2, 0xffff), asm.StoreMem(asm.R9, ipSum, asm.R2, asm.Half))
	for _, w := range []struct{ at, from int16 }{{ipSource, flowRewrite}, {ipTarget, flowRewrite + 4}, {udpPorts, flowRewrite + 8}} {
		p = append(p, asm.LoadMem(asm.R2, asm.R7, w.from, asm.Word), asm.StoreMem(asm.R9, w.at, asm.R2, asm.Word))
	}
	return p
}

// checksums brings that of UDP up to date, whichever way it is: none, ready, or still to be made by hardware.
func checksums() asm.Instructions {
	const addresses, zeroStays = 1 << 4, 1 << 5 // BPF_F_PSEUDO_HDR, BPF_F_MARK_MANGLED_0
	return asm.Instructions{
		asm.Mov.Reg(asm.R1, asm.R6),
		asm.Mov.Imm(asm.R2, udpSum),
		asm.Mov.Imm(asm.R3, 0),
		asm.LoadMem(asm.R4, asm.R7, flowSum, asm.Word),
		asm.Mov.Imm(asm.R5, addresses|zeroStays),
		asm.FnL4CsumReplace.Call(),
		asm.Mov.Reg(asm.R1, asm.R6),
		asm.Mov.Imm(asm.R2, udpSum),
		asm.LoadMem(asm.R3, asm.RFP, -8, asm.Word),
		asm.LoadMem(asm.R4, asm.R7, flowRewrite+8, asm.Word),
		asm.Mov.Imm(asm.R5, 4|zeroStays),
		asm.FnL4CsumReplace.Call(),
	}
}

// send hands the packet to the interface it leaves by, with the neighbour found by the kernel; on loopback it goes on
// up, to the socket that now is its own.
func send() asm.Instructions {
	return asm.Instructions{
		asm.LoadMem(asm.R1, asm.R7, flowInterface, asm.Word),
		asm.JEq.Imm(asm.R1, 0, "next"),
		asm.Mov.Imm(asm.R2, 0),
		asm.Mov.Imm(asm.R3, 0),
		asm.Mov.Imm(asm.R4, 0),
		asm.FnRedirectNeigh.Call(),
		asm.Return(),
		asm.Mov.Imm(asm.R0, next).WithSymbol("next"),
		asm.Return(),
	}
}
