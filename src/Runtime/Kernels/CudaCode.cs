using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Text;

namespace KernelFoundry;

/// <summary>A kernel variant compiled to a PTX module for one generation of NVIDIA GPUs and all later ones, or for that generation alone.</summary>
public sealed unsafe class CudaCode
{
    private readonly delegate*<ReadOnlySpan<byte>> packed;
    private string? source;

    /// <summary>The module, as generated code holds it, and how to launch it.</summary>
    /// <param name="target">The compute capability its <c>.target</c> names, as in PTX: 70 for <c>sm_70</c>.</param>
    /// <param name="packed">The PTX module in UTF-8, deflated, as Base64; read when it is first asked for.</param>
    /// <param name="entryPoint">The name of the <c>.entry</c> in it.</param>
    /// <param name="plan">Computes the launch shape from the argument slots.</param>
    public CudaCode(int target, delegate*<ReadOnlySpan<byte>> packed, string entryPoint, delegate*<long*, LaunchShape*, void> plan)
        : this(target, entryPoint, plan)
    {
        if (packed == null)
            throw new ArgumentNullException(nameof(packed));
        this.packed = packed;
    }

    /// <summary>The module and how to launch it.</summary>
    /// <param name="target">The compute capability its <c>.target</c> names, as in PTX: 70 for <c>sm_70</c>.</param>
    /// <param name="source">The PTX module.</param>
    /// <param name="entryPoint">The name of the <c>.entry</c> in it.</param>
    /// <param name="plan">Computes the launch shape from the argument slots.</param>
    public CudaCode(int target, string source, string entryPoint, delegate*<long*, LaunchShape*, void> plan)
        : this(target, entryPoint, plan)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        this.source = source;
    }

    private CudaCode(int target, string entryPoint, delegate*<long*, LaunchShape*, void> plan)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target, 30);
        ArgumentException.ThrowIfNullOrEmpty(entryPoint);
        if (plan == null)
            throw new ArgumentNullException(nameof(plan));
        Target = target;
        EntryPoint = entryPoint;
        Plan = plan;
    }

    /// <summary>The least compute capability it runs on: 70 for <c>sm_70</c>.</summary>
    public int Target { get; }

    /// <summary>Whether it runs on devices of exactly that compute capability and on no later ones, as PTX for <c>sm_90a</c> does.</summary>
    public bool IsSpecific { get; init; }

    /// <summary>The PTX module.</summary>
    public string Source => source ??= Unpack(packed());

    /// <summary>The name of the <c>.entry</c> in <see cref="Source"/>.</summary>
    public string EntryPoint { get; }

    /// <summary>Computes the launch shape from the argument slots.</summary>
    public delegate*<long*, LaunchShape*, void> Plan { get; }

    /// <summary>The text that generated code holds deflated, as Base64.</summary>
    private static string Unpack(ReadOnlySpan<byte> packed)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(packed.Length)];
        if (Base64.DecodeFromUtf8(packed, bytes, out _, out int length) != OperationStatus.Done)
            throw new InvalidDataException("The code of a kernel is not Base64.");
        using var inflated = new DeflateStream(new MemoryStream(bytes, 0, length), CompressionMode.Decompress);
        using var text = new StreamReader(inflated, Encoding.UTF8);
        return text.ReadToEnd();
    }
}
