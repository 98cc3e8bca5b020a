namespace KernelFoundry;

// CA1000: the type argument is the point: Element<Half>.BlockBytes reads as what it is.
#pragma warning disable CA1000

/// <summary>How elements of one type lie in memory.</summary>
/// <typeparam name="T">float, Half, BFloat16, int, sbyte, byte or a quantization format.</typeparam>
public static class Element<T>
    where T : unmanaged
{
    private static ElementCodec? codec;

    /// <summary>The name kernel variants are found by: float, Half, BFloat16, int, sbyte, byte, or a format's.</summary>
    public static string Name => Codec.Name;

    /// <summary>Elements per block; 1 unless quantized.</summary>
    public static int BlockSize => Codec.BlockSize;

    /// <summary>Bytes per block; the element's size unless quantized.</summary>
    public static int BlockBytes => Codec.BlockBytes;

    /// <summary>Elements that share scale and offset; 1 unless quantized.</summary>
    public static int GroupSize => Codec.GroupSize;

    /// <summary>Whether it is a quantization format.</summary>
    public static bool IsQuantized => Codec.IsQuantized;

    // Not a static readonly field: an unknown type must fail with its own message, not a TypeInitializationException.
    internal static ElementCodec Codec => codec ??= Element.CodecOf<T>();

    /// <summary>Bytes that a number of contiguous elements take.</summary>
    /// <param name="elements">Number of elements; a multiple of <see cref="BlockSize"/>.</param>
    /// <returns>Number of bytes.</returns>
    public static long Bytes(long elements) => Codec.ByteOffset(elements);
}
