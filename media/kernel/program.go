package kernel

import (
	"encoding/binary"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"
)

// Where things stand in struct __sk_buff, in an Ethernet frame with an IPv4 header without options, and in flow.
const (
	skbLen, skbKind, skbProtocol, skbVLAN, skbData, skbEnd = 0, 4, 16, 20, 76, 80

	ipVersion, ipLen, ipFragment, ipTTL, ipProtocol, ipSum, ipSource, ipTarget = 14, 16, 20, 22, 23, 24, 26, 30

	udpPorts, udpTarget, udpLen, udpSum = 34, 36, 38, 40

	rtpFirst, rtpType, rtpSeq, rtpTime, rtpSource, rtpEnd = 42, 43, 44, 46, 50, 54

	// flowKey are the twelve bytes of addresses and ports as they come, flowRewrite those as they leave.
	flowKey, flowOn, flowRewrite, flowSum, flowInterface, flowSource, flowType, flowSeq, flowSeen, flowLimit = 0, 12, 16, 28, 32, 36, 40, 44, 48, 56

	flowPackets, flowBytes, flowLast, flowTransit, flowJitter, flowScale, flowPatience = 64, 72, 80, 88, 92, 96, 100

	flowFastest, flowFastestBefore, flowSpell, flowTimed, flowLate, flowDoubled, flowFlood = 104, 108, 112, 116, 128, 132, 136
)

// The bounds of package rtp, and what fits a frame of any network.
const (
	maxDropout  = 3000
	maxMisorder = 100
	spellLength = 1500
	maxFrame    = 1514
)

// What the program says to the hook: let the packet go on, drop it.
const (
	next = -1
	drop = 2
)

// program assembles what runs for every packet that comes in by an interface. It forwards a packet whose addresses and
// ports are a flow's and that goes on where the flow's stream was: the same source, payload type and sequence. Anything
// else goes up to the socket as if the program were not there. Registers: R6 the packet's context, R7 the flow, R9 the
// packet. The flow is found by our port, of which there is one for each leg: no table is as fast as that.
func program(flows *ebpf.Map, firstPort uint16) *ebpf.ProgramSpec {
	var p asm.Instructions
	for _, part := range []asm.Instructions{whole(), isRTP(), find(flows, firstPort), follows(), within(), order(), transit(), late(), jitter(), rewrite(), checksums(), send()} {
		p = append(p, part...)
	}
	return &ebpf.ProgramSpec{Name: "cradle_media", Type: ebpf.SchedCLS, Instructions: p}
}

// whole sees to it that the packet is for this host, IPv4, untagged, and that its headers can be read.
func whole() asm.Instructions {
	load := asm.Instructions{
		asm.LoadMem(asm.R9, asm.R6, skbData, asm.Word),
		asm.LoadMem(asm.R3, asm.R6, skbEnd, asm.Word),
		asm.Mov.Reg(asm.R4, asm.R9),
		asm.Add.Imm(asm.R4, rtpEnd),
	}
	p := asm.Instructions{
		asm.Mov.Reg(asm.R6, asm.R1),
		asm.LoadMem(asm.R2, asm.R6, skbProtocol, asm.Word),
		asm.JNE.Imm(asm.R2, wire16(unix.ETH_P_IP), "next"),
		asm.LoadMem(asm.R2, asm.R6, skbKind, asm.Word),
		asm.JNE.Imm(asm.R2, unix.PACKET_HOST, "next"),
		asm.LoadMem(asm.R2, asm.R6, skbVLAN, asm.Word),
		asm.JNE.Imm(asm.R2, 0, "next"),
		asm.LoadMem(asm.R2, asm.R6, skbLen, asm.Word),
		asm.JLT.Imm(asm.R2, rtpEnd, "next"),
		asm.JGT.Imm(asm.R2, maxFrame, "next"),
	}
	p = append(p, load...)
	p = append(p,
		asm.JLE.Reg(asm.R4, asm.R3, "whole"),
		asm.Mov.Reg(asm.R1, asm.R6), // some drivers leave the headers outside of what can be read directly
		asm.Mov.Imm(asm.R2, rtpEnd),
		asm.FnSkbPullData.Call(),
	)
	p = append(p, load...)
	p = append(p, asm.JGT.Reg(asm.R4, asm.R3, "next"))
	return append(p, asm.LoadMem(asm.R2, asm.R9, ipVersion, asm.Byte).WithSymbol("whole"), asm.JNE.Imm(asm.R2, 0x45, "next"))
}

// isRTP looks for a whole datagram that begins like an RTP packet with nothing but a fixed header.
func isRTP() asm.Instructions {
	return asm.Instructions{
		asm.LoadMem(asm.R2, asm.R9, ipProtocol, asm.Byte),
		asm.JNE.Imm(asm.R2, unix.IPPROTO_UDP, "next"),
		asm.LoadMem(asm.R2, asm.R9, ipFragment, asm.Half),
		asm.And.Imm(asm.R2, wire16(0x3fff)),
		asm.JNE.Imm(asm.R2, 0, "next"),
		asm.LoadMem(asm.R2, asm.R9, rtpFirst, asm.Byte),
		asm.JNE.Imm(asm.R2, 0x80, "next"),
		asm.LoadMem(asm.R2, asm.R9, ipLen, asm.Half),
		asm.HostTo(asm.BE, asm.R2, asm.Half),
		asm.LoadMem(asm.R3, asm.R9, udpLen, asm.Half),
		asm.HostTo(asm.BE, asm.R3, asm.Half),
		asm.JLT.Imm(asm.R3, rtpEnd-udpPorts, "next"),
		asm.Add.Imm(asm.R3, udpPorts-ipVersion),
		asm.JNE.Reg(asm.R3, asm.R2, "next"),
		asm.Add.Imm(asm.R3, ipVersion),
		asm.LoadMem(asm.R2, asm.R6, skbLen, asm.Word),
		asm.JGT.Reg(asm.R3, asm.R2, "next"),
	}
}

// find looks the flow up and compares addresses and ports. Those as they came stay on the stack.
func find(flows *ebpf.Map, firstPort uint16) asm.Instructions {
	p := asm.Instructions{
		asm.LoadMem(asm.R2, asm.R9, udpTarget, asm.Half),
		asm.HostTo(asm.BE, asm.R2, asm.Half),
		asm.Sub.Imm(asm.R2, int32(firstPort)),
		asm.Mov.Reg(asm.R3, asm.R2),
		asm.And.Imm(asm.R3, 1),
		asm.JNE.Imm(asm.R3, 0, "next"), // RTCP's
		asm.RSh.Imm(asm.R2, 1),
		asm.StoreMem(asm.RFP, -4, asm.R2, asm.Word), // below the first port: beyond the table
		asm.LoadMapPtr(asm.R1, flows.FD()),
		asm.Mov.Reg(asm.R2, asm.RFP),
		asm.Add.Imm(asm.R2, -4),
		asm.FnMapLookupElem.Call(),
		asm.JEq.Imm(asm.R0, 0, "next"),
		asm.Mov.Reg(asm.R7, asm.R0),
		asm.LoadMem(asm.R2, asm.R7, flowOn, asm.Word),
		asm.JEq.Imm(asm.R2, 0, "next"),
	}
	for i, at := range []int16{ipSource, ipTarget, udpPorts} {
		p = append(p,
			asm.LoadMem(asm.R2, asm.R9, at, asm.Word),
			asm.LoadMem(asm.R3, asm.R7, flowKey+4*int16(i), asm.Word),
			asm.JNE.Reg(asm.R2, asm.R3, "next"),
		)
	}
	return append(p, asm.StoreMem(asm.RFP, -8, asm.R2, asm.Word))
}

// follows compares the packet with the stream. The sequence number stays in R2, the step to it from the highest in R4.
func follows() asm.Instructions {
	return asm.Instructions{
		asm.LoadMem(asm.R2, asm.R9, rtpSource, asm.Word),
		asm.LoadMem(asm.R3, asm.R7, flowSource, asm.Word),
		asm.JNE.Reg(asm.R2, asm.R3, "next"),
		asm.LoadMem(asm.R2, asm.R9, rtpType, asm.Byte),
		asm.And.Imm(asm.R2, 0x7f),
		asm.LoadMem(asm.R3, asm.R7, flowType, asm.Word),
		asm.JNE.Reg(asm.R2, asm.R3, "next"),
		asm.LoadMem(asm.R2, asm.R9, rtpSeq, asm.Half),
		asm.HostTo(asm.BE, asm.R2, asm.Half),
		asm.LoadMem(asm.R3, asm.R7, flowSeq, asm.Word),
		asm.Mov.Reg(asm.R4, asm.R2),
		asm.Sub.Reg(asm.R4, asm.R3),
		asm.And.Imm(asm.R4, 0xffff),
		asm.JLT.Imm(asm.R4, maxDropout, "budget"),
		asm.JLE.Imm(asm.R4, 1<<16-maxMisorder, "next"),
	}
}

// within drops what is above the limit, and counts what is not.
func within() asm.Instructions {
	return asm.Instructions{
		asm.LoadMem(asm.R3, asm.R7, flowPackets, asm.DWord).WithSymbol("budget"),
		asm.LoadMem(asm.R5, asm.R7, flowLimit, asm.DWord),
		asm.JLT.Reg(asm.R3, asm.R5, "taken"),
		asm.Mov.Imm(asm.R5, 1),
		asm.AddAtomic.Mem(asm.R7, asm.R5, asm.Word, flowFlood),
		asm.Mov.Imm(asm.R0, drop),
		asm.Return(),
		asm.LoadMem(asm.R3, asm.R9, udpLen, asm.Half).WithSymbol("taken"),
		asm.HostTo(asm.BE, asm.R3, asm.Half),
		asm.Sub.Imm(asm.R3, rtpFirst-udpPorts),
		asm.AddAtomic.Mem(asm.R7, asm.R3, asm.DWord, flowBytes),
		asm.Mov.Imm(asm.R3, 1),
		asm.AddAtomic.Mem(asm.R7, asm.R3, asm.DWord, flowPackets),
	}
}

// wire16 is a half word as the packet has it, the way this machine reads it.
func wire16(v uint16) int32 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return int32(binary.NativeEndian.Uint16(b[:]))
}
