using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelFoundry.Inference.Formats;

/// <summary>The codec of a float type.</summary>
internal sealed class FloatCodec<T>(GgmlType type, Func<T, float> widen, Func<float, T> narrow)
    : TensorCodec(type, 1, Unsafe.SizeOf<T>(), false)
    where T : unmanaged
{
    public override void Decode(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = widen(MemoryMarshal.Read<T>(bytes[(i * Unsafe.SizeOf<T>())..]));
    }

    public override void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> bytes)
    {
        for (int i = 0; i < values.Length; i++)
            MemoryMarshal.Write(bytes[(i * Unsafe.SizeOf<T>())..], narrow(values[i]));
    }
}
