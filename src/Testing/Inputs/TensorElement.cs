namespace KernelFoundry.Testing;

/// <summary>What tests do with the elements of views, for one element type.</summary>
internal abstract class TensorElement
{
    private static readonly Dictionary<string, Type> Primitives = new()
    {
        ["float"] = typeof(float),
        ["Half"] = typeof(Half),
        ["BFloat16"] = typeof(BFloat16),
        ["int"] = typeof(int),
        ["sbyte"] = typeof(sbyte),
        ["byte"] = typeof(byte),
    };

    /// <summary>The element's C# type.</summary>
    public abstract Type Type { get; }

    /// <summary>Elements a block; 1 unless quantized.</summary>
    public abstract int BlockSize { get; }

    /// <summary>Bytes a block; the element's size unless quantized.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>Whether elements are integers as they are.</summary>
    public bool IsInteger => Type == typeof(int) || Type == typeof(sbyte) || Type == typeof(byte);

    /// <summary>The smallest number stored with all digits; 0 for integers.</summary>
    public double SmallestNormal => Type == typeof(Half) ? 6.103515625e-5 : IsInteger ? 0 : 1.1754943508222875e-38;

    /// <summary>Whether it is a quantization format.</summary>
    public abstract bool IsQuantized { get; }

    /// <summary>The name of an element type that is not quantized; null for any other type.</summary>
    public static string? NameOfPrimitive(Type type) => Primitives.FirstOrDefault(primitive => primitive.Value == type).Key;

    /// <summary>The element of a name kernels' records use.</summary>
    public static TensorElement Find(string name)
    {
        Type type = Primitives.GetValueOrDefault(name) ?? NamedTypes.Find(name.Contains('.') ? name : $"KernelFoundry.{name}");
        return (TensorElement)Activator.CreateInstance(typeof(TensorElement<>).MakeGenericType(type))!;
    }

    /// <summary>Random bytes of elements that decode to numbers of ordinary size.</summary>
    /// <param name="count">Number of elements.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <param name="low">Lowest value, null for any.</param>
    /// <param name="high">Highest value, exclusive for integers, null for any.</param>
    public abstract byte[] Draw(long count, Random random, double? low, double? high);

    /// <summary>Elements as numbers.</summary>
    public abstract double[] Decode(byte[] packed);

    /// <summary>Numbers as elements that are not quantized.</summary>
    public abstract byte[] Encode(double[] values);

    /// <summary>Quantized rows in panels.</summary>
    public abstract byte[] Pack(byte[] rows, int columns);

    /// <summary>A boxed view of as many axes as there are extents.</summary>
    public abstract object View(DeviceMemory memory, long byteOffset, int[] extents, long[] strides);

    /// <summary>A boxed matrix in panels.</summary>
    public abstract object Panels(DeviceMemory memory, long byteOffset, int[] extents);
}
