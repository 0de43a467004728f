package kernel

import "github.com/cilium/ebpf/asm"

// What follows is rtp.Receiver, line by line: a call's figures must not depend on the way its packets take.

// order keeps the highest sequence number and which of the newest 64 came. A doubled packet is not measured.
func order() asm.Instructions {
	return asm.Instructions{
		asm.LoadMem(asm.R3, asm.R7, flowSeen, asm.DWord),
		asm.JEq.Imm(asm.R4, 0, "doubled"),
		asm.JGE.Imm(asm.R4, maxDropout, "behind"),
		asm.StoreMem(asm.R7, flowSeq, asm.R2, asm.Word),
		asm.Mov.Imm(asm.R5, 0),
		asm.JGE.Imm(asm.R4, 64, "ahead"),
		asm.Mov.Reg(asm.R5, asm.R3),
		asm.LSh.Reg(asm.R5, asm.R4),
		asm.Or.Imm(asm.R5, 1).WithSymbol("ahead"),
		asm.StoreMem(asm.R7, flowSeen, asm.R5, asm.DWord),
		asm.Ja.Label("transit"),

		asm.Mov.Imm(asm.R5, 1<<16).WithSymbol("behind"),
		asm.Sub.Reg(asm.R5, asm.R4),
		asm.JGE.Imm(asm.R5, 64, "transit"),
		asm.Mov.Imm(asm.R2, 1),
		asm.LSh.Reg(asm.R2, asm.R5),
		asm.Mov.Reg(asm.R5, asm.R3),
		asm.And.Reg(asm.R5, asm.R2),
		asm.JNE.Imm(asm.R5, 0, "doubled"),
		asm.Or.Reg(asm.R3, asm.R2),
		asm.StoreMem(asm.R7, flowSeen, asm.R3, asm.DWord),
		asm.Ja.Label("transit"),

		asm.Mov.Imm(asm.R2, 1).WithSymbol("doubled"),
		asm.AddAtomic.Mem(asm.R7, asm.R2, asm.Word, flowDoubled),
		asm.Ja.Label("rewrite"),
	}
}

// transit leaves in R0 how long the packet seems to have been under way, in the payload's clock. Time is scaled to that
// by a multiplication, because division is slow. R1 is then whether there is one to compare it with.
func transit() asm.Instructions {
	return asm.Instructions{
		asm.FnKtimeGetNs.Call().WithSymbol("transit"),
		asm.StoreMem(asm.R7, flowLast, asm.R0, asm.DWord),
		asm.RSh.Imm(asm.R0, 10),
		asm.LoadMem(asm.R2, asm.R7, flowScale, asm.Word),
		asm.Mul.Reg(asm.R0, asm.R2),
		asm.RSh.Imm(asm.R0, 22),
		asm.LoadMem(asm.R2, asm.R9, rtpTime, asm.Word),
		asm.HostTo(asm.BE, asm.R2, asm.Word),
		asm.Sub.Reg(asm.R0, asm.R2),
		asm.LoadMem(asm.R1, asm.R7, flowTimed, asm.Word),
	}
}

// behind leaves in R3 how much later a packet of the transit in R0 came than one of that in a register.
func behind(fastest asm.Register) []asm.Instruction {
	return []asm.Instruction{
		asm.Mov.Reg(asm.R3, asm.R0),
		asm.Sub.Reg(asm.R3, fastest),
		asm.LSh.Imm(asm.R3, 32),
		asm.ArSh.Imm(asm.R3, 32),
	}
}

// late compares with the fastest packet of this spell and the one before.
func late() asm.Instructions {
	p := asm.Instructions{
		asm.JEq.Imm(asm.R1, 0, "jumped"),
		asm.LoadMem(asm.R4, asm.R7, flowFastest, asm.Word),
	}
	p = append(p, behind(asm.R4)...)
	p = append(p,
		asm.JSGT.Imm(asm.R3, 1<<16, "jumped"),
		asm.JSLT.Imm(asm.R3, -1<<16, "jumped"),
		asm.LoadMem(asm.R2, asm.R7, flowSpell, asm.Word),
		asm.Add.Imm(asm.R2, 1),
		asm.JLT.Imm(asm.R2, spellLength, "spell"),
		asm.StoreMem(asm.R7, flowFastestBefore, asm.R4, asm.Word),
		asm.StoreMem(asm.R7, flowFastest, asm.R0, asm.Word),
		asm.Mov.Reg(asm.R4, asm.R0),
		asm.Mov.Imm(asm.R2, 0),
		asm.StoreMem(asm.R7, flowSpell, asm.R2, asm.Word).WithSymbol("spell"),
	)
	p = append(p, behind(asm.R4)...)
	p = append(p,
		asm.JSGE.Imm(asm.R3, 0, "slower"),
		asm.StoreMem(asm.R7, flowFastest, asm.R0, asm.Word),
		asm.Mov.Imm(asm.R3, 0),
		asm.Mov.Reg(asm.R5, asm.R3).WithSymbol("slower"),
		asm.LoadMem(asm.R4, asm.R7, flowFastestBefore, asm.Word),
	)
	p = append(p, behind(asm.R4)...)
	return append(p,
		asm.JSGE.Reg(asm.R3, asm.R5, "longest"),
		asm.Mov.Reg(asm.R3, asm.R5),
		asm.LoadMem(asm.R2, asm.R7, flowPatience, asm.Word).WithSymbol("longest"),
		asm.JEq.Imm(asm.R2, 0, "jitter"),
		asm.JSLE.Reg(asm.R3, asm.R2, "jitter"),
		asm.Mov.Imm(asm.R2, 1),
		asm.AddAtomic.Mem(asm.R7, asm.R2, asm.Word, flowLate),
		asm.Ja.Label("jitter"),

		asm.StoreMem(asm.R7, flowFastest, asm.R0, asm.Word).WithSymbol("jumped"),
		asm.StoreMem(asm.R7, flowFastestBefore, asm.R0, asm.Word),
		asm.Mov.Imm(asm.R2, 0),
		asm.StoreMem(asm.R7, flowSpell, asm.R2, asm.Word),
		asm.JEq.Imm(asm.R1, 0, "timed"),
	)
}

// jitter follows RFC 3550 appendix A.8.
func jitter() asm.Instructions {
	p := asm.Instructions{asm.LoadMem(asm.R2, asm.R7, flowTransit, asm.Word).WithSymbol("jitter")}
	p = append(p, behind(asm.R2)...)
	return append(p,
		asm.JSGE.Imm(asm.R3, 0, "positive"),
		asm.Neg.Imm(asm.R3, 0),
		asm.JGE.Imm(asm.R3, 1<<16, "timed").WithSymbol("positive"),
		asm.LoadMem(asm.R4, asm.R7, flowJitter, asm.Word),
		asm.Add.Reg(asm.R3, asm.R4),
		asm.Add.Imm(asm.R4, 8),
		asm.RSh.Imm(asm.R4, 4),
		asm.Sub.Reg(asm.R3, asm.R4),
		asm.StoreMem(asm.R7, flowJitter, asm.R3, asm.Word),
		asm.StoreMem(asm.R7, flowTransit, asm.R0, asm.Word).WithSymbol("timed"),
		asm.Mov.Imm(asm.R2, 1),
		asm.StoreMem(asm.R7, flowTimed, asm.R2, asm.Word),
	)
}
