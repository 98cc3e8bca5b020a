namespace KernelFoundry;

/// <summary>What a load reads of an element.</summary>
internal unsafe interface IElementPart<R>
{
    static abstract R Read(ElementCodec codec, byte* address, long element);
}

/// <summary>The parts of an element that loads read.</summary>
internal static unsafe class ElementPart
{
    public readonly struct Value : IElementPart<float>
    {
        public static float Read(ElementCodec codec, byte* address, long element) => codec.Load(address, element);
    }

    public readonly struct Integer : IElementPart<int>
    {
        public static int Read(ElementCodec codec, byte* address, long element) => codec.LoadInt(address, element);
    }

    public readonly struct Code : IElementPart<sbyte>
    {
        public static sbyte Read(ElementCodec codec, byte* address, long element) => codec.LoadCode(address, element);
    }

    public readonly struct Scale : IElementPart<float>
    {
        public static float Read(ElementCodec codec, byte* address, long element) => codec.LoadScale(address, element);
    }

    public readonly struct Offset : IElementPart<float>
    {
        public static float Read(ElementCodec codec, byte* address, long element) => codec.LoadOffset(address, element);
    }
}
