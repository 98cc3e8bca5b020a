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

        Type type = typeof(TFormat);
        string name = type.Namespace == nameof(KernelFoundry) && !type.IsNested ? type.Name : type.FullName ?? type.Name;
        Formats.TryAdd(typeof(TFormat), new QuantCodec<TFormat>(name));
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
}
