namespace KernelFoundry.Inference.Formats;

/// <summary>Storage type of a tensor's elements, by the id a GGUF file writes. <see cref="GgmlTypeLayout"/> has the layouts.</summary>
public enum GgmlType
{
    /// <summary>32-bit float.</summary>
    F32 = 0,

    /// <summary>16-bit IEEE float.</summary>
    F16 = 1,

    /// <summary>4-bit codes, one scale.</summary>
    Q4_0 = 2,

    /// <summary>4-bit codes, scale and minimum.</summary>
    Q4_1 = 3,

    /// <summary>5-bit codes, one scale.</summary>
    Q5_0 = 6,

    /// <summary>5-bit codes, scale and minimum.</summary>
    Q5_1 = 7,

    /// <summary>8-bit codes, one scale.</summary>
    Q8_0 = 8,

    /// <summary>8-bit codes, scale and sum.</summary>
    Q8_1 = 9,

    /// <summary>2-bit K-quant.</summary>
    Q2_K = 10,

    /// <summary>3-bit K-quant.</summary>
    Q3_K = 11,

    /// <summary>4-bit K-quant.</summary>
    Q4_K = 12,

    /// <summary>5-bit K-quant.</summary>
    Q5_K = 13,

    /// <summary>6-bit K-quant.</summary>
    Q6_K = 14,

    /// <summary>8-bit K-quant of intermediate results.</summary>
    Q8_K = 15,

    /// <summary>About 2.06 bits, codebook.</summary>
    IQ2_XXS = 16,

    /// <summary>About 2.31 bits, codebook.</summary>
    IQ2_XS = 17,

    /// <summary>About 3.06 bits, codebook.</summary>
    IQ3_XXS = 18,

    /// <summary>About 1.56 bits, codebook.</summary>
    IQ1_S = 19,

    /// <summary>4-bit non-linear codes.</summary>
    IQ4_NL = 20,

    /// <summary>About 3.44 bits, codebook.</summary>
    IQ3_S = 21,

    /// <summary>About 2.5 bits, codebook.</summary>
    IQ2_S = 22,

    /// <summary>4-bit non-linear codes in super-blocks.</summary>
    IQ4_XS = 23,

    /// <summary>8-bit signed integer.</summary>
    I8 = 24,

    /// <summary>16-bit signed integer.</summary>
    I16 = 25,

    /// <summary>32-bit signed integer.</summary>
    I32 = 26,

    /// <summary>64-bit signed integer.</summary>
    I64 = 27,

    /// <summary>64-bit float.</summary>
    F64 = 28,

    /// <summary>About 1.75 bits, codebook.</summary>
    IQ1_M = 29,

    /// <summary>bfloat16.</summary>
    BF16 = 30,

    /// <summary>Ternary codes, five to a byte.</summary>
    TQ1_0 = 34,

    /// <summary>Ternary codes, four to a byte.</summary>
    TQ2_0 = 35,

    /// <summary>4-bit floats (E2M1) sharing an E8M0 scale.</summary>
    MXFP4 = 39,
}
