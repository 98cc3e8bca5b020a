using System.Runtime.InteropServices;

namespace KernelFoundry.Testing;

/// <inheritdoc/>
internal sealed class TensorElement<T> : TensorElement
    where T : unmanaged
{
    /// <inheritdoc/>
    public override Type Type => typeof(T);

    /// <inheritdoc/>
    public override int BlockSize => Element<T>.BlockSize;

    /// <inheritdoc/>
    public override int BlockBytes => Element<T>.BlockBytes;

    /// <inheritdoc/>
    public override bool IsQuantized => Element<T>.IsQuantized;

    /// <inheritdoc/>
    public override byte[] Draw(long count, Random random, double? low, double? high)
    {
        if (IsQuantized)
            return RandomBlocks.Draw(this, checked((int)(count / BlockSize)), random);
        var values = new T[count];
        for (int i = 0; i < values.Length; i++)
            values[i] = IsInteger ? Integer(random, low, high) : Convert(RandomNumber.Draw(random, low, high));
        return MemoryMarshal.AsBytes<T>(values).ToArray();
    }

    /// <inheritdoc/>
    public override double[] Decode(byte[] packed)
    {
        if (IsQuantized)
            return DecodeBlocks(packed);
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(packed);
        var values = new double[elements.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = ToDouble(elements[i]);
        return values;
    }

    /// <inheritdoc/>
    public override byte[] Encode(double[] values) => MemoryMarshal.AsBytes<T>(Array.ConvertAll(values, Convert)).ToArray();

    /// <inheritdoc/>
    public override object View(DeviceMemory memory, long byteOffset, int[] extents, long[] strides) => extents switch
    {
        [var a] => new View1<T>(memory, byteOffset, a),
        [var a, var b] => new View2<T>(memory, byteOffset, (a, b), strides[0]),
        [var a, var b, var c] => new View3<T>(memory, byteOffset, (a, b, c), (strides[0], strides[1])),
        [var a, var b, var c, var d] => new View4<T>(memory, byteOffset, (a, b, c, d), (strides[0], strides[1], strides[2])),
        _ => throw new ArgumentException($"A view of {extents.Length} axes.", nameof(extents)),
    };

    private static double[] DecodeBlocks(byte[] packed)
    {
        int count = packed.Length / Element<T>.BlockBytes * Element<T>.BlockSize;
        using DeviceMemory memory = Device.Reference.AllocateBytes(packed.Length);
        memory.Write(0, packed);
        var view = new View1<T>(memory, 0, count);
        var values = new double[count];
        for (int i = 0; i < count; i++)
            values[i] = view.Load(i);
        return values;
    }

    /// <inheritdoc/>
    public override byte[] Pack(byte[] rows, int columns)
    {
        int panel = (int)KernelFoundry.Panels.PanelBytes<T>(columns);
        var packed = new byte[(rows.Length + panel - 1) / panel * panel];
        for (int at = 0; at < rows.Length; at += panel)
            KernelFoundry.Panels.Pack<T>(rows.AsSpan(at, Math.Min(panel, rows.Length - at)), columns, packed.AsSpan(at, panel));
        return packed;
    }

    /// <inheritdoc/>
    public override object Panels(DeviceMemory memory, long byteOffset, int[] extents) => new Panels<T>(memory, byteOffset, extents[0], extents[1]);

    private static T Integer(Random random, double? low, double? high)
    {
        (double least, double end) = typeof(T) == typeof(sbyte) ? (-128, 128) : typeof(T) == typeof(byte) ? (0, 256) : (-100.0, 101);
        return Convert(random.Next((int)(low ?? least), (int)(high ?? end)));
    }

    private static T Convert(double value)
    {
        if (typeof(T) == typeof(float))
            return (T)(object)(float)value;
        if (typeof(T) == typeof(Half))
            return (T)(object)(Half)value;
        if (typeof(T) == typeof(BFloat16))
            return (T)(object)BFloat16.FromSingle((float)value);
        if (typeof(T) == typeof(int))
            return (T)(object)(int)value;
        if (typeof(T) == typeof(sbyte))
            return (T)(object)(sbyte)value;
        return (T)(object)(byte)value;
    }

    private static double ToDouble(T value) => value switch
    {
        float x => x,
        Half x => (double)x,
        BFloat16 x => x.ToSingle(),
        int x => x,
        sbyte x => x,
        byte x => x,
        _ => throw new NotSupportedException($"{typeof(T)} is no element type."),
    };
}
