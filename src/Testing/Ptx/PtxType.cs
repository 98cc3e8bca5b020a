namespace KernelFoundry.Testing.Ptx;

/// <summary>PTX's fundamental types.</summary>
internal enum PtxType
{
    Pred, B8, U8, S8, B16, U16, S16, F16, BF16, B32, U32, S32, F32, F16x2, BF16x2, B64, U64, S64, F64,
}

/// <summary>Facts about types.</summary>
internal static class PtxTypes
{
    private static readonly Dictionary<string, PtxType> Names =
        Enum.GetValues<PtxType>().ToDictionary(type => type.ToString().ToLowerInvariant(), type => type);

    public static PtxType? Find(string name) => Names.TryGetValue(name, out PtxType type) ? type : null;

    public static string Name(PtxType type) => type.ToString().ToLowerInvariant();

    /// <summary>Bytes in memory; 0 for predicates, which are not in memory.</summary>
    public static int Bytes(PtxType type) => type switch
    {
        PtxType.Pred => 0,
        PtxType.B8 or PtxType.U8 or PtxType.S8 => 1,
        PtxType.B16 or PtxType.U16 or PtxType.S16 or PtxType.F16 or PtxType.BF16 => 2,
        PtxType.B64 or PtxType.U64 or PtxType.S64 or PtxType.F64 => 8,
        _ => 4,
    };

    /// <summary>Bytes of one lane of a register: 16 bits take 32.</summary>
    public static int LaneBytes(PtxType type) => Math.Max(4, Bytes(type));

    /// <summary>Whether a register of one type may stand where an instruction wants another: the same size, and integers, the same floats, or untyped bits.</summary>
    public static bool Fits(PtxType declared, PtxType wanted) => declared == wanted || (Bytes(declared) == Bytes(wanted) && Bytes(declared) > 0
        && (IsBits(declared) || IsBits(wanted) || (IsInteger(declared) && IsInteger(wanted))));

    public static bool IsFloat(PtxType type) => type is PtxType.F16 or PtxType.BF16 or PtxType.F32 or PtxType.F16x2 or PtxType.BF16x2 or PtxType.F64;

    private static bool IsBits(PtxType type) => type is PtxType.B8 or PtxType.B16 or PtxType.B32 or PtxType.B64;

    private static bool IsInteger(PtxType type) => !IsBits(type) && !IsFloat(type) && type != PtxType.Pred;
}
