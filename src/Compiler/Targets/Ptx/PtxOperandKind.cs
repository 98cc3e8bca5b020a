namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>What an operand is; a form of an instruction may allow several in one place.</summary>
[Flags]
public enum PtxOperandKind
{
    None = 0,

    /// <summary>A register .b16, %h: the bits of a half.</summary>
    B16 = 1 << 0,

    /// <summary>A register .b32, %r: an integer of either sign, or bits.</summary>
    B32 = 1 << 1,

    /// <summary>A register .b64, %rd: an address or a distance in memory.</summary>
    B64 = 1 << 2,

    /// <summary>A register .f32, %f.</summary>
    F32 = 1 << 3,

    /// <summary>A register .pred, %p.</summary>
    Pred = 1 << 4,

    /// <summary>A decimal integer.</summary>
    Integer = 1 << 5,

    /// <summary>A float by its bits, 0f3F800000.</summary>
    Float = 1 << 6,

    /// <summary>A label, $L1.</summary>
    Label = 1 << 7,

    /// <summary>%tid.x, %laneid, or %ctaid of an axis.</summary>
    Special = 1 << 8,

    /// <summary>The name of the shared memory.</summary>
    Symbol = 1 << 9,

    /// <summary>A parameter of the entry in brackets, [x_p].</summary>
    ParameterAddress = 1 << 10,

    /// <summary>Global memory: a register .b64 in brackets, with a distance in bytes, [%rd1+16].</summary>
    GlobalAddress = 1 << 11,

    /// <summary>Shared memory: a register .b32 in brackets, with a distance in bytes, [%r1+16].</summary>
    SharedAddress = 1 << 12,

    /// <summary>Two registers .b32 in braces.</summary>
    B32x2 = 1 << 13,

    /// <summary>Four registers .b32 in braces.</summary>
    B32x4 = 1 << 14,

    /// <summary>Two registers .f32 in braces.</summary>
    F32x2 = 1 << 15,

    /// <summary>Four registers .f32 in braces.</summary>
    F32x4 = 1 << 16,

    /// <summary>One register .b32 in braces.</summary>
    B32x1 = 1 << 17,

    /// <summary>Sixty-four registers .f32 in braces.</summary>
    F32x64 = 1 << 18,

    /// <summary>A hundred and twenty-eight registers .f32 in braces.</summary>
    F32x128 = 1 << 19,
}
