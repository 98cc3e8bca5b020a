using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace KernelFoundry;

/// <summary>The element types views can have. Formats register themselves from generated module initializers.</summary>
public static class Element
{
    private static readonly ConcurrentDictionary<Type, ElementCodec> Formats = new();

    static Element()
    {
        Register<Q8_0>();
        Register<Q4_0>();
        Register<Q4_1>();
        Register<Q5_0>();
        Register<Q5_1>();
        Register<Q2_K>();
        Register<Q3_K>();
        Register<Q4_K>();
        Register<Q5_K>();
        Register<Q6_K>();
        Register<IQ4_NL>();
        Register<IQ4_XS>();
        Register<MXFP4>();
    }

    /// <summary>
    /// Makes a quantization format known. Formats of the namespace KernelFoundry go by their simple name, all others by their full metadata
    /// name: kernel variants are found by that name.
    /// </summary>
    /// <typeparam name="TFormat">The format.</typeparam>
    public static void Register<TFormat>()
        where TFormat : struct, IQuantFormat
    {
        int group = TFormat.GroupSize == 0 ? TFormat.BlockSize : TFormat.GroupSize;
        if (TFormat.BlockSize <= 0 || TFormat.BlockBytes <= 0 || group <= 0 || TFormat.BlockSize % group != 0)
        {
            throw new ArgumentException($"Format {typeof(TFormat)}: BlockSize {TFormat.BlockSize} and BlockBytes {TFormat.BlockBytes} must be "
                + $"positive, and GroupSize {group} must divide BlockSize.");
        }

        if (TFormat.LeadingBytes is < -1 or > 3 || TFormat.LeadingBytes > TFormat.BlockBytes)
            throw new ArgumentException($"Format {typeof(TFormat)}: LeadingBytes {TFormat.LeadingBytes} must be 0 to 3, or -1.");

        Formats.TryAdd(typeof(TFormat), new QuantCodec<TFormat>(NameOfFormat(typeof(TFormat))));
    }

    /// <summary>The element type of a name, as kernels' records and variants have it.</summary>
    /// <param name="name">float, Half, BFloat16, int, sbyte, byte, or a format's.</param>
    /// <returns>The element type.</returns>
    /// <exception cref="ArgumentException">No element type has that name, or its assembly has not been used yet.</exception>
    public static ElementInfo Find(string name)
    {
        ElementCodec codec = PrimitiveCodecs.All.Concat(Formats.Values).FirstOrDefault(codec => codec.Name == name)
            ?? throw new ArgumentException($"There is no element type '{name}'.", nameof(name));
        return new ElementInfo(codec.Name, codec.BlockSize, codec.BlockBytes, codec.IsQuantized);
    }

    /// <summary>The name that kernels' records and variants have for an element type or functor.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Its name.</returns>
    public static string NameOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (PrimitiveCodecs.Find(type) is { } primitive)
            return primitive.Name;
        return type.IsAssignableTo(typeof(IQuantFormat)) ? NameOfFormat(type) : type.FullName ?? type.Name;
    }

    internal static ElementCodec CodecOf<T>()
        where T : unmanaged
    {
        if (PrimitiveCodecs.Find(typeof(T)) is { } primitive)
            return primitive;
        if (Formats.TryGetValue(typeof(T), out ElementCodec? codec))
            return codec;

        // The format's module initializer may not have run: nothing of its assembly need have been called yet.
        RuntimeHelpers.RunModuleConstructor(typeof(T).Module.ModuleHandle);
        if (Formats.TryGetValue(typeof(T), out codec))
            return codec;
        throw new NotSupportedException($"{typeof(T)} is no element type: views hold float, Half, BFloat16, int, sbyte, byte or a struct that "
            + "implements IQuantFormat in a project compiled with the KernelFoundry generator (or registered with Element.Register).");
    }

    private static string NameOfFormat(Type type) =>
        type.Namespace == nameof(KernelFoundry) && !type.IsNested ? type.Name : type.FullName ?? type.Name;
}
