using System.Runtime.Intrinsics;

namespace KernelFoundry;

/// <summary>A kernel variant compiled to SIMD C#, once per vector width.</summary>
public sealed unsafe class CpuCode
{
    private readonly delegate*<long*, byte*, int, int, int, void> entry512;
    private readonly delegate*<long*, byte*, int, int, int, void> entry256;
    private readonly delegate*<long*, byte*, int, int, int, void> entry128;

    /// <summary>Code for the three vector widths. An entry runs one program: argument slots, scratch, and the three program ids.</summary>
    /// <param name="entry512">For vectors of 512 bits, or null.</param>
    /// <param name="entry256">For vectors of 256 bits; null in a specialized variant, whose generic one runs instead.</param>
    /// <param name="entry128">For vectors of 128 bits, which every processor has; null as with 256.</param>
    /// <param name="plan">Computes the launch shape from the argument slots.</param>
    public CpuCode(
        delegate*<long*, byte*, int, int, int, void> entry512,
        delegate*<long*, byte*, int, int, int, void> entry256,
        delegate*<long*, byte*, int, int, int, void> entry128,
        delegate*<long*, LaunchShape*, void> plan)
    {
        if (plan == null || (entry512 == null && entry256 == null && entry128 == null))
            throw new ArgumentException("The plan and the code for at least one vector width must be given.");
        this.entry512 = entry512;
        this.entry256 = entry256;
        this.entry128 = entry128;
        Plan = plan;
    }

    /// <summary>The widest vectors the processor computes with: 128, 256 or 512 bits.</summary>
    public static int BestVectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Computes the launch shape from the argument slots.</summary>
    public delegate*<long*, LaunchShape*, void> Plan { get; }

    /// <summary>The widest code that vectors of a width can run; null if there is none.</summary>
    /// <param name="vectorBits">128, 256 or 512.</param>
    /// <returns>The entry: argument slots, scratch, program ids.</returns>
    internal delegate*<long*, byte*, int, int, int, void> Widest(int vectorBits)
    {
        for (int bits = vectorBits; bits >= 128; bits /= 2)
        {
            if (Has(bits))
                return Entry(bits);
        }

        return null;
    }

    /// <summary>Whether there is code for a vector width.</summary>
    /// <param name="vectorBits">128, 256 or 512.</param>
    /// <returns>Whether <see cref="Entry"/> gives some.</returns>
    public bool Has(int vectorBits) => Entry(vectorBits) != null;

    /// <summary>The code for a vector width.</summary>
    /// <param name="vectorBits">128, 256 or 512.</param>
    /// <returns>The entry: argument slots, scratch, program ids.</returns>
    public delegate*<long*, byte*, int, int, int, void> Entry(int vectorBits) => vectorBits switch
    {
        512 => entry512,
        256 => entry256,
        _ => entry128,
    };
}
