namespace KernelFoundry.Testing.Ptx;

/// <summary>Where a step finds an operand.</summary>
/// <param name="Offset">
/// Of a register, a literal or a special register: bytes into the warp's register file, one value a lane. Of a predicate: its number. Of an address: its base
/// register's offset, or -1 without one.
/// </param>
/// <param name="Value">Of an immediate: it. Of an address: the displacement.</param>
/// <param name="Elements">Of a vector: its elements' offsets.</param>
/// <param name="Type">Of a register: what it is declared as.</param>
internal readonly record struct PtxSlot(int Offset, long Value = 0, int[]? Elements = null, PtxType Type = PtxType.B32);
